/** Text in double quotes as Prometheus (Go's `%q`) writes it; what it writes, a query can hold. */
export function quoted(text: string): string {
  return `"${escaped(text, '"')}"`;
}

/** One character in single quotes, as in `unexpected character: '.'`. Undefined stands for the end of the text. */
export function quotedCharacter(character: string | undefined): string {
  return character === undefined || character === '\ufffd' ? "'\ufffd'" : `'${escaped(character, "'")}'`;
}

/** The lone surrogate that stands for byte 0. */
const strayByte = 0xdc00;

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
    else if (code >= strayByte + 0x80 && code <= strayByte + 0xff) out += `\\x${hex(code - strayByte, 2)}`;
    else if (code === 0xfffd || (code >= 0xd800 && code <= 0xdfff)) out += '\\ufffd';
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
 * Between backquotes nothing is escaped. `\x` and octal escapes are bytes of UTF-8; a byte that is no UTF-8 becomes a lone surrogate, 0xdc00 above it,
 * which no other text has: it can be shown again, and no label may have it.
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
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at] ?? 0;
    const size = sequenceLength(first);
    let code = size === 0 ? Infinity : size === 1 ? first : first & (0xff >> (size + 1));
    for (let next = 1; next < size; next++) {
      const byte = bytes[at + next] ?? 0;
      code = (byte & 0xc0) === 0x80 ? (code << 6) | (byte & 0x3f) : Infinity;
      if (code === Infinity) break;
    }
    const isWhole = code >= (smallest[size] ?? 0) && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    text += isWhole ? String.fromCodePoint(code) : String.fromCharCode(strayByte + first);
    at += isWhole ? size : 1;
  }
  return text;
}

/** The smallest code point that needs a sequence of so many bytes; a byte alone is one below 0x80. */
const smallest = [0, 0, 0x80, 0x800, 0x1_0000] as const;

/** How long the UTF-8 sequence is that begins with a byte; 0 when none does. */
function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc0 || first > 0xf4) return 0;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
