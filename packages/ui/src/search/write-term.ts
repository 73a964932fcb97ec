/**
 * One term of the search language, `key:value`, written so that it means exactly this key and value:
 * whatever is not a plain word goes into quotes (see docs/guide, search language).
 */
export function writeTerm(key: string, value: string, how: 'include' | 'exclude' = 'include'): string {
  return `${how === 'exclude' ? '-' : ''}${writeKey(key)}:${writeValue(value)}`;
}

/** Adds a term to a query; a query that holds an OR is put into parentheses first. A term that is there already is not added. */
export function addTerm(query: string, term: string): string {
  const before = query.trim();
  if (before === '') return term;
  if (` ${before} `.includes(` ${term} `)) return before;
  return /(?:^|[\s)])OR(?:[\s(]|$)/.test(before) ? `(${before}) ${term}` : `${before} ${term}`;
}

const plainWord = /^[\p{L}\p{N}_./@#$%&+~][\p{L}\p{N}_./@#$%&+~-]*$/u;

/** A value as it must be written: quoted unless it is a plain word. */
export function writeValue(value: string): string {
  return plainWord.test(value) && !/^(?:AND|OR|NOT)$/.test(value) ? value : quoted(value);
}

function writeKey(key: string): string {
  return plainWord.test(key) ? key : quoted(key);
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
