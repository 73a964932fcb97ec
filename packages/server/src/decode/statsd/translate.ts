import { metricsRequest } from '../otlp-writer.js';
import type { Part } from '../parts.js';
import { Aggregation } from './aggregation.js';
import { readDatagram } from './datagram.js';
import type { StatsdEvent } from './event.js';
import { logParts } from './log-records.js';
import { RejectedLines } from './rejected-lines.js';
import type { ServiceCheck } from './service-check.js';

/**
 * Lines that came with a request which is answered (the Datadog agent's `/dogstatsd/v2/proxy`): they are aggregated among themselves only, so that the
 * answer can promise that they are kept. A signed gauge is its value, as Datadog's agent has it. Bad lines are parts without a body.
 */
export function dogstatsdParts(body: Uint8Array, nowMs: number): readonly Part[] {
  const aggregation = new Aggregation(
    { maxSeries: 20_000, maxSeriesPerMetric: 2000, maxLength: 16 << 20, gaugeMs: Infinity, signedGauges: 'value' },
    nowMs,
  );
  const logs: (StatsdEvent | ServiceCheck)[] = [];
  const rejected = new RejectedLines();
  readDatagram(body, {
    reading(reading) {
      if (reading.is !== 'sample') return void logs.push(reading);
      const reason = aggregation.add(reading, nowMs);
      if (reason !== undefined) rejected.add(reason, reading.name);
    },
    bad: (reason, line) => rejected.add(reason, line),
  });
  const metrics = [...aggregation.take(nowMs).pieces, ...aggregation.takeTimed()].map(({ groups }): Part => ({
    signal: 'metrics',
    body: metricsRequest(groups),
  }));
  const bad = rejected.take().map(({ reason, count }): Part => ({
    signal: 'metrics',
    body: new Uint8Array(),
    rejected: count,
    rejectedReason: reason,
  }));
  return [...metrics, ...logParts(logs, nowMs), ...bad];
}
