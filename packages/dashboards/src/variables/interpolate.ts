import type { Variable, VariableOption } from './variable.js';

/** What a name stands for. Several values are several chosen options. */
export interface Value {
  readonly options: readonly VariableOption[];
  /** Several may be chosen: in PromQL each is escaped, so that `=~` takes them as they are. */
  readonly isPattern: boolean;
  /** Goes in as it is: what `allValue` says. */
  readonly isRaw: boolean;
  /** What titles say instead of the options: `All`. */
  readonly words?: string;
}

/** Names and what they stand for; undefined stays as it is written. `path` is what follows the name: `labels.job` in `${__field.labels.job}`. */
export type Scope = (name: string, path?: string) => Value | undefined;

/** `$x`, `[[x]]`, `[[x:csv]]`, `${x}`, `${x.path:csv}`. */
const reference = /\$(\w+)|\[\[(\w+)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:}]+))?(?::([^}]+))?\}/g;

/** The names that a text refers to. */
export function namesIn(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [, plain, bracketed, , braced] of text.matchAll(reference)) names.add(plain ?? bracketed ?? braced ?? '');
  return names;
}

const maxLength = 1_000_000;

/** For titles, texts and addresses: several values stand with ` + ` between them. */
export function interpolateText(text: string, scope: Scope): string {
  return replaceAll(text, scope, wordsOf);
}

function wordsOf({ options, words }: Value): string {
  return words ?? options.map(option => option.text).join(' + ');
}

/** For addresses: the values, encoded. */
export function interpolateUrl(text: string, scope: Scope): string {
  return replaceAll(text, scope, value =>
    value.options
      // What stands as it is may be encoded already.
      .map(option =>
        value.isRaw
          ? encodeURI(option.value).replaceAll(/%25([\dA-Fa-f]{2})/g, '%$1')
          : encodeURIComponent(option.value),
      )
      .join(','),
  );
}

/**
 * For PromQL. Several values become `(a|b)`, each escaped for a regular expression. What stands between quotes is escaped for these quotes, so that no
 * value can end the text it stands in.
 */
export function interpolatePromql(text: string, scope: Scope): string {
  const quotes = quoteReader();
  return replaceAll(
    text,
    scope,
    value => {
      const quote = quotes.open();
      if (value.isRaw) return value.options.map(option => option.value).join('|');
      const values = value.options.map(option =>
        quoted(value.isPattern ? escapedPattern(option.value) : option.value, quote),
      );
      return values.length < 2 ? (values[0] ?? '') : `(${values.join('|')})`;
    },
    literal => quotes.read(literal),
  );
}

function replaceAll(
  text: string,
  scope: Scope,
  plainly: (value: Value) => string,
  literal?: (text: string) => void,
): string {
  let out = '';
  let copied = 0;
  for (const match of text.matchAll(reference)) {
    const [whole, plain, bracketed, bracketFormat, braced, path, bracedFormat] = match;
    const name = plain ?? bracketed ?? braced ?? '';
    const between = text.slice(copied, match.index);
    literal?.(between);
    out += between;
    copied = match.index + whole.length;
    const value = scope(name, path);
    if (value === undefined) {
      literal?.(whole);
      out += whole;
    } else {
      const format = bracketFormat ?? bracedFormat;
      out += format === undefined ? plainly(value) : (formatted(value, format, name) ?? plainly(value));
    }
    if (out.length > maxLength) return out.slice(0, maxLength);
  }
  return out + text.slice(copied);
}

/** Which quotes are open after what was read so far. */
function quoteReader(): { read(text: string): void; open(): string } {
  let open = '';
  return {
    open: () => open,
    read(text) {
      for (let at = 0; at < text.length; at += 1) {
        const letter = text[at] ?? '';
        if (open === '') {
          if (letter === '"' || letter === "'" || letter === '`') open = letter;
          else if (letter === '#') {
            const end = text.indexOf('\n', at);
            at = end < 0 ? text.length : end;
          }
        } else if (letter === '\\' && open !== '`') at += 1;
        else if (letter === open) open = '';
      }
    },
  };
}

function quoted(value: string, quote: string): string {
  if (quote === '') return value;
  if (quote === '`') return value.replaceAll('`', '');
  return value.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`).replaceAll('\n', '\\n');
}

function escapedPattern(value: string): string {
  return value.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** The formats of `${x:format}`. Undefined for one that is not known. */
function formatted(given: Value, format: string, name: string): string | undefined {
  const values = given.options.map(option => option.value);
  const [first = ''] = values;
  const isOne = values.length === 1;
  const [kind = '', ...args] = format.split(':');
  switch (kind) {
    case 'raw':
    case 'csv':
      return values.join(',');
    case 'distributed':
      return values.map((value, at) => (at === 0 ? value : `${name}=${value}`)).join(',');
    case 'pipe':
      return values.join('|');
    case 'regex':
      return isOne ? escapedPattern(first) : `(${values.map(escapedPattern).join('|')})`;
    case 'glob':
      return isOne ? first : `{${values.join(',')}}`;
    case 'json':
      return JSON.stringify(isOne ? first : values);
    case 'doublequote':
      return values.map(value => `"${value.replaceAll('"', '\\"')}"`).join(',');
    case 'singlequote':
      return values.map(value => `'${value.replaceAll("'", "\\'")}'`).join(',');
    case 'sqlstring':
      return values.map(value => `'${value.replaceAll("'", "''")}'`).join(',');
    case 'lucene':
      return isOne ? first : `(${values.map(value => `"${value.replaceAll('"', '\\"')}"`).join(' OR ')})`;
    case 'percentencode':
      return encodeURIComponent(isOne ? first : `{${values.join(',')}}`);
    case 'uriencode':
      return encodeURI(isOne ? first : `{${values.join(',')}}`);
    case 'queryparam':
      return values.map(value => `var-${name}=${encodeURIComponent(value)}`).join('&');
    case 'text':
      return wordsOf(given);
    case 'date':
      return formatMoment(Number(first), args.join(':'));
    default:
      return undefined;
  }
}

/** `${__from:date:YYYY-MM}`, in UTC; without a pattern ISO; `seconds` and `iso` by name. */
function formatMoment(epochMs: number, pattern: string): string {
  if (!Number.isFinite(epochMs)) return '';
  const iso = new Date(epochMs).toISOString();
  if (pattern === '' || pattern === 'iso') return iso;
  if (pattern === 'seconds') return String(Math.floor(epochMs / 1000));
  const parts: { readonly [token: string]: string } = {
    YYYY: iso.slice(0, 4),
    YY: iso.slice(2, 4),
    MM: iso.slice(5, 7),
    DD: iso.slice(8, 10),
    HH: iso.slice(11, 13),
    mm: iso.slice(14, 16),
    ss: iso.slice(17, 19),
    SSS: iso.slice(20, 23),
  };
  return pattern.replaceAll(/YYYY|YY|MM|DD|HH|mm|SSS|ss/g, token => parts[token] ?? token);
}

/** What a dashboard's variable stands for with these values. */
export function valueOf(
  variable: Variable,
  chosen: readonly VariableOption[],
  options: readonly VariableOption[],
  isAll: boolean,
): Value {
  const isPattern = variable.multi || variable.includeAll;
  if (isAll && variable.allIs !== '')
    return { options: [{ text: 'All', value: variable.allIs }], isPattern, isRaw: true };
  return { options: isAll ? options : chosen, isPattern, isRaw: false, ...(isAll && { words: 'All' }) };
}

/** One text that stands as it is. */
export function plainValue(text: string): Value {
  return { options: [{ text, value: text }], isPattern: false, isRaw: true };
}
