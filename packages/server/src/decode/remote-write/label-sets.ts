import { ByteTable } from './byte-table.js';
import { LabelPositions } from './label-positions.js';
import type { Label } from './series-batch.js';

/** Label sets that were seen, by number. Only a cache: what is stored does not depend on what is in it. */
export interface LabelSets {
  readonly count: number;
  /** Reads the labels of a set by name, `__name__` among them; those without a value are as good as absent and not there. */
  read(set: number, into: LabelPositions): void;
  /** A text of the set's request, by the number that a description gives. */
  word(number: number): string;
}

/** Beyond either, label sets are learnt anew from the next request on. */
const maxSets = 500_000;
const maxBytes = 128 * 1024 * 1024;

/** Label sets of 1.0, told apart by the bytes of their Label messages, tags and lengths included. */
export class WireLabelSets implements LabelSets {
  readonly table = new ByteTable();

  get count(): number {
    return this.table.count;
  }

  get isFull(): boolean {
    return this.count > maxSets || this.table.usedBytes > maxBytes;
  }

  read(set: number, into: LabelPositions): void {
    into.readWire(this.table.allBytes, this.table.startOf(set), this.table.lengthOf(set));
    into.dropEmpty();
  }

  word(): string {
    return '';
  }
}

/** Label sets of 2.0, told apart by the numbers of their names and values among all symbols that were seen. */
export class SymbolLabelSets implements LabelSets {
  readonly words = new ByteTable();
  readonly emptyWord = this.words.add(new DataView(new ArrayBuffer(0)), 0, 0);
  /** The numbers of names and values, 4 bytes each. */
  readonly table = new ByteTable();
  /** By set: bytes of its names and values as they are stored. */
  readonly textBytes: number[] = [];

  get count(): number {
    return this.table.count;
  }

  get isFull(): boolean {
    return this.count > maxSets || this.table.usedBytes + this.words.usedBytes > maxBytes;
  }

  read(set: number, into: LabelPositions): void {
    into.readNumbers(this.words, this.table.allView, this.table.startOf(set), this.table.lengthOf(set) / 4);
    into.dropEmpty();
  }

  word(number: number): string {
    return this.words.textOf(number);
  }
}

const scratch = new LabelPositions();

/** The labels of a set as texts. */
export function labelsOf(sets: LabelSets, set: number): readonly Label[] {
  sets.read(set, scratch);
  return scratch.labels();
}
