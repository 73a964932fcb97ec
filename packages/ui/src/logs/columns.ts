/** More columns than this leave no room for the message. */
const columnsAtMost = 6;

/** Attribute keys shown as columns, from `cols` in the URL. Commas in a key are escaped as `%2C`. */
export function readColumns(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const keys = text.split(',').map(each => each.replaceAll('%2C', ',').trim());
  return [...new Set(keys.filter(key => key !== ''))].slice(0, columnsAtMost);
}

/** The reverse; undefined without columns, as defaults stay out of the URL. */
export function writeColumns(keys: readonly string[]): string | undefined {
  return keys.length === 0 ? undefined : keys.map(key => key.replaceAll(',', '%2C')).join(',');
}
