import { ParseError } from './parse-error.js';
import { quoted, quotedCharacter } from './quoting.js';
import { words, type Token } from './token.js';

/** What the next characters mean depends on where they stand. */
type Mode = 'expression' | 'braces' | 'duration';

const operators: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '^', '@', '<', '>', '<=', '>=', '==', '!=']);
const durationWords: ReadonlySet<string> = new Set(['step', 'min', 'max']);
const escapeLetters: ReadonlySet<string> = new Set(['a', 'b', 'f', 'n', 'r', 't', 'v', '\\']);

/**
 * Cuts a query into tokens, one at a time, as far as the parser asks: what is wrong further on is not said first.
 *
 * Inside braces every word is a name. Between brackets stand durations; after the first number there, the rest is as outside.
 * Errors have Prometheus' words and stand where the token begins.
 */
export class Lexer {
  readonly #text: string;
  #at = 0;
  #start = 0;
  #mode: Mode = 'expression';
  #openParens = 0;
  #bracketOpen = false;
  #sawColon = false;
  #sawDuration = false;
  /** Commas may stand in a duration only between the two arguments of `min` and `max`. */
  #sawChoice = false;

  constructor(text: string) {
    this.#text = text;
  }

  next(): Token {
    this.#skipBlank();
    this.#start = this.#at;
    switch (this.#mode) {
      case 'braces':
        return this.#inBraces();
      case 'duration':
        return this.#inDuration();
      case 'expression':
        return this.#inExpression();
    }
  }

