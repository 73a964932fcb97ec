import { BadInput } from '../../base/bad-input.js';

/** More than any stream has; Loki itself allows 15. */
const maxLabels = 1000;

const escapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/**
 * A stream's labels as text: `{name="value", other="x\ny"}`. Values are quoted as in Go: with escapes between double quotes, without between backticks.
 * Throws `BadInput` with the place where it is none.
 */
export function parseLabels(text: string): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  let at = 0;
  const spaces = (): void => {
    while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n' || text[at] === '\r') at++;
  };
  const take = (wanted: string): void => {
    spaces();
    if (text[at] !== wanted) throw broken(at, `"${wanted}"`);
    at++;
  };
  take('{');
  spaces();
  while (text[at] !== '}') {
    const nameAt = at;
    while (at < text.length && isNameCharacter(text.charCodeAt(at))) at++;
    if (at === nameAt) throw broken(at, 'a label’s name or "}"');
    const name = text.slice(nameAt, at);
    take('=');
    spaces();
    const value = readQuoted(text, at);
    at = value.end;
    labels.set(name, value.text);
    if (labels.size > maxLabels) throw new BadInput(`a stream has more than ${maxLabels} labels`);
    spaces();
    if (text[at] === ',') {
      at++;
      spaces();
    } else if (text[at] !== '}') throw broken(at, '"," or "}"');
  }
  at++;
  spaces();
  if (at < text.length) throw broken(at, 'the end');
  return labels;
}

/** A to Z, digits and `_ : . -`. */
function isNameCharacter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 58) ||
    code === 95 ||
    code === 46 ||
    code === 45
  );
}

function readQuoted(text: string, at: number): { readonly text: string; readonly end: number } {
  const quote = text[at];
  if (quote === '`') {
    const end = text.indexOf('`', at + 1);
    if (end < 0) throw broken(at, 'a closing `');
    return { text: text.slice(at + 1, end), end: end + 1 };
  }
  if (quote !== '"') throw broken(at, 'a quoted value');
  const parts: string[] = [];
  let from = at + 1;
  for (let i = from; i < text.length; i++) {
    const character = text[i];
    if (character === '"') {
      parts.push(text.slice(from, i));
      return { text: parts.join(''), end: i + 1 };
    }
    if (character !== '\\') continue;
    parts.push(text.slice(from, i));
    const escape = readEscape(text, i + 1);
    parts.push(escape.text);
    from = escape.end;
    i = from - 1;
  }
  throw broken(text.length, 'a closing "');
}

const coded = /(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/y;

function readEscape(text: string, at: number): { readonly text: string; readonly end: number } {
  const plain = escapes[text[at] ?? ''];
  if (plain !== undefined) return { text: plain, end: at + 1 };
  coded.lastIndex = at;
  const found = coded.exec(text);
  if (found === null) throw broken(at, 'an escape');
  const [whole, byte, short, long, octal] = found;
  const code = octal === undefined ? Number.parseInt(byte ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8);
  if (code > 0x10_ffff) throw broken(at, 'a character');
  return { text: String.fromCodePoint(code), end: at + whole.length };
}

function broken(at: number, wanted: string): BadInput {
  return new BadInput(
    `a stream’s labels can not be read: at character ${at} there should be ${wanted}; send {name="value"}`,
  );
}
