/** Text in double quotes as Prometheus (Go's `%q`) writes it; what it writes, a query can hold. */
export function quoted(text: string): string {
  return `"${escaped(text, '"')}"`;
}

/** One character in single quotes, as in `unexpected character: '.'`. Undefined stands for the end of the text. */
export function quotedCharacter(character: string | undefined): string {
  return `'${escaped(character ?? '\ufffd', "'")}'`;
}

const needsEscape = /[^\x20\x21\x23-\x26\x28-\x5b\x5d-\x7e]/;
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u;
const named: ReadonlyMap<string, string> = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
]);

function escaped(text: string, quote: string): string {
  if (!needsEscape.test(text)) return text;
  let out = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const name = named.get(character);
    if (character === quote) out += `\\${quote}`;
    else if (name !== undefined) out += name;
    else if (code >= 0x20 && code < 0x7f) out += character;
    else if (code < 0x80) out += `\\x${hex(code, 2)}`;
    else if (code >= 0xd800 && code <= 0xdfff) out += '\\ufffd';
    else if (printable.test(character)) out += character;
    else out += code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
  }
  return out;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

const controls: ReadonlyMap<string, string> = new Map(
  [...named].map(([character, name]) => [name.slice(1), character]),
);

const piece = /\\x([0-9a-fA-F]{2})|\\([0-7]{3})|\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|\\([^])|[^\\]+/gu;

/**
 * The text that a string of a query stands for; `literal` has its quotes and was found whole by the lexer.
 *
 * Between backquotes nothing is escaped. `\x` and octal escapes are bytes of UTF-8; bytes that are no UTF-8 become U+FFFD.
 */
export function unquoted(literal: string): string {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`') || !inner.includes('\\')) return inner;
  let text = '';
  let bytes: number[] = [];
  for (const [whole, hexByte, octalByte, short, long, other] of inner.matchAll(piece)) {
    const byte = hexByte === undefined ? octalByte : hexByte;
    if (byte !== undefined) {
      bytes.push(Number.parseInt(byte, hexByte === undefined ? 8 : 16));
      continue;
    }
    text += decoded(bytes);
    bytes = [];
    const code = short ?? long;
    if (code !== undefined) text += String.fromCodePoint(Number.parseInt(code, 16));
    else text += other === undefined ? whole : (controls.get(other) ?? other);
  }
  return text + decoded(bytes);
}

function decoded(bytes: readonly number[]): string {
  return bytes.length === 0 ? '' : new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
}
