import { BadInput } from '../base/bad-input.js';

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket, comma, colon] = Buffer.from('"\\{}[],:');

/** Nested objects and arrays; an attribute value of 32 levels needs three for each. */
const maxNesting = 128;

/**
 * A cursor over JSON text in bytes. It makes no objects, and hands numbers on as the text they were written in, so that integers of 64 bits stay exact
 * (`JSON.parse` would round a nanosecond time that came as a number).
 */
export class JsonReader {
  readonly bytes: Uint8Array;
  private at = 0;
  private nesting = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Calls `member` with each name; it must read or skip the value. */
  object(member: (name: string) => void): void {
    this.open(openBrace, 'an object');
    if (this.next() !== closeBrace) {
      for (;;) {
        const name = this.string().toString();
        if (this.next() !== colon) throw this.broken('":"');
        this.at++;
        member(name);
        const after = this.next();
        if (after === closeBrace) break;
        if (after !== comma) throw this.broken('"," or "}"');
        this.at++;
      }
    }
    this.close();
  }

  /** Calls `item` before each item; it must read or skip it. */
  array(item: () => void): void {
    this.open(openBracket, 'an array');
    if (this.next() !== closeBracket) {
      for (;;) {
        item();
        const after = this.next();
        if (after === closeBracket) break;
        if (after !== comma) throw this.broken('"," or "]"');
        this.at++;
      }
    }
    this.close();
  }

  /** The UTF-8 bytes of a string, without escapes; maybe a view of the body. */
  string(): Buffer {
    if (this.next() !== quote) throw this.broken('a string');
    const { bytes } = this;
    const start = this.at;
    let at = start + 1;
    let isEscaped = false;
    for (;;) {
      const byte = bytes[at];
      if (byte === undefined) throw this.broken('the end of a string');
      if (byte === quote) break;
      if (byte === backslash) {
        isEscaped = true;
        at++;
      }
      at++;
    }
    this.at = at + 1;
    const raw = this.slice(start, at + 1);
    if (!isEscaped) return raw.subarray(1, -1);
    try {
      // JSON.parse of a text in quotes gives a string.
      return Buffer.from(JSON.parse(raw.toString()) as string);
    } catch {
      this.at = start;
      throw this.broken('a string with valid escapes');
    }
  }

  /** A number, as it is written, or a string's content: protobuf's JSON form writes 64-bit integers and special numbers as strings. */
  numberText(): string {
    if (this.next() === quote) return this.string().toString();
    const start = this.at;
    let at = start;
    while (isNumberByte(this.bytes[at])) at++;
    if (at === start) throw this.broken('a number');
    this.at = at;
    return this.slice(start, at).toString('latin1');
  }

  boolean(): boolean {
    if (this.word('true')) return true;
    if (this.word('false')) return false;
    throw this.broken('true or false');
  }

  /** Steps over a `null`, which stands for an absent value everywhere. */
  null(): boolean {
    return this.word('null');
  }

  skip(): void {
    const byte = this.next();
    if (byte === openBrace) this.object(() => this.skip());
    else if (byte === openBracket) this.array(() => this.skip());
    else if (byte === quote) this.string();
    else if (!this.word('true') && !this.word('false') && !this.word('null')) this.numberText();
  }

  /** Throws unless nothing but white space is left. */
  end(): void {
    this.next();
    if (this.at < this.bytes.length) throw this.broken('the end');
  }

  /** The next character that is not white space; '' at the end. */
  peek(): string {
    const byte = this.next();
    return byte === undefined ? '' : String.fromCharCode(byte);
  }

  /** An error at the cursor; `expected` is what should stand there. */
  broken(expected: string): BadInput {
    const found = this.slice(this.at, Math.min(this.at + 12, this.bytes.length)).toString();
    return new BadInput(
      `JSON at byte ${this.at}: expected ${expected}, found ${found === '' ? 'the end' : JSON.stringify(found)}`,
    );
  }

  private open(bracket: number | undefined, expected: string): void {
    if (this.next() !== bracket) throw this.broken(expected);
    if (++this.nesting > maxNesting) throw new BadInput(`JSON is nested deeper than ${maxNesting} levels; flatten it`);
    this.at++;
  }

  private close(): void {
    this.nesting--;
    this.at++;
  }

  /** The next byte that is not white space; undefined at the end. */
  private next(): number | undefined {
    const { bytes } = this;
    let at = this.at;
    while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++;
    this.at = at;
    return bytes[at];
  }

  private word(word: string): boolean {
    this.next();
    for (let i = 0; i < word.length; i++) if (this.bytes[this.at + i] !== word.charCodeAt(i)) return false;
    this.at += word.length;
    return true;
  }

  private slice(from: number, to: number): Buffer {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + from, to - from);
  }
}

/** `0-9 + - . e E` */
function isNumberByte(byte: number | undefined): boolean {
  return (
    byte !== undefined &&
    ((byte >= 0x30 && byte <= 0x39) ||
      byte === 0x2b ||
      byte === 0x2d ||
      byte === 0x2e ||
      byte === 0x65 ||
      byte === 0x45)
  );
}
