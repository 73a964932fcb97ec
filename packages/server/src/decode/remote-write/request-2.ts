import { BadInput } from '../../base/bad-input.js';
import { maxItems } from '../envelope.js';
import { Int32List } from '../int32-list.js';
import { WireReader, fields } from '../wire-reader.js';
import { LabelPositions } from './label-positions.js';
import { SymbolLabelSets } from './label-sets.js';
import { metricTypes, type Label, type SeriesBatch } from './series-batch.js';
import { SeriesCollector, maxExemplarLabels } from './series-collector.js';
import { signedVarint } from './signed-varint.js';

/**
 * Remote write 2.0 (https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/), the message `io.prometheus.write.v2.Request`: texts stand once
 * in `symbols`, everything else names them by their place there.
 */

const knownRequest = fields(4, 5);
const knownSeries = fields(1, 2, 3, 4, 5, 6);
const knownExemplar = fields(1, 2, 3);
const knownMetadata = fields(1, 3, 4);

/** Label names and values of one series; more are counted, not kept. */
const maxRefs = 512;

/** What the labels of a request's series may come to when they are written out: a symbol of a long text can be named by thousands of them. */
const maxLabelBytes = 128 << 20;
const tooLong = `the labels of all series come to more than ${maxLabelBytes} bytes; send smaller batches`;
let labelBytes = 0;

/** One label more than is kept. */
const maxExemplarTexts = 2 * maxExemplarLabels + 2;

let sets = new SymbolLabelSets();
const positions = new LabelPositions();

/** First byte and length of each symbol of the request. */
const symbols = new Int32List();
/** By symbol of the request: its number among all words, -1 when it was not asked yet. */
let words = new Int32Array(1024);
/** Symbols of the request. */
let known = 0;

const tuple = new Int32Array(maxRefs);
const tupleView = new DataView(tuple.buffer);

const missing = 'a series refers to a symbol that is not there';
const unpaired = 'labels_refs must come in pairs of name and value';

/** Reads the request. Series that can not be stored are left out and told; throws `BadInput` when the body is no such request. */
export function decodeRemoteWrite2(body: Uint8Array): SeriesBatch {
  if (sets.isFull) sets = new SymbolLabelSets();
  const wire = new WireReader(body);
  readSymbols(wire);
  const collector = new SeriesCollector(wire);
  const end = body.length;
  wire.at = 0;
  let previous = -1;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 34) wire.passOver(end);
    else if (tag === 42) previous = readSeries(wire, wire.length(end) + wire.at, previous, collector);
    else wire.skip(tag, knownRequest, end);
  }
  return collector.batch(sets);
}

function readSymbols(wire: WireReader): void {
  symbols.clear();
  labelBytes = 0;
  const end = wire.bytes.length;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 10 || tag === 26)
      throw new BadInput('the body is the message of remote write 1.0, but Content-Type says 2.0');
    if (tag !== 34) {
      wire.skip(tag, knownRequest & ~fields(5), end);
      continue;
    }
    const length = wire.length(end);
    const at = symbols.extend(2);
    symbols.data[at] = wire.at;
    symbols.data[at + 1] = length;
    wire.at += length;
    if (at > 2 * maxItems) throw new BadInput(`more than ${maxItems} symbols in one request; send smaller batches`);
  }
  const count = symbols.length / 2;
  if (words.length < count || words.length > 1 << 20) words = new Int32Array(Math.max(count, 1024));
  words.fill(-1, 0, count);
  known = count;
}

/** The number of a symbol among all words; -1 when the request has no such symbol. */
function wordOf(ref: number, view: DataView): number {
  if (ref >= known) return -1;
  const word = words[ref]!;
  if (word >= 0) return word;
  const at = symbols.data[ref * 2]!;
  const length = symbols.data[ref * 2 + 1]!;
  const found = sets.words.find(view, at, length);
  return (words[ref] = found >= 0 ? found : sets.words.add(view, at, length));
}

/** Reads one TimeSeries and returns its label set, -1 when it has none that can be stored. */
function readSeries(wire: WireReader, seriesEnd: number, previous: number, collector: SeriesCollector): number {
  const seriesAt = wire.at;
  readFirstRefs(wire, seriesEnd, collector.view);
  let set = setOfRefs(previous);
  if (!readItems(wire, seriesEnd, set, collector)) {
    // Labels in several pieces, or after something else: no known sender writes them so, but the format allows it.
    readAllRefs(wire, seriesAt, seriesEnd, collector.view);
    set = setOfRefs(-1);
    wire.at = seriesAt;
    readItems(wire, seriesEnd, set, collector, true);
  }
  if (set < 0) {
    positions.readNumbers(sets.words, tupleView, 0, refs);
    collector.rejectSeries(positions, fault);
  }
  return set;
}

/** Reads what follows the labels. False when labels come again: nothing of the series is collected then. */
function readItems(
  wire: WireReader,
  seriesEnd: number,
  set: number,
  collector: SeriesCollector,
  labelsAreKnown = false,
): boolean {
  collector.beginSeries();
  let createdMs = 0;
  while (wire.at < seriesEnd) {
    const tag = wire.varint(seriesEnd);
    if (tag === 18) collector.sample(set, seriesEnd);
    else if (tag === 42) readDescription(wire, seriesEnd, set, collector);
    else if (tag === 26) collector.histogram(set, seriesEnd);
    else if (tag === 34) readExemplar(wire, seriesEnd, set, collector);
    else if (tag === 48) createdMs = signedVarint(wire, seriesEnd);
    else if (tag !== 10 && tag !== 8) wire.skip(tag, knownSeries, seriesEnd);
    else if (labelsAreKnown) wire.skip(tag, 0, seriesEnd);
    else {
      collector.forgetSeries();
      return false;
    }
  }
  if (createdMs !== 0) collector.created(createdMs);
  return true;
}

