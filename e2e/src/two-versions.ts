import { randomBytes } from 'node:crypto';

/** Requests of `service` once a minute over the last 40 minutes: of version 1.0.0 at first, of 1.1.0 in the last 15. */
export async function sendTwoVersions(otlp: string, service: string): Promise<void> {
  const nowMs = Date.now();
  for (const [version, from, to] of [
    ['1.0.0', 40, 15],
    ['1.1.0', 15, 0],
  ] as const) {
    const spans = Array.from({ length: (from - to) * 2 }, (_, at) => {
      const startMs = nowMs - from * 60_000 + at * 30_000;
      return {
        traceId: randomBytes(16).toString('hex'),
        spanId: randomBytes(8).toString('hex'),
        name: 'GET /items',
        kind: 2,
        startTimeUnixNano: `${startMs}000000`,
        endTimeUnixNano: `${startMs + 12}000000`,
      };
    });
    const attributes = [
      { key: 'service.name', value: { stringValue: service } },
      { key: 'service.version', value: { stringValue: version } },
    ];
    const answer = await fetch(`${otlp}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans }] }] }),
    });
    if (!answer.ok) throw new Error(`spans were answered ${answer.status}: ${await answer.text()}`);
  }
}
