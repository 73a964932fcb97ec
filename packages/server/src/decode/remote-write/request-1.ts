import { BadInput } from '../../base/bad-input.js';
import { WireReader, fields } from '../wire-reader.js';
import { LabelPositions } from './label-positions.js';
import { WireLabelSets } from './label-sets.js';
import { metricTypes, type Label, type SeriesBatch } from './series-batch.js';
import { SeriesCollector, maxExemplarLabels } from './series-collector.js';
import { signedVarint } from './signed-varint.js';

/**
 * Remote write 1.0 (https://prometheus.io/docs/specs/remote_write_spec/), the message `prometheus.WriteRequest`. Beyond the text of the
 * specification Prometheus sends exemplars, native histograms and metadata, all in the same message.
 */

const knownRequest = fields(1, 3);
const knownSeries = fields(1, 2, 3, 4);
const knownExemplar = fields(1, 2, 3);
const knownMetadata = fields(1, 2, 4, 5);

const labelsTag = 10;

let sets = new WireLabelSets();
const positions = new LabelPositions();

/** Reads the request. Series that can not be stored are left out and told; throws `BadInput` when the body is no such request. */
export function decodeRemoteWrite1(body: Uint8Array): SeriesBatch {
  if (sets.isFull) sets = new WireLabelSets();
  const { table } = sets;
  const wire = new WireReader(body);
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const collector = new SeriesCollector(wire);
  const end = body.length;
  let previous = -1;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 26) {
      readMetadata(wire, end, collector);
      continue;
    }
    if (tag === 34 || tag === 42)
      throw new BadInput('the body is the message of remote write 2.0, but Content-Type says 1.0');
    if (tag !== 10) {
      wire.skip(tag, knownRequest, end);
      continue;
    }
    const seriesEnd = wire.length(end) + wire.at;
    const seriesAt = wire.at;
    let set = table.guess(previous);
    const length = set < 0 ? 0 : table.lengthOf(set);
    if (
      set >= 0 &&
      length <= seriesEnd - seriesAt &&
      (seriesAt + length === seriesEnd || body[seriesAt + length] !== labelsTag) &&
      table.is(set, view, seriesAt)
    ) {
      wire.at = seriesAt + length;
    } else {
      passLabels(wire, seriesEnd);
      set = setOf(body, view, seriesAt, wire.at - seriesAt);
      table.follows(previous, set);
    }
    previous = set;
    if (!readItems(wire, seriesEnd, set, collector)) {
      // Labels after something else: no known sender writes them so, but the format allows it.
      const labels = gathered(wire, seriesAt, seriesEnd);
      set = setOf(labels, new DataView(labels.buffer, labels.byteOffset, labels.length), 0, labels.length);
      wire.at = seriesAt;
      readItems(wire, seriesEnd, set, collector, true);
      previous = -1;
    }
    if (set >= 0) continue;
    const labels = gathered(wire, seriesAt, seriesEnd);
    positions.readWire(labels, 0, labels.length);
    collector.rejectSeries(positions);
    wire.at = seriesEnd;
  }
  return collector.batch(sets);
}

/** Steps over the Label messages at the cursor. */
function passLabels(wire: WireReader, seriesEnd: number): void {
  while (wire.at < seriesEnd && wire.bytes[wire.at] === labelsTag) {
    wire.at++;
    wire.passOver(seriesEnd);
  }
}

/** The number of a label set, learnt when it is new; -1 when a series with it can not be stored. */
function setOf(bytes: Uint8Array, view: DataView, at: number, length: number): number {
  const known = sets.table.find(view, at, length);
  if (known >= 0) return known;
  positions.readWire(bytes, at, length);
  return positions.fault() === '' ? sets.table.add(view, at, length) : -1;
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
  while (wire.at < seriesEnd) {
    const tag = wire.varint(seriesEnd);
    if (tag === 18) collector.sample(set, seriesEnd);
    else if (tag === labelsTag) {
      if (!labelsAreKnown) {
        collector.forgetSeries();
        return false;
      }
      wire.passOver(seriesEnd);
    } else if (tag === 34) collector.histogram(set, seriesEnd);
    else if (tag === 26) readExemplar(wire, seriesEnd, set, collector);
    else wire.skip(tag, knownSeries, seriesEnd);
  }
  return true;
}

/** All Label messages of a series, one after the other. */
function gathered(wire: WireReader, seriesAt: number, seriesEnd: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  wire.at = seriesAt;
  while (wire.at < seriesEnd) {
    const at = wire.at;
    const tag = wire.varint(seriesEnd);
    wire.skip(tag, 0, seriesEnd);
    if (tag === labelsTag) pieces.push(wire.bytes.subarray(at, wire.at));
  }
  return Buffer.concat(pieces);
}

function readExemplar(wire: WireReader, seriesEnd: number, set: number, collector: SeriesCollector): void {
  const end = wire.length(seriesEnd) + wire.at;
  const labels: Label[] = [];
  let valueAt = -1;
  let timeMs: number | undefined;
  while (wire.at < end) {
    const at = wire.at;
    const tag = wire.varint(end);
    if (tag === 10) {
      wire.passOver(end);
      positions.readWire(wire.bytes, at, wire.at - at);
      if (labels.length <= maxExemplarLabels) labels.push(...positions.labels());
    } else if (tag === 17) valueAt = wire.fixed(8, end);
    else if (tag === 24) timeMs = signedVarint(wire, end);
    else wire.skip(tag, knownExemplar, end);
  }
  collector.exemplar({ set, value: collector.numberAt(valueAt), timeMs: timeMs || undefined, labels });
}

function readMetadata(wire: WireReader, requestEnd: number, collector: SeriesCollector): void {
  const end = wire.length(requestEnd) + wire.at;
  let type = 0;
  let name = '';
  let help = '';
  let unit = '';
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 8) type = wire.varint(end);
    else if (tag === 18 || tag === 34 || tag === 42) {
      const length = wire.length(end);
      const text = Buffer.from(wire.bytes.subarray(wire.at, wire.at + length)).toString();
      wire.at += length;
      if (tag === 18) name = text;
      else if (tag === 34) help = text;
      else unit = text;
    } else wire.skip(tag, knownMetadata, end);
  }
  collector.family({ name, type: metricTypes[type] ?? '', unit, help });
}
