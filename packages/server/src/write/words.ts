import { isUtf8 } from 'node:buffer';
import { role } from '../enrich/attribute-roles.js';
import type { Scrubber } from '../enrich/scrub/scrubber.js';
import { ByteDictionary } from './byte-dictionary.js';
import { shortened } from './text-column.js';

/** Texts that go into a dictionary (keys, names, versions) are cut there. */
const maxWordBytes = 4096;

/** Strings whose number is remembered: so many, and no longer ones. */
const maxRemembered = 10_000;
const maxRememberedChars = 100;

/** Beyond either a new dictionary is begun with the next block, so that memory stays bounded whatever is sent. */
const maxWords = 100_000;
const maxBytes = 16 * 1024 * 1024;

/**
 * The texts that repeat: attribute keys, service and span names, versions. Each has a number, shared by all columns of all blocks; number 0 is ''.
 * What is known about an attribute key stands beside it.
 */
export class Words {
  readonly texts = new ByteDictionary();
  /** By key: what the scrubber's `roleOf` says, 0 when it was not asked yet. */
  private roles = new Uint32Array(1024);
  /** By key: the key that followed it last time. Senders write the same attributes in the same order. */
  private next = new Int32Array(1024);
  /** By key: the row that had it last and its place in that row. */
  private lastRow = new Float64Array(1024);
  private lastPlace = new Int32Array(1024);
  private row = 0;
  /** The numbers of texts that were asked for as strings: mostly names that stand in the program. */
  private readonly byText = new Map<string, number>();
  /** By word: what `clean` says plus 1, 0 when it was not asked yet. */
  private cleaned = new Int32Array(1024);

  constructor(readonly scrubber: Scrubber) {
    this.ofText('');
  }

  get isFull(): boolean {
    return this.texts.count > maxWords || this.texts.usedBytes > maxBytes;
  }

  /** The number of a text in UTF-8; what is not valid UTF-8 becomes U+FFFD. */
  of(bytes: Uint8Array, at: number, length: number): number {
    const found = this.texts.find(bytes, at, length);
    return found === -1 ? this.add(bytes, at, length) : found;
  }

  /** As `of`, but -1 for a text that is new. */
  find(bytes: Uint8Array, at: number, length: number): number {
    return this.texts.find(bytes, at, length);
  }

  ofText(text: string): number {
    const known = this.byText.get(text);
    if (known !== undefined) return known;
    const bytes = Buffer.from(text);
    const id = this.of(bytes, 0, bytes.length);
    if (text.length <= maxRememberedChars && this.byText.size < maxRemembered) this.byText.set(text, id);
    return id;
  }

  /** As `of`, for the key that comes after the key `previous` (0 for the first). */
  key(bytes: Uint8Array, at: number, length: number, previous: number): number {
    const expected = this.next[previous]!;
    if (expected !== 0 && this.texts.is(expected, bytes, at, length)) return expected;
    const id = this.of(bytes, at, length);
    this.next[previous] = id;
    return id;
  }

  roleOf(key: number): number {
    const known = this.roles[key]!;
    return known === 0 ? (this.roles[key] = (this.scrubber.roleOf(this.text(key)) | role.known) >>> 0) : known;
  }

  /** The word that is stored where `id` came as a value: without what the scrubber knows by its shape. */
  clean(id: number): number {
    const known = this.cleaned[id]!;
    if (known !== 0) return known - 1;
    const { texts, scrubber } = this;
    const isSuspicious = scrubber.isSuspicious(texts.bytes, texts.starts[id]!, texts.lengths[id]!);
    const word = isSuspicious ? this.ofText(scrubber.free(this.text(id))) : id;
    this.cleaned[id] = word + 1;
    return word;
  }

  /** What `seen` is told from now on belongs to another row. */
  beginRow(): void {
    this.row++;
  }

  /** Notes that the row has `key` at `place`. Returns the place of the same key earlier in the row, or -1. */
  seen(key: number, place: number): number {
    const earlier = this.lastRow[key] === this.row ? this.lastPlace[key]! : -1;
    this.lastRow[key] = this.row;
    this.lastPlace[key] = place;
    return earlier;
  }

  text(id: number): string {
    return this.texts.text(id);
  }

  private add(bytes: Uint8Array, at: number, length: number): number {
    const slice = bytes.subarray(at, at + length);
    const sound =
      length > maxWordBytes
        ? Buffer.from(shortened(bytes, at, length, maxWordBytes))
        : isUtf8(slice)
          ? slice
          : Buffer.from(Buffer.from(slice).toString());
    const id = this.texts.id(sound, 0, sound.length);
    if (id >= this.roles.length) {
      this.roles = larger(this.roles, new Uint32Array(this.roles.length * 2));
      this.cleaned = larger(this.cleaned, new Int32Array(this.cleaned.length * 2));
      this.next = larger(this.next, new Int32Array(this.next.length * 2));
      this.lastRow = larger(this.lastRow, new Float64Array(this.lastRow.length * 2));
      this.lastPlace = larger(this.lastPlace, new Int32Array(this.lastPlace.length * 2));
    }
    return id;
  }
}

function larger<T extends Uint32Array | Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