  #inExpression(): Token {
    const character = this.#text[this.#at];
    if (character === undefined) return this.#atEnd();
    if (isDigit(character) || (character === '.' && isDigit(this.#text[this.#at + 1]))) return this.#number();
    if (isQuote(character)) return this.#string(character);
    if (isLetter(character) || character === ':') return this.#bracketOpen ? this.#wordInBrackets() : this.#word();
    switch (character) {
      case '=':
        if (this.#text[this.#at + 1] === '~') throw this.#error(`unexpected character after '=': '~'`);
        return this.#text[this.#at + 1] === '=' ? this.#take('operator', 2) : this.#take('mark', 1);
      case '!':
        if (this.#text[this.#at + 1] === '=') return this.#take('operator', 2);
        throw this.#error(`unexpected character after '!': ${quotedCharacter(this.#characterAt(this.#at + 1))}`);
      case '<':
      case '>':
        return this.#take('operator', this.#text[this.#at + 1] === '=' ? 2 : 1);
      case '{':
        this.#mode = 'braces';
        return this.#take('mark', 1);
      case '[':
        if (this.#bracketOpen) throw this.#error(`unexpected left bracket '['`);
        this.#bracketOpen = true;
        this.#sawColon = false;
        this.#sawDuration = false;
        this.#sawChoice = false;
        this.#mode = 'duration';
        return this.#take('mark', 1);
      case ']':
        return this.#closeBracket();
      case '(':
      case ')':
        return this.#paren(character);
      case ',':
        return this.#take('mark', 1);
      default:
        if (operators.has(character)) return this.#take('operator', 1);
        throw this.#error(`unexpected character: ${quotedCharacter(this.#characterAt(this.#at))}`);
    }
  }

  #inBraces(): Token {
    const character = this.#text[this.#at];
    if (character === undefined) throw this.#error('unexpected end of input inside braces');
    if (isLetter(character)) return this.#identifier();
    if (isQuote(character)) return this.#string(character);
    const following = this.#text[this.#at + 1];
    switch (character) {
      case ',':
        return this.#take('mark', 1);
      case '=':
        return following === '~' ? this.#take('operator', 2) : this.#take('mark', 1);
      case '!':
        if (following === '~' || following === '=') return this.#take('operator', 2);
        throw this.#error(
          `unexpected character after '!' inside braces: ${quotedCharacter(this.#characterAt(this.#at + 1))}`,
        );
      case '{':
        throw this.#error(`unexpected left brace '{'`);
      case '}':
        this.#mode = 'expression';
        return this.#take('mark', 1);
      default:
        throw this.#error(`unexpected character inside braces: ${quotedCharacter(this.#characterAt(this.#at))}`);
    }
  }

  #inDuration(): Token {
    const character = this.#text[this.#at];
    if (character === undefined) throw this.#error('unexpected end of input in duration expression');
    if (isDigit(character) || (character === '.' && isDigit(this.#text[this.#at + 1]))) return this.#number();
    if (isLetter(character)) return this.#wordInBrackets();
    switch (character) {
      case ']':
        return this.#closeBracket();
      case ':':
        return this.#colon();
      case '(':
      case ')':
        return this.#paren(character);
      case ',':
        if (!this.#sawChoice) break;
        return this.#take('mark', 1);
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
      case '^':
        return this.#take('operator', 1);
      default:
    }
    throw this.#error(`unexpected character in duration expression: ${quotedCharacter(this.#characterAt(this.#at))}`);
  }

  #atEnd(): Token {
    if (this.#openParens > 0) throw this.#error('unclosed left parenthesis');
    if (this.#bracketOpen) throw this.#error('unclosed left bracket');
    return this.#take('end', 0);
  }

  #paren(character: '(' | ')'): Token {
    this.#openParens += character === '(' ? 1 : -1;
    const token = this.#take('mark', 1);
    if (this.#openParens < 0) throw new ParseError(this.#text, token.end, `unexpected right parenthesis ')'`);
    return token;
  }

  #closeBracket(): Token {
    if (!this.#bracketOpen) throw this.#error(`unexpected right bracket ']'`);
    this.#bracketOpen = false;
    this.#mode = 'expression';
    return this.#take('mark', 1);
  }

  #colon(): Token {
    const token = this.#take('mark', 1);
    if (!this.#sawDuration) {
      throw new ParseError(this.#text, token.end, 'unexpected colon before duration in duration expression');
    }
    if (this.#sawColon) {
      throw new ParseError(this.#text, token.end, 'unexpected repeated colon in duration expression');
    }
    this.#sawColon = true;
    return token;
  }

  /** A colon, or one of the few words that may stand in a duration. */
  #wordInBrackets(): Token {
    const character = this.#text[this.#at];
    if (character === ':') {
      if (this.#sawColon) throw this.#error(`unexpected colon ':'`);
      return this.#colon();
    }
    let end = this.#at;
    while (isWordPart(this.#text[end])) end++;
    const word = this.#text.slice(this.#at, end);
    if (durationWords.has(word.toLowerCase())) {
      this.#sawDuration = true;
      this.#sawChoice ||= word.toLowerCase() !== 'step';
      return this.#take('duration word', word.length);
    }
    throw this.#error(`unexpected character in duration expression: ${quotedCharacter(character)}`);
  }

  #identifier(): Token {
    let end = this.#at;
    while (isWordPart(this.#text[end])) end++;
    return this.#take('identifier', end - this.#at);
  }

  #word(): Token {
    let end = this.#at;
    while (isWordPart(this.#text[end]) || this.#text[end] === ':') end++;
    const text = this.#text.slice(this.#at, end);
    const lower = text.toLowerCase();
    if (words.has(lower)) return this.#take('word', text.length);
    if (lower === 'inf' || lower === 'nan') return this.#take('number', text.length);
    return this.#take(text.includes(':') ? 'metric' : 'identifier', text.length);
  }

  /** A number or a duration; which of the many ways to write a number is one, `numberOf` decides. */
  #number(): Token {
    if (this.#bracketOpen) {
      this.#sawDuration = true;
      this.#mode = 'expression';
    }
    const number = numberEnd(this.#text, this.#at);
    if (number.whole) return this.#take('number', number.end - this.#at);
    const duration = durationEnd(this.#text, number.end);
    if (duration.whole) return this.#take('duration', duration.end - this.#at);
    throw this.#error(`bad number or duration syntax: ${quoted(this.#text.slice(this.#at, duration.end))}`);
  }

  #string(quote: string): Token {
    let at = this.#at + 1;
    for (;;) {
      const character = this.#text[at];
      if (character === quote) break;
      if (character === undefined || (character === '\n' && quote !== '`')) {
        throw this.#error(quote === '`' ? 'unterminated raw string' : 'unterminated quoted string');
      }
      if (character >= '\ud800' && !isWellFormedAt(this.#text, at)) throw this.#error('invalid UTF-8 rune');
      at = character === '\\' && quote !== '`' ? this.#escapeEnd(at + 1, quote) : at + 1;
    }
    return this.#take('string', at + 1 - this.#at);
  }

  /** Where the escape ends whose first character after the backslash is at `at`. */
  #escapeEnd(at: number, quote: string): number {
    const letter = this.#characterAt(at);
    if (letter === undefined) throw this.#error('escape sequence not terminated');
    if (letter === quote || escapeLetters.has(letter)) return at + 1;
    if (letter >= '0' && letter <= '7') return this.#escapedCode(at, 3, 8, 0xff);
    if (letter === 'x') return this.#escapedCode(at + 1, 2, 16, 0xff);
    if (letter === 'u') return this.#escapedCode(at + 1, 4, 16, 0x10_ffff);
    if (letter === 'U') return this.#escapedCode(at + 1, 8, 16, 0x10_ffff);
    throw this.#error(`unknown escape sequence ${unicodeName(letter)}`);
  }

  #escapedCode(at: number, digits: number, base: number, max: number): number {
    let code = 0;
    for (let place = at; place < at + digits; place++) {
      const character = this.#characterAt(place);
      if (character === undefined) throw this.#error('escape sequence not terminated');
      const digit = character.length === 1 ? Number.parseInt(character, base) : Number.NaN;
      if (Number.isNaN(digit)) throw this.#error(`illegal character ${unicodeName(character)} in escape sequence`);
      code = code * base + digit;
    }
    if (code > max || (code >= 0xd800 && code < 0xe000)) {
      throw this.#error('escape sequence is an invalid Unicode code point');
    }
    return at + digits;
  }

  #skipBlank(): void {
    for (;;) {
      const character = this.#text[this.#at];
      if (isSpace(character)) {
        this.#at++;
      } else if (character === '#' && this.#mode !== 'duration') {
        while (this.#at < this.#text.length && !isLineEnd(this.#text[this.#at])) this.#at++;
      } else {
        return;
      }
    }
  }

  #characterAt(at: number): string | undefined {
    const code = this.#text.codePointAt(at);
    return code === undefined ? undefined : String.fromCodePoint(code);
  }

  #take(kind: Token['kind'], length: number): Token {
    const start = this.#at;
    this.#at += length;
    const text = this.#text.slice(start, this.#at);
    const value = kind === 'word' || kind === 'duration word' ? text.toLowerCase() : text;
    return { kind, value, text, start, end: this.#at };
  }

  #error(reason: string): ParseError {
    return new ParseError(this.#text, this.#start, reason);
  }
}

/** How far a number reaches from `start`, and whether it is a whole one that nothing else follows at once. */
function numberEnd(text: string, start: number): { readonly end: number; readonly whole: boolean } {
  let at = start;
  let isPartOfNumber = isDigit;
  if (text[at] === '0') {
    at++;
    if (text[at] === 'x' || text[at] === 'X') {
      at += text[at + 1] === '_' ? 2 : 1;
      isPartOfNumber = isHexDigit;
    }
  }
  const isHex = isPartOfNumber !== isDigit;
  if (text[at] === '.') at++;
  let sawDot = false;
  let sawExponent = false;
  for (;;) {
    const character = text[at];
    const following = text[at + 1];
    if (isPartOfNumber(character)) {
      at++;
    } else if (character === '.') {
      if (sawDot) return { end: at + 1, whole: false };
      sawDot = true;
      if (following === '.' || following === '_') return { end: at + 2, whole: false };
      if (isHex) return { end: at + 1, whole: false };
      at++;
    } else if (character === 'e' || character === 'E') {
      if (sawExponent) return { end: at + 1, whole: false };
      sawExponent = true;
      at += following === '+' || following === '-' ? 2 : 1;
      if (endsNumberBadly(text[at])) return { end: text[at] === undefined ? at : at + 1, whole: false };
    } else if (character === '_') {
      at++;
      if (endsNumberBadly(text[at])) return { end: text[at] === undefined ? at : at + 1, whole: false };
    } else {
      return { end: at, whole: !isWordPart(character) };
    }
  }
}

/** What may not follow an exponent or an underscore. */
function endsNumberBadly(character: string | undefined): boolean {
  return character === undefined || character === '.' || character === '_' || character === 'e' || character === 'E';
}

/** How far a duration reaches whose first digits end at `at`. Whether its units are known and in order, `parseDuration` decides. */
function durationEnd(text: string, at: number): { readonly end: number; readonly whole: boolean } {
  let end = at;
  let units = 'smhdwy';
  for (;;) {
    const unit = text[end];
    if (unit === undefined || !units.includes(unit)) return { end, whole: false };
    end += text[end + 1] === 's' ? 2 : 1;
    units = 'smhdw';
    if (!isDigit(text[end])) break;
    while (isDigit(text[end])) end++;
  }
  if (isWordPart(text[end])) return { end: end + 1, whole: false };
  return { end, whole: true };
}

/** A character as Go's `%#U` names it: `U+002E '.'`. */
function unicodeName(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')} '${character}'`;
}

/** False at half a surrogate pair and at U+FFFD, which is what broken UTF-8 is read as. */
function isWellFormedAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code === 0xfffd) return false;
  if (code < 0xd800 || code > 0xdfff) return true;
  if (code >= 0xdc00) {
    const before = text.charCodeAt(at - 1);
    return before >= 0xd800 && before < 0xdc00;
  }
  const after = text.charCodeAt(at + 1);
  return after >= 0xdc00 && after <= 0xdfff;
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\n' || character === '\r';
}

function isLineEnd(character: string | undefined): boolean {
  return character === '\n' || character === '\r';
}

function isQuote(character: string): boolean {
  return character === '"' || character === "'" || character === '`';
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

function isHexDigit(character: string | undefined): boolean {
  if (character === undefined) return false;
  return isDigit(character) || (character >= 'a' && character <= 'f') || (character >= 'A' && character <= 'F');
}

function isLetter(character: string | undefined): boolean {
  if (character === undefined) return false;
  return character === '_' || (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

function isWordPart(character: string | undefined): boolean {
  return isLetter(character) || isDigit(character);
}
