import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { WireReader, fields } from '../wire-reader.js';
import type { ByteTable } from './byte-table.js';
import type { Label } from './series-batch.js';

const maxLabels = 128;
const maxNameBytes = 1024;
const maxValueBytes = 16 * 1024;

/** Labels that are read at all; of more than `maxLabels` only the fault is told. */
const capacity = 256;
const width = 4;

const metricName = Buffer.from('__name__');
const knownLabel = fields(1, 2);

/**
 * The labels of one series as positions in `bytes`, without a string or an object for any of them: first byte and length of the name, first byte and
 * length of the value. Scratch space that is filled again for each series that is seen for the first time.
 */
export class LabelPositions {
  bytes: Uint8Array = new Uint8Array();
  count = 0;
  private readonly places = new Int32Array(capacity * width);
  private readonly canonical = Buffer.alloc(maxLabels * (maxNameBytes + maxValueBytes + 2));
  private isCut = false;

  nameAt(label: number): number {
    return this.places[label * width]!;
  }

  nameLength(label: number): number {
    return this.places[label * width + 1]!;
  }

  valueAt(label: number): number {
    return this.places[label * width + 2]!;
  }

  valueLength(label: number): number {
    return this.places[label * width + 3]!;
  }

  /** Reads Label messages with their tags and lengths, one after the other. Throws `BadInput` when they are none. */
  readWire(bytes: Uint8Array, at: number, length: number): void {
    this.begin(bytes);
    const wire = new WireReader(bytes);
    const end = at + length;
    wire.at = at;
    while (wire.at < end) {
      wire.varint(end);
      const labelEnd = wire.length(end) + wire.at;
      let nameAt = 0;
      let nameLength = 0;
      let valueAt = 0;
      let valueLength = 0;
      while (wire.at < labelEnd) {
        const tag = wire.varint(labelEnd);
        if (tag !== 10 && tag !== 18) {
          wire.skip(tag, knownLabel, labelEnd);
          continue;
        }
        const textLength = wire.length(labelEnd);
        if (tag === 10) {
          nameAt = wire.at;
          nameLength = textLength;
        } else {
          valueAt = wire.at;
          valueLength = textLength;
        }
        wire.at += textLength;
      }
      this.add(nameAt, nameLength, valueAt, valueLength);
    }
    this.sort();
  }

  /** Reads numbers of words, names and values by turns, `count` in all. */
  readNumbers(words: ByteTable, numbers: DataView, at: number, count: number): void {
    this.begin(words.allBytes);
    for (let i = 0; i + 1 < count; i += 2) {
      const name = numbers.getInt32(at + i * 4, true);
      const value = numbers.getInt32(at + i * 4 + 4, true);
      this.add(words.startOf(name), words.lengthOf(name), words.startOf(value), words.lengthOf(value));
    }
    this.sort();
  }

  /** Why a series with these labels can not be stored, '' when it can. */
  fault(): string {
    if (this.isCut || this.count > maxLabels) return `a series has more than ${maxLabels} labels`;
    let isNamed = false;
    for (let label = 0; label < this.count; label++) {
      const nameLength = this.nameLength(label);
      const valueLength = this.valueLength(label);
      if (nameLength === 0) return 'a label needs a name';
      if (nameLength > maxNameBytes) return `a label’s name is longer than ${maxNameBytes} bytes`;
      if (!this.isText(this.nameAt(label), nameLength)) return 'a label’s name is not valid UTF-8';
      if (label > 0 && this.compare(label - 1, label) === 0) return `the label ${this.quotedName(label)} comes twice`;
      if (valueLength > maxValueBytes)
        return `the value of the label ${this.quotedName(label)} is longer than ${maxValueBytes} bytes`;
      if (!this.isText(this.valueAt(label), valueLength))
        return `the value of the label ${this.quotedName(label)} is not valid UTF-8`;
      if (valueLength === 0 || !this.isMetricName(label)) continue;
      if (valueLength > maxNameBytes) return `a metric’s name is longer than ${maxNameBytes} bytes`;
      isNamed = true;
    }
    return isNamed ? '' : 'a series needs the label __name__';
  }

