import type { SqlValue } from './store.js';

/** A string literal of the engine's SQL: only quote and backslash can end or bend it, control characters are escaped so that the text stays on one line. */
export function literal(text: string): string {
  return `'${text.replaceAll(/[\\'\p{Cc}]/gu, escaped)}'`;
}

/** Beyond ASCII nothing needs an escape, and `\x` would name a byte there, not a character. */
function escaped(character: string): string {
  if (character === '\\' || character === "'") return `\\${character}`;
  const code = character.charCodeAt(0);
  return code > 0x7f ? character : `\\x${code.toString(16).padStart(2, '0')}`;
}

/**
 * The text of a parameter's value as `SET param_<name> = '<text>'` wants it.
 * A scalar is read like a field of a tab-separated file (backslash escapes); an array like an array literal within such a field.
 */
export function parameterText(value: SqlValue): string {
  if (typeof value === 'string') return fieldText(value);
  if (typeof value === 'object') return `[${value.map(elementText).join(',')}]`;
  return numberText(value);
}

function elementText(value: string | number | bigint): string {
  return typeof value === 'string' ? literal(value) : numberText(value);
}

function fieldText(text: string): string {
  return text.replaceAll(/[\\\p{Cc}]/gu, escaped);
}

/** Whole numbers never in exponent form; an unsafe integer has already lost digits and is a mistake of ours. */
function numberText(value: number | bigint | boolean): string {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError(`a SQL parameter must be a finite number, not ${value}`);
    if (Number.isInteger(value)) {
      if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is beyond 2^53: pass it as bigint or text`);
      return BigInt(value).toString();
    }
  }
  return String(value);
}

/** Names of the `{name:Type}` placeholders of a statement. Text in quotes does not count. */
export function placeholders(sql: string): ReadonlySet<string> {
  const bare = sql.replaceAll(/'(?:[^'\\]|\\.|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g, "''");
  return new Set([...bare.matchAll(/\{\s*([A-Za-z_]\w*)\s*:/g)].flatMap(match => match[1] ?? []));
}

/**
 * What `SET` must set to bind every parameter for the statement that follows in the same session.
 *
 * The binding's own parameter call runs one query at a time in the whole process (its parameter state is shared); session parameters are the engine's
 * own mechanism, belong to one session, and let the pool work in parallel.
 */
export function bindings(sql: string, params: Readonly<Record<string, SqlValue>>): readonly string[] {
  const wanted = placeholders(sql);
  for (const name of wanted) {
    if (!Object.hasOwn(params, name)) throw new Error(`the query needs the parameter {${name}}, which was not given`);
  }
  return [...wanted].map(name => `param_${name} = ${literal(parameterText(params[name] ?? ''))}`);
}
