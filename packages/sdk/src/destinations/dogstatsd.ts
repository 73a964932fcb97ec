import { createSocket, type Socket } from 'node:dgram';
import type { Metric, Metrics, Point } from '../core/metrics.js';
import type { StatsdAddress } from './destination.js';
import { seriesLabels } from './series-labels.js';

/** What one datagram holds: it passes networks unbroken. */
const maxDatagramBytes = 1400;
/** Datagrams that may wait for the socket. */
const maxWaiting = 2000;

/** What was sent of a series before. */
interface Before {
  value: number;
  count: number;
  zeroCount: number;
  scale: number;
  offset: number;
  counts: Uint32Array;
}

export interface Dogstatsd {
  /** Sends what has changed since the last time. */
  send(): void;
  /** Waits until all of it has left. */
  drain(deadlineMs: number): Promise<void>;
  stop(): void;
  readonly state: { readonly sent: number; readonly dropped: number };
}

/**
 * Metrics as DogStatsD's datagrams (https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/): counters as what was added since the last time, gauges as they are, histograms as
 * distributions, a value for each bucket with the share `1 / n` of `n` observations. UDP has no answers: what is sent while no agent is there is lost, as with every StatsD client.
 */
export function startDogstatsd(
  { host, port }: StatsdAddress,
  metrics: Metrics,
  common: Readonly<Record<string, string>>,
): Dogstatsd {
  const before = new WeakMap<Point, Before>();
  const socket: Socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  socket.unref();
  socket.on('error', () => {});
  const state = { sent: 0, dropped: 0, waiting: 0 };
  const tagsOfAll = Object.entries(common).map(([name, value]) => tag(name, value));

  function transmit(lines: readonly string[]): void {
    if (state.waiting >= maxWaiting) {
      state.dropped += lines.length;
      return;
    }
    state.waiting++;
    socket.send(lines.join('\n'), port, host, error => {
      state.waiting--;
      if (error) state.dropped += lines.length;
      else state.sent += lines.length;
    });
  }

  return {
    state,
    send() {
      let lines: string[] = [];
      let bytes = 0;
      for (const line of changedLines(metrics, before, tagsOfAll)) {
        const size = Buffer.byteLength(line) + 1;
        if (bytes + size > maxDatagramBytes && lines.length > 0) {
          transmit(lines);
          lines = [];
          bytes = 0;
        }
        lines.push(line);
        bytes += size;
      }
      if (lines.length > 0) transmit(lines);
    },
    async drain(deadlineMs) {
      const untilMs = performance.now() + deadlineMs;
      while (state.waiting > 0 && performance.now() < untilMs) await new Promise(resolve => setTimeout(resolve, 5));
    },
    stop: () => socket.close(),
  };
}

function* changedLines(
  metrics: Metrics,
  before: WeakMap<Point, Before>,
  tagsOfAll: readonly string[],
): Generator<string> {
  for (const metric of metrics.all.values()) {
    for (const point of metric.points.values()) {
      let last = before.get(point);
      if (last === undefined) {
        last = { value: 0, count: 0, zeroCount: 0, scale: 0, offset: 0, counts: new Uint32Array(0) };
        before.set(point, last);
      }
      yield* pointLines(metric, point, last, tagsOfAll);
    }
  }
}

function* pointLines(
  { definition }: Metric,
  point: Point,
  last: Before,
  tagsOfAll: readonly string[],
): Generator<string> {
  const name = definition.name.replaceAll(/[^\w.]/g, '_');
  const tags = [...tagsOfAll, ...[...seriesLabels(point, definition.kind)].map(([key, value]) => tag(key, value))];
  const behind = tags.length === 0 ? '' : `|#${tags.join(',')}`;
  switch (definition.kind) {
    case 'counter': {
      const added = point.value - last.value;
      last.value = point.value;
      if (added > 0) yield `${name}:${plainNumber(added)}|c${behind}`;
      return;
    }
    case 'gauge':
    case 'upDownCounter':
      if (Number.isFinite(point.value)) yield `${name}:${plainNumber(point.value)}|g${behind}`;
      return;
    case 'histogram':
      yield* observationLines(name, point, last, behind);
  }
}

function* observationLines(name: string, point: Point, last: Before, behind: string): Generator<string> {
  const { histogram } = point;
  if (histogram === undefined || histogram.count === last.count) return;
  const shift = last.count === 0 ? 0 : last.scale - histogram.scale;
  // Buckets as they were, at today's resolution.
  const earlier = new Map<number, number>();
  for (let at = 0; at < last.counts.length; at++) {
    const index = (last.offset + at) >> shift;
    earlier.set(index, (earlier.get(index) ?? 0) + (last.counts[at] ?? 0));
  }
  if (histogram.zeroCount > last.zeroCount) yield line(name, 0, histogram.zeroCount - last.zeroCount, behind);
  for (let at = 0; at < histogram.counts.length; at++) {
    const index = histogram.offset + at;
    const added = (histogram.counts[at] ?? 0) - (earlier.get(index) ?? 0);
    // The middle of a bucket that reaches from 2^(i/2^scale) to 2^((i+1)/2^scale).
    if (added > 0) yield line(name, 2 ** ((index + 0.5) / 2 ** histogram.scale), added, behind);
  }
  last.count = histogram.count;
  last.zeroCount = histogram.zeroCount;
  last.scale = histogram.scale;
  last.offset = histogram.offset;
  last.counts = histogram.counts.slice();
}

function line(name: string, value: number, times: number, behind: string): string {
  const rate = times === 1 ? '' : `|@${plainNumber(1 / times)}`;
  return `${name}:${plainNumber(value)}|d${rate}${behind}`;
}

function plainNumber(value: number): string {
  if (Number.isInteger(value)) return String(value);
  // Without an exponent, which not every reader knows.
  return value.toFixed(Math.min(20, Math.max(6, 8 - Math.floor(Math.log10(Math.abs(value))))));
}

function tag(name: string, value: string): string {
  return `${name.replaceAll(/[^\w.:/-]/g, '_')}:${value.replaceAll(/[|,#\n\r]/g, '_').slice(0, 200)}`;
}