  /** Bytes of all names and values. */
  textBytes(): number {
    let sum = 0;
    for (let label = 0; label < this.count; label++) sum += this.nameLength(label) + this.valueLength(label);
    return sum;
  }

  isMetricName(label: number): boolean {
    return this.isNamed(label, metricName);
  }

  isNamed(label: number, name: Uint8Array): boolean {
    if (this.nameLength(label) !== name.length) return false;
    const at = this.nameAt(label);
    for (let i = 0; i < name.length; i++) if (this.bytes[at + i] !== name[i]) return false;
    return true;
  }

  /** Leaves out labels without a value: they are as good as absent. */
  dropEmpty(): void {
    let to = 0;
    for (let label = 0; label < this.count; label++) {
      if (this.valueLength(label) === 0) continue;
      if (to < label) this.places.copyWithin(to * width, label * width, label * width + width);
      to++;
    }
    this.count = to;
  }

  /** Low and high half of the series' id: SHA-256 of all names and values, each with a byte behind it that occurs in no text. The same everywhere. */
  id(): readonly [low: number, high: number] {
    const { bytes, canonical, places } = this;
    let to = 0;
    for (let i = 0; i < this.count * width; i += 2) {
      const at = places[i]!;
      const end = at + places[i + 1]!;
      for (let from = at; from < end; from++) canonical[to++] = bytes[from]!;
      canonical[to++] = 0xff;
    }
    const digest = hash('sha256', canonical.subarray(0, to), 'buffer');
    return [digest.readInt32LE(0), digest.readInt32LE(4)];
  }

  /** The labels as texts. */
  labels(): readonly Label[] {
    return Array.from({ length: this.count }, (_, label) => ({
      name: this.slice(this.nameAt(label), this.nameLength(label)).toString(),
      value: this.slice(this.valueAt(label), this.valueLength(label)).toString(),
    }));
  }

  /** The series as people write it, shortened. */
  text(): string {
    const shown = (at: number, length: number): string => this.slice(at, Math.min(length, 60)).toString();
    const texts = Array.from(
      { length: Math.min(this.count, 20) },
      (_, label) =>
        `${shown(this.nameAt(label), this.nameLength(label))}=${JSON.stringify(shown(this.valueAt(label), this.valueLength(label)))}`,
    ).join(', ');
    return `{${texts.length > 200 ? `${texts.slice(0, 200)}…` : texts}}`;
  }

  private begin(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.count = 0;
    this.isCut = false;
  }

  private add(nameAt: number, nameLength: number, valueAt: number, valueLength: number): void {
    if (this.count >= capacity) {
      this.isCut = true;
      return;
    }
    const at = this.count * width;
    this.places[at] = nameAt;
    this.places[at + 1] = nameLength;
    this.places[at + 2] = valueAt;
    this.places[at + 3] = valueLength;
    this.count++;
  }

  /** By name; they are in order already from nearly every sender. */
  private sort(): void {
    const { places, count } = this;
    let label = 1;
    while (label < count && this.compare(label - 1, label) <= 0) label++;
    if (label >= count) return;
    const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => this.compare(a, b));
    const before = places.slice(0, count * width);
    for (const [to, from] of order.entries())
      for (let k = 0; k < width; k++) places[to * width + k] = before[from * width + k]!;
  }

  /** Compares the names of two labels byte by byte. */
  private compare(a: number, b: number): number {
    const { bytes } = this;
    const aAt = this.nameAt(a);
    const bAt = this.nameAt(b);
    const length = Math.min(this.nameLength(a), this.nameLength(b));
    for (let i = 0; i < length; i++) {
      const difference = bytes[aAt + i]! - bytes[bAt + i]!;
      if (difference !== 0) return difference;
    }
    return this.nameLength(a) - this.nameLength(b);
  }

  private isText(at: number, length: number): boolean {
    const { bytes } = this;
    let all = 0;
    for (let i = at; i < at + length; i++) all |= bytes[i]!;
    return all < 128 || isUtf8(this.slice(at, length));
  }

  private quotedName(label: number): string {
    const name = this.slice(this.nameAt(label), Math.min(this.nameLength(label), 60)).toString();
    return JSON.stringify(this.nameLength(label) > 60 ? `${name}…` : name);
  }

  private slice(at: number, length: number): Buffer {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + at, length);
  }
}
