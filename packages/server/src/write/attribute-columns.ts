import { attributeWidth, maxAttributes, valueKind } from '../decode/attributes.js';
import { role, slot, slots } from '../enrich/attribute-roles.js';
import type { Fingerprint, SeenError } from '../enrich/error/error-fingerprint.js';
import type { Scrubber } from '../enrich/scrub/scrubber.js';
import type { MapValues, StringValues, TextValues } from '../store/native/column.js';
import type { KnownErrors } from './known-errors.js';
import type { KnownStatement, KnownStatements } from './known-statements.js';
import { TextColumn } from './text-column.js';
import { kindLetters, scrubbedValue, type Attribute } from './value-text.js';
import type { Words } from './words.js';

const letters = Buffer.from(kindLetters);
const stringLetter = letters[valueKind.string]!;
const intLetter = letters[valueKind.int]!;
const trueBytes = Buffer.from('true');
const falseBytes = Buffer.from('false');

/** The number of attributes that were left out of a row, by us (over the limit, or without a key) or already by the sender. */
const droppedKey = 'bellwether.dropped_attributes';

/** Roles of names whose values are not stored as they come: a role, or a configured rule. */
const unlike = (role.secret | role.url | role.statement | role.parameter | -(1 << role.rulesShift)) >>> 0;

/** Scope attributes that a row may get besides its own. */
const maxExtra = 100;

/** What is derived from a statement, and the route. */
const maxDerived = 4;

const keyOf = new Int32Array(maxAttributes);
const typesScratch = new Uint8Array(maxAttributes + maxExtra + maxDerived + 1);

/** What has been recognised so far, which a row is made with. */
export interface Known {
  readonly words: Words;
  readonly statements: KnownStatements;
}

/**
 * The columns `attrs` and `attr_types` being built, straight from the decoder's positions. The hot path of ingest: a row makes no object and,
 * for texts and small integers, no string. `bench/ingest-traces/micro.mjs` shows its cost.
 */
export class AttributeColumns {
  /** By slot (`enrich/attribute-roles.ts`): which attribute of the batch the last row has there, or -1. */
  readonly slotAt = new Int32Array(slots).fill(-1);
  /** The statement of the last row, if it has one. */
  statement: KnownStatement | undefined;
  private ends: Uint32Array;
  private keys: Int32Array;
  private entries = 0;
  private readonly values = new TextColumn();
  private rows = 0;

  constructor(rows: number) {
    this.ends = new Uint32Array(rows * 2);
    this.keys = new Int32Array(rows * 8);
  }

  /** Makes room for `rows` more rows. */
  reserve(rows: number): void {
    const needed = (this.rows + rows) * 2;
    if (needed <= this.ends.length) return;
    const larger = new Uint32Array(Math.max(needed, this.ends.length * 2));
    larger.set(this.ends);
    this.ends = larger;
  }

  /** Begins a row with `count` attributes from number `first` of `columns` on: their slots can be asked for now. */
  begin(words: Words, body: Uint8Array, columns: Int32Array, first: number, count: number): void {
    const { slotAt } = this;
    slotAt.fill(-1);
    words.beginRow();
    let previous = 0;
    for (let i = 0; i < count; i++) {
      const at = (first + i) * attributeWidth;
      const key = words.key(body, columns[at]!, columns[at + 1]! >>> 3, previous);
      previous = key;
      keyOf[i] = key;
      const earlier = words.seen(key, i);
      if (earlier >= 0) keyOf[earlier] = -1;
      const slot = (words.roleOf(key) >>> role.slotShift) & role.slotMask;
      if (slot !== 0) slotAt[slot] = first + i;
    }
  }

