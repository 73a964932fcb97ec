import { detached } from './detached.js';
import { DistinctCount } from './distinct-count.js';
import { ExponentialSketch } from './exponential-sketch.js';
import { Identities, overflow, type Identity } from './identity.js';
import type { GaugeSetting, Sample } from './line.js';
import { MetricPieces, type NumberMetric, type Piece } from './metric-pieces.js';

export interface AggregationLimits {
  /** Series in memory, of all metrics. */
  readonly maxSeries: number;
  /** Series of one metric; what comes beyond goes into its overflow series. */
  readonly maxSeriesPerMetric: number;
  /** Characters in the names and tags of all series; past it there is no room for another one, either. */
  readonly maxLength: number;
  /** A gauge is sent at every flush until nobody set it for so long. */
  readonly gaugeMs: number;
  /** `+3` and `-3` change a gauge (`delta`, StatsD), or are its value (`value`, Datadog's agent). */
  readonly signedGauges: 'delta' | 'value';
}

interface Series<State> {
  readonly name: string;
  readonly identity: Identity;
  state: State;
}

interface GaugeState {
  value: number;
  seenMs: number;
  /** Values given since the last flush. */
  sets: number;
}

interface CounterState {
  value: number;
}

/** The gauge of an interval whose values were overwritten before anybody could see them. */
export interface OverwrittenGauge {
  readonly name: string;
  readonly times: number;
}

/** A gauge that nobody set for a day starts at 0 again. */
const gaugeMemoryMs = 24 * 60 * 60 * 1000;

/**
 * What came since the last flush, by metric and tags. `take` gives it as OTLP metrics:
 * counters as delta sums (each value divided by its sample rate), gauges as gauges, timers (in seconds), histograms and distributions as delta exponential
 * histograms, sets as gauges of how many different members they had. Samples that carry their time are passed on as they are.
 *
 * Memory is bounded: beyond `maxSeriesPerMetric` samples go into one series of their metric with the attribute `otel.metric.overflow`, and beyond
 * `maxSeries` a metric that is new is refused. Gauges beyond either are refused.
 */
export class Aggregation {
  readonly #limits: AggregationLimits;
  readonly #identities = new Identities();
  readonly #counters = new SeriesMap<CounterState>(() => ({ value: 0 }));
  readonly #gauges = new SeriesMap<GaugeState>(() => ({ value: 0, seenMs: 0, sets: 0 }));
  readonly #timers = new SeriesMap<ExponentialSketch>(() => new ExponentialSketch());
  readonly #histograms = new SeriesMap<ExponentialSketch>(() => new ExponentialSketch());
  readonly #sets = new SeriesMap<DistinctCount>(() => new DistinctCount());
  readonly #timed: { readonly sample: TimedSample; readonly identity: Identity }[] = [];
  /** Counters that were lowered once: they are no counters, and do not become ones again. */
  readonly #lowered = new Set<string>();
  /** What whole numbers left over of 1/rate; kept for the next sampled value, so that counts are right on the average. */
  #remainder = 0;
  #sinceMs: number;
  /** Samples that went into an overflow series, since the start. */
  overflowed = 0;

  constructor(limits: AggregationLimits, nowMs: number) {
    this.#limits = limits;
    this.#sinceMs = nowMs;
  }

  get series(): number {
    return this.#total(map => map.size);
  }

  /** Samples with a time of their own that wait for `takeTimed`. */
  get timed(): number {
    return this.#timed.length;
  }

