import { isUtf8 } from 'node:buffer';
import { WireReader, fields } from '../wire-reader.js';
import { ByteTable } from './byte-table.js';
import type { Label } from './series-batch.js';

/** Label sets that were seen, by number. Only a cache: what is stored does not depend on what is in it. */
export interface LabelSets {
  readonly count: number;
  /** The labels of a set by name, `__name__` among them; those without a value are as good as absent and not there. */
  labels(set: number): readonly Label[];
  /** A text of the set's request, by the number that a description gives. */
  word(number: number): string;
}

/** Beyond either, label sets are learnt anew from the next request on. */
const maxSets = 500_000;
const maxBytes = 128 * 1024 * 1024;

const maxLabels = 128;
const maxNameBytes = 1024;
const maxValueBytes = 16 * 1024;

/** A label as the bytes of its name and of its value. */
export type RawLabel = readonly [name: Uint8Array, value: Uint8Array];

export const metricName = '__name__';

/** Label sets of 1.0, told apart by the bytes of their Label messages, tags and lengths included. */
export class WireLabelSets implements LabelSets {
  readonly table = new ByteTable();

  get count(): number {
    return this.table.count;
  }

  get isFull(): boolean {
    return this.count > maxSets || this.table.usedBytes > maxBytes;
  }

  labels(set: number): readonly Label[] {
    return sorted(wireLabels(this.table.bytesOf(set)));
  }

  word(): string {
    return '';
  }
}

/** Label sets of 2.0, told apart by the numbers of their names and values among all symbols that were seen. */
export class SymbolLabelSets implements LabelSets {
  readonly words = new ByteTable();
  /** The numbers of names and values, 4 bytes each. */
  readonly table = new ByteTable();

  get count(): number {
    return this.table.count;
  }

  get isFull(): boolean {
    return this.count > maxSets || this.table.usedBytes + this.words.usedBytes > maxBytes;
  }

  labels(set: number): readonly Label[] {
    return sorted(this.rawLabels(this.table.bytesOf(set)));
  }

  rawLabels(numbers: Uint8Array): readonly RawLabel[] {
    const view = new DataView(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    const labels: RawLabel[] = [];
    for (let at = 0; at < numbers.length; at += 8) {
      labels.push([this.words.bytesOf(view.getInt32(at, true)), this.words.bytesOf(view.getInt32(at + 4, true))]);
    }
    return labels;
  }

  word(number: number): string {
    return this.words.textOf(number);
  }
}

const knownLabel = fields(1, 2);
const nothing = new Uint8Array();

/** Reads Label messages with their tags and lengths, one after the other. */
export function wireLabels(bytes: Uint8Array): readonly RawLabel[] {
  const wire = new WireReader(bytes);
  const labels: RawLabel[] = [];
  while (wire.at < bytes.length) {
    wire.varint(bytes.length);
    const end = wire.length(bytes.length) + wire.at;
    let name: Uint8Array = nothing;
    let value: Uint8Array = nothing;
    while (wire.at < end) {
      const tag = wire.varint(end);
      if (tag !== 10 && tag !== 18) {
        wire.skip(tag, knownLabel, end);
        continue;
      }
      const length = wire.length(end);
      const text = bytes.subarray(wire.at, wire.at + length);
      if (tag === 10) name = text;
      else value = text;
      wire.at += length;
    }
    labels.push([name, value]);
  }
  return labels;
}

/** Why a series with these labels can not be stored, '' when it can. Their order does not matter: not every sender sorts them. */
export function labelFault(labels: readonly RawLabel[]): string {
  if (labels.length > maxLabels) return `a series has more than ${maxLabels} labels`;
  const names = new Set<string>();
  let isNamed = false;
  for (const [name, value] of labels) {
    if (name.length === 0) return 'a label needs a name';
    if (name.length > maxNameBytes) return `a label’s name is longer than ${maxNameBytes} bytes`;
    if (!isUtf8(name)) return 'a label’s name is not valid UTF-8';
    const text = Buffer.from(name.buffer, name.byteOffset, name.length).toString();
    if (names.has(text)) return `the label ${quoted(text)} comes twice`;
    names.add(text);
    if (value.length > maxValueBytes)
      return `the value of the label ${quoted(text)} is longer than ${maxValueBytes} bytes`;
    if (!isUtf8(value)) return `the value of the label ${quoted(text)} is not valid UTF-8`;
    if (text !== metricName) continue;
    if (value.length > maxNameBytes) return `a metric’s name is longer than ${maxNameBytes} bytes`;
    isNamed = value.length > 0;
  }
  return isNamed ? '' : 'a series needs the label __name__';
}

/** The series as people write it, shortened. */
export function seriesText(labels: readonly RawLabel[]): string {
  const texts = labels
    .slice(0, 20)
    .map(([name, value]) => `${shown(name)}=${JSON.stringify(shown(value))}`)
    .join(', ');
  return `{${texts.length > 200 ? `${texts.slice(0, 200)}…` : texts}}`;
}

function shown(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 60)).toString();
}

function quoted(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);
}

function sorted(labels: readonly RawLabel[]): readonly Label[] {
  return labels
    .filter(([, value]) => value.length > 0)
    .map(([name, value]) => ({ name: text(name), value: text(value) }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}