  /**
   * Adds the row that `begin` began, told the same, then what is derived: from its statement, the `route` ('' for none), and `extra`. Returns the word of
   * its `attr_types`.
   */
  finish(
    known: Known,
    body: Uint8Array,
    columns: Int32Array,
    first: number,
    count: number,
    dropped: number,
    extra: readonly Attribute[],
    route: string,
  ): number {
    this.room(count + extra.length + maxDerived + 1);
    const { words } = known;
    const { keys, values } = this;
    let types = 0;
    let statement: KnownStatement | undefined;
    let entries = this.entries;
    for (let i = 0; i < count; i++) {
      const key = keyOf[i]!;
      if (key < 0) continue;
      const at = (first + i) * attributeWidth;
      keys[entries++] = key;
      const kind = columns[at + 1]! & 7;
      const itsRole = words.roleOf(key);
      if ((itsRole & role.statement) !== 0 && kind === valueKind.string) {
        statement = known.statements.of(
          this.systemWord(words, body, columns),
          body,
          columns[at + 2]!,
          columns[at + 3]!,
        );
        values.put(statement.text, 0, statement.text.length);
        typesScratch[types++] = stringLetter;
      } else {
        const letter = this.putValue(body, kind, columns[at + 2]!, columns[at + 3]!, itsRole, words.scrubber);
        if (letter === 0) entries--;
        else typesScratch[types++] = letter;
      }
    }
    this.statement = statement;
    if (statement !== undefined) {
      for (const [key, text] of [
        ['db.operation.name', statement.operation],
        ['db.collection.name', statement.collection],
        ['db.query.summary', statement.summary],
      ] as const) {
        if (text === '') continue;
        const word = words.ofText(key);
        if (words.seen(word, count) >= 0) continue;
        keys[entries++] = word;
        typesScratch[types++] = stringLetter;
        values.putText(text);
      }
    }
    if (route !== '') {
      keys[entries++] = words.ofText('http.route');
      typesScratch[types++] = stringLetter;
      values.putText(route);
    }
    if (extra.length > 0) {
      for (const { key, type, text } of extra.slice(0, maxExtra)) {
        const word = words.ofText(key);
        if (words.seen(word, count) >= 0) continue;
        keys[entries++] = word;
        typesScratch[types++] = type.charCodeAt(0);
        values.putText(text);
      }
    }
    if (dropped > 0) {
      keys[entries++] = words.ofText(droppedKey);
      typesScratch[types++] = intLetter;
      values.putSmallInteger(dropped);
    }
    this.entries = entries;
    this.ends[this.rows * 2] = entries;
    this.rows++;
    return words.of(typesScratch, 0, types);
  }

  /** What brings the columns back to how they are now. */
  mark(): () => void {
    const { entries, rows } = this;
    const values = this.values.mark();
    return () => {
      this.entries = entries;
      this.rows = rows;
      values();
    };
  }

  /** The text of the attribute in a slot of the row added last, as a word; -1 when it has none. */
  slotWord(slot: number, words: Words, body: Uint8Array, columns: Int32Array): number {
    const index = this.slotAt[slot]!;
    if (index < 0) return -1;
    const at = index * attributeWidth;
    const kind = columns[at + 1]! & 7;
    const { scrubber } = words;
    if (kind === valueKind.string && !scrubber.hasRules)
      return words.clean(words.of(body, columns[at + 2]!, columns[at + 3]!));
    const itsRole = words.roleOf(words.of(body, columns[at]!, columns[at + 1]! >>> 3));
    const value = scrubbedValue(body, kind, columns[at + 2]!, columns[at + 3]!, itsRole, scrubber);
    return value === undefined ? -1 : words.ofText(value.text);
  }

  /** The value in a slot of the row begun last as text, scrubbed; undefined when it has none. */
  slotText(slot: number, words: Words, body: Uint8Array, columns: Int32Array): string | undefined {
    const at = this.slotAt[slot]! * attributeWidth;
    if (at < 0) return undefined;
    const itsRole = words.roleOf(words.of(body, columns[at]!, columns[at + 1]! >>> 3));
    return scrubbedValue(body, columns[at + 1]! & 7, columns[at + 2]!, columns[at + 3]!, itsRole, words.scrubber)?.text;
  }

