/**
 * A database statement without its values, so that the same work reads the same: literals become `?`, lists of them one `?`.
 * Works on any SQL dialect and leaves what it does not know as it is.
 */
export function statementShape(statement: string): string {
  return statement
    .slice(0, 4096)
    .replaceAll(/'(?:[^'\\]|\\.|'')*'/g, '?')
    .replaceAll(/\b0x[0-9a-f]+\b|(?<![\w$@:.])-?\b\d+(?:\.\d+)?(?:e[+-]?\d+)?\b/gi, '?')
    .replaceAll(/[$@:]\d+\b/g, '?')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\(\s*\?(?:\s*,\s*\?)*\s*\)(?:\s*,\s*\(\s*\?(?:\s*,\s*\?)*\s*\))*/g, '(?)')
    .trim();
}
