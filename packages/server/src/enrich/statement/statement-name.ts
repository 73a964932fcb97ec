import { statementShape } from './statement.js';

const beginsAsSql =
  /^\s*(?:\/\*|--|(?:select\s[^]{0,2000}\sfrom\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|merge\s+into\s|with\s+\S+\s+as\s*\())/i;

/** The short name of a statement when a span's name is one, as some clients send it; undefined for every other name. */
export function statementName(name: string): string | undefined {
  if (name.length < 12 || !beginsAsSql.test(name)) return undefined;
  return statementShape(name, '').summary;
}