  /** The fingerprint of the exception that the attributes of the row begun last tell of; undefined when they tell of none. */
  exception(words: Words, errors: KnownErrors, body: Uint8Array, columns: Int32Array): Fingerprint | undefined {
    const { slotAt } = this;
    const stacktrace = slotAt[slot.exceptionStacktrace]!;
    const message = slotAt[slot.exceptionMessage]!;
    const type = slotAt[slot.exceptionType]!;
    if (stacktrace < 0 && message < 0 && type < 0) return undefined;
    const text = (which: number): string => this.slotText(which, words, body, columns) ?? '';
    const read = (): SeenError => ({
      type: text(slot.exceptionType),
      message: text(slot.exceptionMessage),
      stacktrace: text(slot.exceptionStacktrace),
    });
    const told = stacktrace < 0 ? message : stacktrace;
    const at = told * attributeWidth;
    // An empty stack trace says nothing: then the message does.
    if (told < 0 || (columns[at + 1]! & 7) !== valueKind.string || columns[at + 3] === 0) return errors.of(read());
    const typeWord = Math.max(0, this.slotWord(slot.exceptionType, words, body, columns));
    return errors.ofBytes(typeWord, told === stacktrace, body, columns[at + 2]!, columns[at + 3]!, read);
  }

  /** Whether the text in a slot of the row added last is the one at `at`. */
  slotIs(slot: number, body: Uint8Array, columns: Int32Array, at: number, length: number): boolean {
    const index = this.slotAt[slot]!;
    if (index < 0 || columns[index * attributeWidth + 3] !== length) return false;
    const valueAt = columns[index * attributeWidth + 2]!;
    for (let i = 0; i < length; i++) if (body[valueAt + i] !== body[at + i]) return false;
    return true;
  }

  map(words: Words): MapValues<TextValues, StringValues> {
    const { rows, entries } = this;
    return {
      ends: new BigUint64Array(this.ends.buffer, 0, rows),
      keys: { texts: words.texts, indexes: this.keys.subarray(0, entries) },
      values: this.values,
    };
  }

  /** The database that the row's statement is for. */
  private systemWord(words: Words, body: Uint8Array, columns: Int32Array): number {
    const newer = this.slotWord(slot.dbSystem, words, body, columns);
    return newer === -1 ? Math.max(0, this.slotWord(slot.oldDbSystem, words, body, columns)) : newer;
  }

  /** Writes one value and returns the letter of its type; 0 when a rule drops it, and nothing is written. */
  private putValue(
    body: Uint8Array,
    kind: number,
    at: number,
    length: number,
    itsRole: number,
    scrubber: Scrubber,
  ): number {
    const { values } = this;
    const isUrl = kind === valueKind.string && (itsRole & unlike) === role.url && (itsRole & role.query) === 0;
    // What `redactUrl` changes has an @ or a ?, which are worth a closer look to the scrubber too.
    if ((itsRole & unlike) !== 0 && !isUrl) return this.putScrubbed(body, kind, at, length, itsRole, scrubber);
    if (kind === valueKind.string) {
      if (scrubber.isSuspicious(body, at, length)) return this.putScrubbed(body, kind, at, length, itsRole, scrubber);
      values.put(body, at, length);
      return stringLetter;
    }
    if (kind === valueKind.int && length <= 4) {
      let value = 0;
      for (let i = length - 1; i >= 0; i--) value = (value << 7) | (body[at + i]! & 127);
      values.putSmallInteger(value);
      return intLetter;
    }
    if (kind === valueKind.bool && length === 1) {
      const text = body[at] === 0 ? falseBytes : trueBytes;
      values.put(text, 0, text.length);
      return letters[kind]!;
    }
    return this.putScrubbed(body, kind, at, length, itsRole, scrubber);
  }

  private putScrubbed(
    body: Uint8Array,
    kind: number,
    at: number,
    length: number,
    itsRole: number,
    scrubber: Scrubber,
  ): number {
    const value = scrubbedValue(body, kind, at, length, itsRole, scrubber);
    if (value === undefined) return 0;
    this.values.putText(value.text);
    return value.type.charCodeAt(0);
  }

  private room(entries: number): void {
    const needed = this.entries + entries;
    if (needed <= this.keys.length) return;
    const larger = new Int32Array(Math.max(needed, this.keys.length * 2));
    larger.set(this.keys);
    this.keys = larger;
  }
}
