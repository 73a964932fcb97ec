import { decode } from '../decode/decode.js';
import type { Batch } from '../decode/batch.js';
import type { CountedEvent } from '../enrich/log-events.js';

/** Before what was counted first, the counter stood at 0: so long, which is how often the SDK sends metrics. */
const zeroBeforeMs = 15_000;

const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
const nanoseconds = (ms: number): string => `${Math.floor(ms)}000000`;

/** `bellwether_log_events_total{event, service}` of one workspace as it stands at `nowMs`; a counter that is told for the first time begins with 0. */
export function eventMetrics(events: readonly CountedEvent[], nowMs: number): Batch {
  const dataPoints = events.flatMap(({ service, event, sinceMs, count }) => {
    const attributes = [text('event', event), ...(service === '' ? [] : [text('service', service)])];
    const startTimeUnixNano = nanoseconds(sinceMs - zeroBeforeMs);
    const point = { attributes, startTimeUnixNano, timeUnixNano: nanoseconds(nowMs), asInt: String(count) };
    return sinceMs === nowMs ? [{ ...point, timeUnixNano: startTimeUnixNano, asInt: '0' }, point] : [point];
  });
  const metric = {
    name: 'bellwether_log_events_total',
    description: 'Log lines that are events, by the name of the event and the service.',
    sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints },
  };
  const resource = { attributes: [text('service.name', 'bellwether-logs')] };
  const request = { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [metric] }] }] };
  return decode('metrics', 'json', Buffer.from(JSON.stringify(request)));
}
