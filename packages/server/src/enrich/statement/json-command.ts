import type { StatementShape } from './statement-shape.js';

const longestCommandChars = 16_384;
const maxDepth = 64;

/** Of a list that many different items are shown. */
const maxItems = 20;

/** The member that names the collection is the first one, and its name the operation: `{"find":"users","filter":…}`. */
const operations = new Set([
  'find',
  'insert',
  'update',
  'delete',
  'aggregate',
  'count',
  'distinct',
  'findAndModify',
  'findandmodify',
  'getMore',
  'create',
  'drop',
  'createIndexes',
  'dropIndexes',
  'listIndexes',
  'mapReduce',
  'bulkWrite',
]);

/**
 * A command written as JSON, or nearly so (MongoDB, Elasticsearch): names of members and their order stay, values become `?`; a list of values is `[?]`
 * and of items that look alike the first stays. Reads each character once; what is no JSON ends the text with `…`.
 */
export function jsonCommandShape(command: string): StatementShape {
  const reader = new Reader(command.length > longestCommandChars ? command.slice(0, longestCommandChars) : command);
  const text = reader.read();
  const { operation, collection } = reader;
  const summary = [operation || 'command', collection].filter(part => part !== '').join(' ');
  return { text, operation, collection, summary: summary.slice(0, 255) };
}

/** Thrown inside this file only: what follows is not believed. */
class Doubt extends Error {}

class Reader {
  operation = '';
  collection = '';
  private readonly out: string[] = [];
  private at = 0;
  /** Above 0 what is read is not written. */
  private silent = 0;

  constructor(private readonly text: string) {}

  read(): string {
    try {
      this.prefix();
      this.value(0, true);
      for (let next = this.next(); next !== ''; next = this.next()) {
        if (next === ')' || next === ';' || next === ',') this.at++;
        else {
          this.put(' ');
          this.value(0, false);
        }
      }
    } catch (error) {
      if (!(error instanceof Doubt)) throw error;
      this.out.push('…');
    }
    return this.out.join('');
  }

  /** `find shop.users {…}` and `db.users.find({…})`: names before the first brace, when they are plainly names. */
  private prefix(): void {
    const given = /^[\w$. ]{1,200}/.exec(this.text.trimStart())?.[0] ?? '';
    const from = this.text.length - this.text.trimStart().length + given.length;
    const names = given.split(/[. ]/).filter(name => name !== '');
    const opens = '({['.includes(this.text.charAt(from) || ' ');
    if (!opens || names.length === 0 || names.length > 6 || names.some(name => /^\d|\d{4}|.{65}/.test(name))) return;
    const found = names.find(name => operations.has(name));
    if (found !== undefined) this.operation = found;
    this.collection = names.filter(name => name !== 'db' && name !== found).at(-1) ?? '';
    this.out.push(given.trim(), ' ');
    this.at = from;
    if (this.text[this.at] === '(') this.at++;
  }

  private value(depth: number, isTop: boolean): void {
    if (depth > maxDepth) throw new Doubt();
    const first = this.next();
    if (first === '{') this.object(depth, isTop);
    else if (first === '[') this.array(depth);
    else if (first === '"' || first === "'") {
      this.quoted(first);
      this.put('?');
    } else this.bare();
  }

  private object(depth: number, isTop: boolean): void {
    this.at++;
    this.put('{');
    let members = 0;
    while (this.next() !== '}') {
      if (this.next() === '') throw new Doubt();
      const key = this.key();
      if (this.next() !== ':') throw new Doubt();
      this.at++;
      this.put(`${members > 0 ? ',' : ''}${JSON.stringify(key)}:`);
      const quote = this.next();
      if (isTop && members === 0 && operations.has(key) && (quote === '"' || quote === "'")) {
        const named = this.quoted(quote);
        this.operation = key;
        if (/^[\w$.-]{1,120}$/.test(named)) {
          this.collection = named;
          this.put(JSON.stringify(named));
        } else this.put('?');
      } else if (isTop && key === 'collection' && (quote === '"' || quote === "'")) {
        const named = this.quoted(quote);
        if (/^[\w$.-]{1,120}$/.test(named)) this.collection = named;
        this.put('?');
      } else this.value(depth + 1, false);
      members++;
      if (this.next() === ',') this.at++;
    }
    this.at++;
    this.put('}');
  }

  /** Of items that look alike one after the other, the first stays. */
  private array(depth: number): void {
    this.at++;
    this.put('[');
    let kept = 0;
    let before = '';
    while (this.next() !== ']') {
      if (this.next() === '') throw new Doubt();
      const mark = this.out.length;
      if (kept > 0) this.put(',');
      const from = this.out.length;
      this.value(depth + 1, false);
      if (this.silent === 0) {
        const item = this.out.slice(from).join('');
        this.out.length = from;
        if (item === before || kept === maxItems) this.out.length = mark;
        else {
          this.out.push(item);
          kept++;
        }
        before = item;
      }
      if (this.next() === ',') this.at++;
    }
    this.at++;
    this.put(']');
  }

  /** A name that does not look like one may be somebody's data. */
  private key(): string {
    const first = this.next();
    const key = first === '"' || first === "'" ? this.quoted(first) : this.word();
    return /^[$A-Za-z_][\w$. -]{0,79}$/.test(key) && !/\d{4}/.test(key) ? key : '?';
  }

  private quoted(closing: string): string {
    const from = this.at + 1;
    for (let i = from; i < this.text.length; i++) {
      const char = this.text[i];
      if (char === '\\') i++;
      else if (char === closing) {
        this.at = i + 1;
        return this.text.slice(from, i);
      }
    }
    throw new Doubt();
  }

  private word(): string {
    const from = this.at;
    while (this.at < this.text.length && /[\w$.+-]/.test(this.text.charAt(this.at))) this.at++;
    if (this.at === from) throw new Doubt();
    return this.text.slice(from, this.at);
  }

  /** A number, `true`, `null`, or a call such as `ObjectId("…")`: what is in the parentheses goes as well. */
  private bare(): void {
    if (this.next() === '?') this.at++;
    else this.word();
    if (this.text[this.at] === '(') {
      this.at++;
      this.silent++;
      while (this.next() !== ')') {
        const first = this.next();
        if (first === '"' || first === "'") this.quoted(first);
        else if (first === ',') this.at++;
        else this.word();
      }
      this.silent--;
      this.at++;
    }
    this.put('?');
  }

  private put(text: string): void {
    if (this.silent === 0) this.out.push(text);
  }

  /** The next character that is no white space; '' at the end. */
  private next(): string {
    while (this.at < this.text.length && this.text.charCodeAt(this.at) <= 32) this.at++;
    return this.text.charAt(this.at);
  }
}