/** How many numbers are in `tuple`, and what is wrong with the labels they stand for. */
let refs = 0;
let fault = '';

/** Reads the labels that the series begins with as words into `tuple`. */
function readFirstRefs(wire: WireReader, seriesEnd: number, view: DataView): void {
  refs = 0;
  fault = '';
  if (wire.bytes[wire.at] !== 10 || wire.at >= seriesEnd) return;
  wire.at++;
  readPacked(wire, wire.length(seriesEnd) + wire.at, view);
}

/** The same for labels that stand anywhere in the series. */
function readAllRefs(wire: WireReader, seriesAt: number, seriesEnd: number, view: DataView): void {
  refs = 0;
  fault = '';
  wire.at = seriesAt;
  while (wire.at < seriesEnd) {
    const tag = wire.varint(seriesEnd);
    if (tag === 10) readPacked(wire, wire.length(seriesEnd) + wire.at, view);
    else if (tag === 8) putRef(wire.varint(seriesEnd), view);
    else wire.skip(tag, 0, seriesEnd);
  }
}

function readPacked(wire: WireReader, end: number, view: DataView): void {
  const { bytes } = wire;
  const wordOfRef = words;
  const symbolCount = known;
  while (wire.at < end) {
    let { at } = wire;
    let count = refs;
    // The way of nearly all: symbols below 16,384 that were looked up before. Any other one is left to `putRef`.
    while (at + 1 < end && count < maxRefs) {
      const byte = bytes[at]!;
      const next = bytes[at + 1]!;
      if (byte > 127 && next > 127) break;
      const ref = byte < 128 ? byte : (byte & 127) | (next << 7);
      const word = ref < symbolCount ? wordOfRef[ref]! : -1;
      if (word < 0) break;
      tuple[count++] = word;
      at += byte < 128 ? 1 : 2;
    }
    wire.at = at;
    refs = count;
    if (at < end) putRef(wire.varint(end), view);
  }
}

/** The number of the label set in `tuple`, learnt when it is new; -1, and a `fault`, when a series with it can not be stored. */
function setOfRefs(previous: number): number {
  const set = storableSet(previous);
  if (set < 0) return -1;
  // Of known sets too: what a body gives must not depend on those before it.
  labelBytes += sets.textBytes[set]!;
  if (labelBytes <= maxLabelBytes) return set;
  fault = tooLong;
  return -1;
}

function storableSet(previous: number): number {
  const { table } = sets;
  if (fault === '' && refs % 2 === 1) fault = unpaired;
  if (fault !== '') return -1;
  const guessed = table.guess(previous);
  if (guessed >= 0 && table.lengthOf(guessed) === refs * 4 && table.is(guessed, tupleView, 0)) return guessed;
  let set = table.find(tupleView, 0, refs * 4);
  if (set < 0) {
    positions.readNumbers(sets.words, tupleView, 0, refs);
    fault = positions.fault();
    if (fault !== '') return -1;
    set = table.add(tupleView, 0, refs * 4);
    sets.textBytes[set] = positions.textBytes();
  }
  table.follows(previous, set);
  return set;
}

function putRef(ref: number, view: DataView): void {
  if (refs >= maxRefs) {
    fault ||= `a series has more than ${maxRefs / 2} labels`;
    return;
  }
  const word = wordOf(ref, view);
  if (word < 0) fault ||= missing;
  else tuple[refs++] = word;
}

function readDescription(wire: WireReader, seriesEnd: number, set: number, collector: SeriesCollector): void {
  const end = wire.length(seriesEnd) + wire.at;
  let type = 0;
  let help = 0;
  let unit = 0;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 8) type = wire.varint(end);
    else if (tag === 24) help = wire.varint(end);
    else if (tag === 32) unit = wire.varint(end);
    else wire.skip(tag, knownMetadata, end);
  }
  if (set < 0 || (type === 0 && help === 0 && unit === 0)) return;
  const word = (ref: number): number => {
    const found = ref === 0 ? -1 : wordOf(ref, collector.view);
    return found < 0 ? sets.emptyWord : found;
  };
  collector.description(set, type < metricTypes.length ? type : 0, word(unit), word(help));
}

function readExemplar(wire: WireReader, seriesEnd: number, set: number, collector: SeriesCollector): void {
  const end = wire.length(seriesEnd) + wire.at;
  const texts: string[] = [];
  let valueAt = -1;
  let timeMs: number | undefined;
  // Not by way of the words: the ids of traces are new each time, and would fill them.
  const text = (ref: number): string => {
    if (ref >= known) return '';
    const at = symbols.data[ref * 2]!;
    return Buffer.from(wire.bytes.subarray(at, at + symbols.data[ref * 2 + 1]!)).toString();
  };
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 10) {
      const refsEnd = wire.length(end) + wire.at;
      while (wire.at < refsEnd && texts.length < maxExemplarTexts) texts.push(text(wire.varint(refsEnd)));
      wire.at = refsEnd;
    } else if (tag === 8) {
      const ref = wire.varint(end);
      if (texts.length < maxExemplarTexts) texts.push(text(ref));
    } else if (tag === 17) valueAt = wire.fixed(8, end);
    else if (tag === 24) timeMs = signedVarint(wire, end);
    else wire.skip(tag, knownExemplar, end);
  }
  const labels: Label[] = [];
  for (let i = 0; i + 1 < texts.length; i += 2) labels.push({ name: texts[i]!, value: texts[i + 1]! });
  collector.exemplar({ set, value: collector.numberAt(valueAt), timeMs: timeMs || undefined, labels });
}
