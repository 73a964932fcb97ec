const form = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/;

/** Nanoseconds since 1970 of a date with time and zone (https://www.rfc-editor.org/rfc/rfc3339); undefined when it is none, or before 1970. */
export function nsOfRfc3339(text: string): bigint | undefined {
  const [, date, time, fraction = '', zone = ''] = form.exec(text) ?? [];
  if (date === undefined) return undefined;
  const ms = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  return ms >= 0 ? BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0')) : undefined;
}
