import type { EnvironmentReader } from './environment.js';

/** How much one record may hold. What is over is cut or left out, and counted on the span. */
export interface RecordLimits {
  readonly spanAttributes: number;
  readonly spanEvents: number;
  readonly spanLinks: number;
  /** Of attributes of spans, events and links. */
  readonly spanValueChars: number;
  readonly logValueChars: number;
}

/** OpenTelemetry's defaults; of values we keep no more than this, where it sets no limit. */
export const defaultRecordLimits: RecordLimits = {
  spanAttributes: 128,
  spanEvents: 128,
  spanLinks: 128,
  spanValueChars: 16_384,
  logValueChars: 16_384,
};

/** The specification's variables; those of one kind of record go before the general ones. */
export function readRecordLimits(read: EnvironmentReader): RecordLimits {
  const limit = (fallback: number, ...keys: readonly string[]): number => {
    const key = keys.find(each => read.text(each) !== undefined);
    const text = key === undefined ? undefined : read.text(key);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= 0) return Math.min(value, maxLimit);
    read.problems.push(`${key} should be a whole number, not "${text.slice(0, 50)}"; using ${fallback}`);
    return fallback;
  };
  const [value, count] = ['OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'];
  const { spanAttributes, spanEvents, spanLinks, spanValueChars, logValueChars } = defaultRecordLimits;
  return {
    spanAttributes: limit(spanAttributes, 'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', count),
    spanEvents: limit(spanEvents, 'OTEL_SPAN_EVENT_COUNT_LIMIT'),
    spanLinks: limit(spanLinks, 'OTEL_SPAN_LINK_COUNT_LIMIT'),
    spanValueChars: limit(spanValueChars, 'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', value),
    logValueChars: limit(logValueChars, 'OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT', value),
  };
}

const maxLimit = 1_000_000;
