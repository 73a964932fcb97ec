import * as fc from 'fast-check';
import type { WrittenBuckets, WrittenHistogram, WrittenSeries } from './request-writer.test-support.js';

/** Any requests that senders may write: series with all that a series can have. */

const text = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), fc.constant("\n\nDROP TABLE 'x'"));
const name = fc.oneof(fc.constantFrom('up', 'http_requests_total', 'a.b/c', 'größe'), text);
const labelName = text.filter(name => name !== '__name__');

const labels = fc
  .tuple(
    name,
    fc.uniqueArray(fc.tuple(labelName, fc.oneof(fc.constant(''), text)), { maxLength: 6, selector: ([key]) => key }),
  )
  .chain(([name, rest]) => fc.shuffledSubarray([['__name__', name] as const, ...rest], { minLength: rest.length + 1 }));

/** From 1900 to 2299; mostly of today, some of 1970 and before. */
const ms = fc.oneof(
  fc.integer({ min: 1_790_000_000_000, max: 1_790_000_100_000 }),
  fc.integer({ min: -2_208_988_800_000, max: 10_413_791_999_999 }),
  fc.constantFrom(0, 1, -1, 127, 128, 2 ** 32 - 1, 2 ** 32),
);

/** Numbers of every kind, and bits that say more than a number: the mark of a series that ended, other NaNs. */
const value = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(
    0x7ff0000000000002n,
    0x7ff8000000000001n,
    0xfff8000000000000n,
    0x8000000000000000n,
    0x7ff0000000000000n,
  ),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);

function buckets(count: fc.Arbitrary<number>): fc.Arbitrary<WrittenBuckets> {
  const span = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 5 }));
  return fc.tuple(fc.integer({ min: -500, max: 500 }), fc.array(span, { maxLength: 4 })).chain(([first, spans]) => {
    const placed = spans.map(([gap, length], i) => [i === 0 ? first : gap, length] as const);
    const total = spans.reduce((sum, [, length]) => sum + length, 0);
    return fc
      .array(count, { minLength: total, maxLength: total })
      .map((counts): WrittenBuckets => ({ spans: placed, counts }));
  });
}

const sum = fc.oneof(fc.constant(0x7ff0000000000002n), fc.bigInt({ min: 0n, max: 0x7fefffffffffffffn }));
const threshold = fc.constantFrom(0, 1e-128, 0.001);

const whole = fc.nat(1_000_000);
const fraction = fc.double({ min: 0, max: 1e6, noNaN: true }).map(value => value + 0);

function exponential(isFloat: boolean): fc.Arbitrary<WrittenHistogram> {
  const count = isFloat ? fraction : whole;
  return fc.record({
    ms,
    schema: fc.integer({ min: -4, max: 8 }),
    isFloat: fc.constant(isFloat),
    count,
    sum,
    zeroThreshold: threshold,
    zeroCount: count,
    positive: buckets(count),
    negative: buckets(count),
    resetHint: fc.nat(3),
  });
}

const custom = fc
  .record({
    ms,
    isFloat: fc.boolean(),
    sum,
    bounds: fc.uniqueArray(fc.integer(), { maxLength: 8 }),
    resetHint: fc.nat(3),
  })
  .chain(({ ms, isFloat, sum, bounds, resetHint }) =>
    fc.array(whole, { minLength: bounds.length + 1, maxLength: bounds.length + 1 }).map((counts): WrittenHistogram => ({
      ms,
      schema: -53,
      isFloat,
      count: counts.reduce((a, b) => a + b, 0),
      sum,
      bounds: bounds.toSorted((a, b) => a - b),
      positive: { spans: [[0, counts.length]], counts },
      resetHint,
    })),
  );

const exemplar = fc.record({
  labels: fc.uniqueArray(fc.oneof(fc.constant(['trace_id', 'ab'.repeat(16)] as const), fc.tuple(text, text)), {
    maxLength: 3,
    selector: ([key]) => key,
  }),
  value: fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0),
  ms: fc.integer({ min: 1, max: 1_790_000_000_000 }),
});

export const anySeries: fc.Arbitrary<WrittenSeries> = fc.record({
  labels,
  samples: fc.array(fc.tuple(ms, value), { maxLength: 4 }),
  histograms: fc.array(fc.oneof(exponential(false), exponential(true), custom), { maxLength: 2 }),
  exemplars: fc.array(exemplar, { maxLength: 2 }),
  type: fc.nat(7),
  unit: fc.oneof(fc.constant(''), text),
  help: fc.oneof(fc.constant(''), text),
});
