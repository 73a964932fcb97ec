import { LabelPositions } from '../decode/remote-write/label-positions.js';
import { decodeRemoteWrite2 } from '../decode/remote-write/request-2.js';
import type { NativeHistogram } from '../decode/remote-write/native-histogram.js';
import { sampleWidth, type SeriesBatch } from '../decode/remote-write/series-batch.js';

export interface ReadSample {
  /** `name{a="b"}` with the labels in their order. */
  readonly series: string;
  readonly timeMs: number;
  /** `'stale'` for the mark that the series ended. */
  readonly value: number | 'stale';
}

const positions = new LabelPositions();
const halves = new DataView(new ArrayBuffer(8));

/** The samples of a message, as the decoder of remote write reads them. */
export function samplesOf(message: Uint8Array): readonly ReadSample[] {
  const batch = decodeRemoteWrite2(message);
  const rows: ReadSample[] = [];
  for (let at = 0; at < batch.samples.length; at += sampleWidth) {
    const [set = 0, timeLow = 0, timeHigh = 0, low = 0, high = 0] = batch.samples.subarray(at, at + sampleWidth);
    halves.setInt32(0, high);
    halves.setInt32(4, low);
    const isStale = low === 2 && high === 0x7ff00000;
    rows.push({
      series: seriesName(batch, set),
      timeMs: timeHigh * 2 ** 32 + (timeLow >>> 0),
      value: isStale ? 'stale' : halves.getFloat64(0),
    });
  }
  return rows;
}

/** How much of a message can not be stored, and why. */
export function rejectionOf(message: Uint8Array): { readonly rejected: number; readonly reason: string } {
  const { rejected, rejectedReason } = decodeRemoteWrite2(message);
  return { rejected, reason: rejectedReason };
}

export function histogramsOf(
  message: Uint8Array,
): readonly { readonly series: string; readonly histogram: NativeHistogram }[] {
  const batch = decodeRemoteWrite2(message);
  return batch.histograms.map(({ set, histogram }) => ({ series: seriesName(batch, set), histogram }));
}

function seriesName({ labelSets }: SeriesBatch, set: number): string {
  labelSets.read(set, positions);
  const labels = [...positions.labels()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const name = labels.find(label => label.name === '__name__')?.value ?? '';
  const rest = labels
    .filter(label => label.name !== '__name__')
    .map(label => `${label.name}=${JSON.stringify(label.value)}`);
  return `${name}{${rest.join(',')}}`;
}
