import {
  type Annotation,
  type Labels,
  QueryError,
  type QueryResult,
  type QueryValue,
  type RawSeries,
  annotationText,
  histogramJson,
  jsonNumber,
} from '@bellwether/promql';
import type { Answer } from './question.js';

/** An answer is refused when it gets longer; a chart needs a hundredth of it. */
const maxAnswerBytes = 200_000_000;

/**
 * JSON as bytes, with a limit to all of them.
 *
 * Numbers are written digit by digit into the buffer: texts of their own for the million samples of a large answer keep the garbage collector busier
 * than everything else that a query does (bench/promql).
 */
export class AnswerText {
  #bytes = Buffer.allocUnsafeSlow(16_384);
  #length = 0;

  add(part: string): void {
    const { length } = part;
    // UTF-8 takes at most three bytes per code unit.
    this.#makeRoom(length * 3);
    if (length > 64) {
      this.#length += this.#bytes.write(part, this.#length, 'utf8');
      return;
    }
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < length; i++) {
      const code = part.charCodeAt(i);
      if (code > 0x7f) {
        this.#length += bytes.write(part, this.#length, 'utf8');
        return;
      }
      bytes[at++] = code;
    }
    this.#length = at;
  }

  addBytes(part: Uint8Array): void {
    this.#makeRoom(part.length);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < part.length; i++) bytes[at++] = part[i]!;
    this.#length = at;
  }

  /** As `jsonNumber` writes it. */
  addNumber(value: number): void {
    if (!Number.isInteger(value) || Math.abs(value) > 999_999_999_999_999 || value === 0) {
      this.add(jsonNumber(value));
      return;
    }
    this.#makeRoom(16);
    let rest = Math.abs(value);
    if (value < 0) this.#bytes[this.#length++] = minus;
    let digits = 1;
    for (let power = 10; power <= rest; power *= 10) digits++;
    const bytes = this.#bytes;
    for (let at = this.#length + digits - 1; at >= this.#length; at--) {
      const next = Math.floor(rest / 10);
      bytes[at] = zero + (rest - next * 10);
      rest = next;
    }
    this.#length += digits;
  }

  /** What was added, in memory of its own. */
  bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#bytes.subarray(0, this.#length));
  }

  #makeRoom(more: number): void {
    const wanted = this.#length + more;
    if (wanted <= this.#bytes.length) return;
    if (this.#length > maxAnswerBytes) {
      throw new QueryError(
        'execution',
        'the answer would be larger than 200 MB: aggregate, select fewer series, or take a longer step',
      );
    }
    const larger = Buffer.allocUnsafeSlow(Math.max(wanted, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

const zero = 0x30;
const minus = 0x2d;

/** `{"status":"success","data":…}` around what `write` adds, with warnings and infos. */
export function successAnswer(
  write: (out: AnswerText) => void,
  said: { readonly warnings?: readonly string[]; readonly infos?: readonly string[] } = {},
): Answer {
  const out = new AnswerText();
  out.add('{"status":"success","data":');
  write(out);
  const { warnings = [], infos = [] } = said;
  if (warnings.length > 0) out.add(`,"warnings":${JSON.stringify(warnings)}`);
  if (infos.length > 0) out.add(`,"infos":${JSON.stringify(infos)}`);
  out.add('}');
  return { status: 200, body: out.bytes() };
}

/** JSON without an envelope, for the routes of our own. */
export function bareAnswer(data: unknown): Answer {
  const out = new AnswerText();
  out.add(JSON.stringify(data));
  return { status: 200, body: out.bytes() };
}

/** The result of a query as `query` and `query_range` answer it. */
export function queryAnswer(query: string, { value, annotations }: QueryResult, limit: number, stats: string): Answer {
  const { shown, leftOut } = limited(value, limit);
  const { warnings, infos } = said(annotations, query);
  if (leftOut) warnings.push(`results truncated due to limit`);
  return successAnswer(
    out => {
      out.add(`{"resultType":"${shown.type}","result":`);
      writeValue(out, shown);
      out.add(stats === '' ? '}' : `,"stats":${stats}}`);
    },
    { warnings, infos },
  );
}

function limited(value: QueryValue, limit: number): { readonly shown: QueryValue; readonly leftOut: boolean } {
  if (limit > 0 && value.type === 'vector' && value.samples.length > limit)
    return { shown: { ...value, samples: value.samples.slice(0, limit) }, leftOut: true };
  if (limit > 0 && value.type === 'matrix' && value.series.length > limit)
    return { shown: { ...value, series: value.series.slice(0, limit) }, leftOut: true };
  return { shown: value, leftOut: false };
}

/** Annotations in Prometheus' words, those of one level that fit in an answer. */
export function said(
  annotations: readonly Annotation[],
  query: string,
): { readonly warnings: string[]; readonly infos: string[] } {
  const texts = (level: Annotation['level']): string[] => {
    const all = annotations.filter(one => one.level === level).map(one => annotationText(one, query));
    const shown = all.slice(0, maxAnnotations);
    if (all.length > shown.length) shown.push(`${all.length - shown.length} more ${level} annotations omitted`);
    return shown;
  };
  return { warnings: texts('warning'), infos: texts('info') };
}

/** As Prometheus' API; it says how many were left out. */
const maxAnnotations = 10;

function writeValue(out: AnswerText, value: QueryValue): void {
  switch (value.type) {
    case 'scalar':
      out.add(`[${secondsText(value.timeMs)},"${jsonNumber(value.value)}"]`);
      return;
    case 'string':
      out.add(`[${secondsText(value.timeMs)},${JSON.stringify(value.value)}]`);
      return;
    case 'vector': {
      const time = secondsText(value.timeMs);
      out.add('[');
      value.samples.forEach(({ labels, value: sample }, at) => {
        const shown =
          typeof sample === 'number'
            ? `"value":[${time},"${jsonNumber(sample)}"]`
            : `"histogram":[${time},${JSON.stringify(histogramJson(sample))}]`;
        out.add(`${at === 0 ? '' : ','}{"metric":${labelsJson(labels)},${shown}}`);
      });
      out.add(']');
      return;
    }
    case 'matrix':
      out.add('[');
      value.series.forEach((series, at) => {
        if (at > 0) out.add(',');
        writeSeries(out, series);
      });
      out.add(']');
  }
}

function writeSeries(out: AnswerText, { labels, timesMs, values, histogramTimesMs, histograms }: RawSeries): void {
  out.add(`{"metric":${labelsJson(labels)}`);
  if (timesMs.length > 0) {
    const beginnings = pairBeginnings(timesMs);
    out.add(',"values":[');
    for (let at = 0; at < timesMs.length; at++) {
      // All but the first begin with the end of the one before.
      out.addBytes(at === 0 ? beginnings[0]!.subarray(pairEnd.length) : beginnings[at]!);
      out.addNumber(values[at]!);
    }
    out.add('"]]');
  }
  if (histograms.length > 0) {
    out.add(',"histograms":[');
    histograms.forEach((histogram, at) => {
      out.add(
        `${at === 0 ? '[' : ',['}${secondsText(histogramTimesMs[at]!)},${JSON.stringify(histogramJson(histogram))}]`,
      );
    });
    out.add(']');
  }
  out.add('}');
}

const pairEnd = '"],';

let lastTimes: Float64Array | undefined;
let lastBeginnings: readonly Uint8Array[] = [];

/** `"],[1700000000,"` of each time. Series of one answer mostly have the same times, which are then written once. */
function pairBeginnings(timesMs: Float64Array): readonly Uint8Array[] {
  if (lastTimes === undefined || !sameTimes(timesMs, lastTimes)) {
    lastBeginnings = Array.from(timesMs, timeMs => Buffer.from(`${pairEnd}[${secondsText(timeMs)},"`, 'latin1'));
    lastTimes = timesMs;
  }
  return lastBeginnings;
}

function sameTimes(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** Milliseconds as seconds, with three decimals where they are not whole. */
export function secondsText(timeMs: number): string {
  const ms = Math.abs(timeMs);
  const fraction = ms % 1000;
  const whole = `${timeMs < 0 ? '-' : ''}${(ms - fraction) / 1000}`;
  return fraction === 0 ? whole : `${whole}.${String(fraction).padStart(3, '0')}`;
}

const textJson = new Map<string, string>();
const maxTexts = 20_000;
/** Longer ones are not worth their memory, which no query gives back. */
const maxTextLength = 200;

/** A text as JSON; label names and values repeat in all series of an answer. */
function jsonText(text: string): string {
  const known = textJson.get(text);
  if (known !== undefined) return known;
  const json = JSON.stringify(text);
  if (text.length > maxTextLength) return json;
  if (textJson.size >= maxTexts) textJson.clear();
  textJson.set(text, json);
  return json;
}

export function labelsJson(labels: Labels): string {
  let json = '{';
  for (let at = 0; at < labels.length; at += 2) {
    json += `${at === 0 ? '' : ','}${jsonText(labels[at]!)}:${jsonText(labels[at + 1]!)}`;
  }
  return `${json}}`;
}