  /** Adds a sample; or gives the reason why it can not be taken. */
  add(sample: Sample, nowMs: number): string | undefined {
    const identity = this.#identities.of(sample);
    if (sample.atSeconds !== undefined && (sample.kind === 'counter' || sample.kind === 'gauge')) {
      if (sample.kind === 'counter') this.#noteLowered(sample.name, sample.numbers);
      this.#timed.push({ sample, identity });
      return undefined;
    }
    switch (sample.kind) {
      case 'counter': {
        const counter = this.#seriesOf(this.#counters, sample.name, identity);
        if (counter === undefined) return tooManySeries;
        this.#noteLowered(sample.name, sample.numbers);
        for (const number of sample.numbers) counter.value += number / sample.rate;
        return undefined;
      }
      case 'gauge': {
        // The gauges beyond the limit can not be added up: there is no overflow series of them.
        const known = this.#gauges.get(sample.name, identity);
        if (known === undefined && this.#isFull(this.#gauges, sample.name)) return tooManyGauges;
        const gauge = known ?? this.#gauges.make(sample.name, identity);
        gauge.seenMs = nowMs;
        for (const setting of sample.settings) this.#set(gauge, setting);
        return undefined;
      }
      case 'set': {
        const set = this.#seriesOf(this.#sets, sample.name, identity);
        set?.add(sample.member);
        return set === undefined ? tooManySeries : undefined;
      }
      case 'timer':
      case 'histogram':
      case 'distribution': {
        const isTimer = sample.kind === 'timer';
        const sketch = this.#seriesOf(isTimer ? this.#timers : this.#histograms, sample.name, identity);
        if (sketch === undefined) return tooManySeries;
        for (const number of sample.numbers) sketch.add(isTimer ? number / 1000 : number, this.#times(sample.rate));
        return undefined;
      }
    }
  }

  /** Everything since the last flush, and the gauges that were overwritten in that time; not what `takeTimed` gives. */
  take(nowMs: number): { readonly pieces: readonly Piece[]; readonly overwritten: readonly OverwrittenGauge[] } {
    const between = { startNs: nanoseconds(Math.min(this.#sinceMs, nowMs)), timeNs: nanoseconds(nowMs) };
    this.#sinceMs = nowMs;
    const out = new MetricPieces();
    for (const { name, identity, state } of this.#counters.drain())
      out.number(this.#sum(name), identity, { ...between, value: state.value });
    for (const { name, identity, state } of this.#timers.drain())
      out.sketch({ name, unit: 's' }, identity, { ...between, ...state.point() });
    for (const { name, identity, state } of this.#histograms.drain())
      out.sketch({ name }, identity, { ...between, ...state.point() });
    for (const { name, identity, state } of this.#sets.drain())
      out.number({ name, type: 'gauge' }, identity, { timeNs: between.timeNs, value: state.count() });
    const overwritten = this.#takeGauges(nowMs, out);
    return { pieces: out.pieces(), overwritten };
  }

  /**
   * What carries its own time, and needs no flush to be complete; in the order of the times, each piece of a few days only: what is of many days at once
   * is not taken further on.
   */
  takeTimed(): readonly Piece[] {
    const timed = this.#timed.splice(0).sort((a, b) => secondsOf(a.sample) - secondsOf(b.sample));
    const out = new MetricPieces();
    const days = new Set<number>();
    for (const { sample, identity } of timed) {
      const day = Math.trunc(secondsOf(sample) / secondsPerDay);
      if (days.size >= maxDays && !days.has(day)) {
        out.cut();
        days.clear();
      }
      days.add(day);
      this.#addTimed(out, sample, identity);
    }
    return out.pieces();
  }

  #takeGauges(nowMs: number, out: MetricPieces): readonly OverwrittenGauge[] {
    const overwritten = new Map<string, number>();
    const isCrowded = this.series >= this.#limits.maxSeries * 0.9;
    const forgetAfterMs = isCrowded ? this.#limits.gaugeMs : Math.max(gaugeMemoryMs, this.#limits.gaugeMs);
    for (const { name, identity, state } of this.#gauges.all()) {
      const idleMs = nowMs - state.seenMs;
      if (idleMs <= this.#limits.gaugeMs)
        out.number({ name, type: 'gauge' }, identity, { timeNs: nanoseconds(nowMs), value: state.value });
      else if (idleMs > forgetAfterMs) this.#gauges.delete(name, identity);
      if (state.sets > 1) overwritten.set(name, (overwritten.get(name) ?? 0) + state.sets - 1);
      state.sets = 0;
    }
    return [...overwritten].map(([name, times]) => ({ name, times }));
  }

  #addTimed(out: MetricPieces, sample: TimedSample, identity: Identity): void {
    const timeNs = BigInt(secondsOf(sample)) * 1_000_000_000n;
    if (sample.kind === 'gauge') {
      const value = sample.settings.at(-1)?.value ?? 0;
      out.number({ name: sample.name, type: 'gauge' }, identity, { timeNs, value });
    } else {
      const value = sample.numbers.reduce((sum, number) => sum + number / sample.rate, 0);
      out.number(this.#sum(sample.name), identity, { timeNs, value });
    }
  }

  #sum(name: string): NumberMetric {
    return { name, type: 'sum', temporality: 'delta', isMonotonic: !this.#lowered.has(name) };
  }

  #noteLowered(name: string, numbers: readonly number[]): void {
    if (this.#lowered.size < this.#limits.maxSeries && numbers.some(number => number < 0))
      this.#lowered.add(detached(name));
  }

  #set(gauge: GaugeState, { value, isSigned }: GaugeSetting): void {
    if (isSigned && this.#limits.signedGauges === 'delta') {
      gauge.value += value;
    } else {
      gauge.value = value;
      gauge.sets += 1;
    }
  }

  /** How many values a sampled one stands for. */
  #times(rate: number): number {
    if (rate === 1) return 1;
    const exact = 1 / rate + this.#remainder;
    const whole = Math.round(exact);
    this.#remainder = exact - whole;
    return whole;
  }

  #total(of: (map: { readonly size: number; readonly length: number }) => number): number {
    return of(this.#counters) + of(this.#gauges) + of(this.#timers) + of(this.#histograms) + of(this.#sets);
  }

  #isFull<State>(map: SeriesMap<State>, name: string): boolean {
    return (
      map.countOf(name) >= this.#limits.maxSeriesPerMetric ||
      this.series >= this.#limits.maxSeries ||
      this.#total(map => map.length) >= this.#limits.maxLength
    );
  }

  #seriesOf<State>(map: SeriesMap<State>, name: string, identity: Identity): State | undefined {
    const known = map.get(name, identity);
    if (known !== undefined) return known;
    if (!this.#isFull(map, name)) return map.make(name, identity);
    if (map.countOf(name) === 0) return undefined;
    this.overflowed += 1;
    return map.get(name, overflow) ?? map.make(name, overflow);
  }
}

const secondsPerDay = 86_400;
const maxDays = 50;

const secondsOf = ({ atSeconds = 0 }: TimedSample): number => atSeconds;

type TimedSample = Exclude<Sample, { readonly kind: 'set' }>;

const tooManySeries = 'there are too many series already, and this metric is new';
const tooManyGauges = 'there are too many series of this gauge, or of all metrics';

const nanoseconds = (ms: number): bigint => BigInt(Math.trunc(ms)) * 1_000_000n;

/** Series by name and identity. */
class SeriesMap<State> {
  readonly #byName = new Map<string, Map<string, Series<State>>>();
  readonly #fresh: () => State;
  size = 0;
  /** Characters of names and tags. */
  length = 0;

  constructor(fresh: () => State) {
    this.#fresh = fresh;
  }

  get(name: string, identity: Identity): State | undefined {
    return this.#byName.get(name)?.get(identity.key)?.state;
  }

  make(name: string, identity: Identity): State {
    let ofName = this.#byName.get(name);
    if (ofName === undefined) this.#byName.set(detached(name), (ofName = new Map()));
    const state = this.#fresh();
    ofName.set(identity.key, { name: detached(name), identity, state });
    this.size += 1;
    this.length += name.length + identity.key.length;
    return state;
  }

  countOf(name: string): number {
    return this.#byName.get(name)?.size ?? 0;
  }

  delete(name: string, identity: Identity): void {
    const ofName = this.#byName.get(name);
    if (ofName?.delete(identity.key) === true) {
      this.size -= 1;
      this.length -= name.length + identity.key.length;
    }
    if (ofName?.size === 0) this.#byName.delete(name);
  }

  *all(): Generator<Series<State>> {
    for (const ofName of this.#byName.values()) yield* ofName.values();
  }

  /** All of them; the map is empty then. */
  drain(): readonly Series<State>[] {
    const all = [...this.all()];
    this.#byName.clear();
    this.size = 0;
    this.length = 0;
    return all;
  }
}
