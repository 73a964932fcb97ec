const everyMs = 15_000;
const scale = 3;
/** Buckets of scale 3 are 2^(1/8) wide; index 0 begins at 1. */
const indexOf = (value: number): number => Math.ceil(Math.log2(value) * 2 ** scale) - 1;

/**
 * Half an hour of `payment.latency` (s) as exponential histograms: most calls around 80 ms, and from the middle on a second group around 1.5 s.
 * `payment.size` (By) is the same with explicit bounds. With a `name` of its own the first one alone is sent.
 */
export async function sendLatencies(otlp: string, untilMs = Date.now(), name = 'payment.latency'): Promise<void> {
  const steps = 120;
  const startMs = untilMs - steps * everyMs;
  const counts = new Map<number, number>();
  const explicit = [0, 0, 0, 0, 0];
  const exponential: unknown[] = [];
  const classic: unknown[] = [];
  let count = 0;
  for (let step = 0; step < steps; step += 1) {
    for (let call = 0; call < 40; call += 1) {
      const isSlow = step > steps / 2 && call % 5 === 0;
      const spread = Math.sin(call * 12.9898 + step * 78.233);
      const seconds = (isSlow ? 1.5 : 0.08) * 2 ** (spread * (isSlow ? 0.4 : 1.2));
      const index = indexOf(seconds);
      counts.set(index, (counts.get(index) ?? 0) + 1);
      const bound = [0.05, 0.1, 0.5, 1].findIndex(limit => seconds <= limit);
      const at = bound < 0 ? 4 : bound;
      explicit[at] = (explicit[at] ?? 0) + 1;
      count += 1;
    }
    const timeUnixNano = `${startMs + step * everyMs}000000`;
    const shared = { startTimeUnixNano: `${startMs}000000`, timeUnixNano, count, sum: count * 0.2 };
    const offset = Math.min(...counts.keys());
    const last = Math.max(...counts.keys());
    exponential.push({
      ...shared,
      scale,
      zeroCount: 0,
      positive: {
        offset,
        bucketCounts: Array.from({ length: last - offset + 1 }, (_, at) => counts.get(offset + at) ?? 0),
      },
    });
    classic.push({ ...shared, explicitBounds: [50, 100, 500, 1000], bucketCounts: [...explicit] });
  }
  const aggregationTemporality = 2;
  const metrics = [
    {
      name,
      unit: 's',
      exponentialHistogram: { aggregationTemporality, dataPoints: exponential },
    },
    ...(name === 'payment.latency'
      ? [{ name: 'payment.size', unit: 'By', histogram: { aggregationTemporality, dataPoints: classic } }]
      : []),
  ];
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'payments' } }] };
  const answer = await fetch(`${otlp}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] }),
  });
  if (!answer.ok) throw new Error(`metrics were answered ${answer.status}: ${await answer.text()}`);
}
