import type { Attributes } from '@opentelemetry/api';
import { activeRecorder } from '../../core/active-recorder.js';
import type { MetricKind, Point } from '../../core/metrics.js';
import type { Recorder } from '../../core/recorder.js';
import type { EventDefinition } from './define-event.js';
import { type EventRecord, eventRecord, metricLabels } from './event-record.js';

/** What became of an event. */
export type EventOutcome =
  | { readonly outcome: 'recorded' | 'held'; readonly id: string }
  | { readonly outcome: 'refused' | 'duplicate' | 'off'; readonly reason: string };

/** Takes a checked event; what it says about it is what the caller is told. */
export type TakeEvent = (record: EventRecord) => EventOutcome;

const off: EventOutcome = { outcome: 'off', reason: 'the SDK is off' };

/** Checks an event and hands it to `take`. Never throws: a mistake in the call is told in the outcome, counted, and printed once. */
export function tell(definition: EventDefinition, input: unknown, take: TakeEvent): EventOutcome {
  const recorder = activeRecorder();
  if (recorder === undefined) return off;
  if (!recorder.config.components.businessMetrics) return { outcome: 'off', reason: 'businessMetrics is switched off' };
  try {
    const record = eventRecord(recorder, definition, input, warnOnce);
    if (!('refused' in record)) return take(record);
    count(recorder, 'business.events.refused', 'Business events that could not be right', definition.name).value++;
    warnOnce(`${record.refused}; the event was not recorded`);
    return { outcome: 'refused', reason: record.refused };
  } catch {
    recorder.fault('business');
    return { outcome: 'refused', reason: 'a fault inside the SDK; it is counted in report().faults' };
  }
}

/** Writes the event as a log record, which no sampling touches, and counts it. */
export function record(event: EventRecord): EventOutcome {
  const recorder = activeRecorder();
  if (recorder === undefined) return off;
  const { definition, id, facts, scope } = event;
  try {
    const key = event.ownId ? `${definition.name}\n${String(facts.get('tenant'))}\n${id}` : undefined;
    if (key !== undefined && recent.has(key)) {
      count(recorder, 'business.events.duplicates', 'Business events told again', definition.name).value++;
      return { outcome: 'duplicate', reason: 'this process has recorded an event under this idempotency key' };
    }
    recorder.log({
      severity: 9,
      severityText: 'INFO',
      body: definition.name,
      attributes: event.attributes,
      eventName: definition.name,
      unixMs: event.unixMs,
      scope,
      isPrecious: true,
    });
    if (key !== undefined) recent.add(key);
    count(recorder, 'business.events', 'Business events that were recorded', definition.name).value++;
    for (const metric of definition.metrics) {
      if (metric.when !== undefined && facts.get(metric.when[0]) !== metric.when[1]) continue;
      const given = metric.value === undefined ? 1 : facts.get(metric.value);
      // A counter counts one when nobody said how many; a histogram has nothing to measure then.
      const value = typeof given === 'number' ? given : metric.kind === 'counter' ? 1 : undefined;
      if (value === undefined) continue;
      const point = series(recorder, metric.name, metric.kind, metric.unit, metric.doc, metricLabels(metric, facts));
      if (point.histogram === undefined) point.value += value * (metric.scale ?? 1);
      else point.histogram.record(value * (metric.scale ?? 1));
    }
    return { outcome: 'recorded', id };
  } catch {
    recorder.fault('business');
    return { outcome: 'refused', reason: 'a fault inside the SDK; it is counted in report().faults' };
  }
}

function count(recorder: Recorder, name: string, description: string, event: string): Point {
  return series(recorder, name, 'counter', '', description, { 'event.name': event });
}

function series(
  recorder: Recorder,
  name: string,
  kind: MetricKind,
  unit: string,
  description: string,
  labels: Attributes,
): Point {
  return recorder.metrics.metric({ name, kind, unit, description, scope: '@bellwether/node' }).point(labels);
}

/** The last 10,000 keys: a handler that is run again in this process does not count twice. What was told by another process is told apart by the key itself. */
class RecentKeys {
  readonly #keys = new Set<string>();

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  add(key: string): void {
    this.#keys.add(key);
    if (this.#keys.size <= 10_000) return;
    const [oldest] = this.#keys;
    if (oldest !== undefined) this.#keys.delete(oldest);
  }
}

const recent = new RecentKeys();
const warned = new Set<string>();

/** One line per sentence, and no more than 100 of them. Numbers in it do not make it another one. */
function warnOnce(sentence: string): void {
  const kind = sentence.replaceAll(/-?\d[\d.]*(?:e[+-]\d+)?/g, '0');
  if (warned.has(kind) || warned.size >= 100) return;
  warned.add(kind);
  process.stderr.write(`Bellwether: ${sentence}\n`);
}
