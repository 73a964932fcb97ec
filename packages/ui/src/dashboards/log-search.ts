/** A search of our logs, and what to say about it. */
export type LogSearch = { readonly q: string; readonly note: string | undefined };

/** Loki's names for what has one of its own here. */
const fields: { readonly [label: string]: string } = {
  service_name: 'service',
  service: 'service',
  app: 'service',
  job: 'service',
  level: 'level',
  detected_level: 'level',
};

/**
 * The text of a logs panel as our search. Loki's `{app="shop", level=~"warn|error"} |= "refused"` is read; what it has beyond that is left out, and said.
 */
export function logSearch(text: string): LogSearch {
  const query = text.trim();
  const selector = /^\{([^{}]*)\}/.exec(query);
  if (selector === null) return { q: query, note: undefined };
  const terms: string[] = [];
  let isWhole = true;
  for (const [, name = '', operator, value = ''] of (selector[1] ?? '').matchAll(
    /(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g,
  )) {
    const key = Object.hasOwn(fields, name) ? fields[name] : name;
    if (operator === '=') terms.push(`${key}:${quoted(value)}`);
    else if (operator === '!=') terms.push(`-${key}:${quoted(value)}`);
    else if (operator === '=~' && /^[\w.|-]+$/.test(value))
      terms.push(
        `(${value
          .split('|')
          .map(one => `${key}:${quoted(one)}`)
          .join(' OR ')})`,
      );
    else if (value !== '.*' && value !== '.+') isWhole = false;
  }
  let rest = query.slice(selector[0].length);
  for (const [whole, operator, value = ''] of rest.matchAll(/\s*(\|=|!=)\s*(?:"((?:[^"\\]|\\.)*)"|`[^`]*`)/g)) {
    const inner = value === '' ? (/`([^`]*)`/.exec(whole)?.[1] ?? '') : value;
    if (inner !== '') terms.push(`${operator === '!=' ? '-' : ''}${quoted(inner, true)}`);
    rest = rest.replace(whole, '');
  }
  if (rest.trim() !== '') isWhole = false;
  const note = isWhole
    ? undefined
    : `This panel's LogQL does more than a search here can: ${rest.trim() || selector[0]} is left out.`;
  return { q: terms.join(' '), note };
}

function quoted(text: string, always = false): string {
  const bare = text.replaceAll('\\"', '"');
  return !always && /^[\w.-]+$/.test(bare) ? bare : `"${bare.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
