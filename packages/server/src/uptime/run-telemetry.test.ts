import { checkDefinition } from '@bellwether/model';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestStore, type TestStore } from '../write/stored.test-support.js';
import { runBlocks } from './run-telemetry.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
}, 30_000);
afterAll(() => store.close());

test('[K5] a run leaves metrics that rules can use, and the root of its trace with the reason; no header', async () => {
  const check = checkDefinition.parse({
    kind: 'http',
    id: 'front',
    url: 'https://shop.example/health',
    headers: { authorization: 'Bearer s3same' },
  });
  const run = {
    startedMs: Date.now(),
    isUp: false,
    isInMaintenance: false,
    reason: 'status',
    message: 'it answered 503, expected 200-299',
    durationMs: 12.5,
    httpStatus: 503,
    certificateDays: 10,
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
  } as const;
  await store.load(runBlocks([{ workspace: 'default', check, run, isDown: true }], 1));
  const values = await store.rows(
    `SELECT metric, attrs['check'] AS check, value FROM metric_samples JOIN (SELECT id, attrs FROM metric_series) AS series USING id ORDER BY metric`,
  );
  expect(values).toEqual([
    { metric: 'bellwether_check_certificate_expiry_seconds', check: 'front', value: 864_000 },
    { metric: 'bellwether_check_down', check: 'front', value: 1 },
    { metric: 'bellwether_check_duration_seconds', check: 'front', value: 0.0125 },
    { metric: 'bellwether_check_up', check: 'front', value: 0 },
  ]);
  const [span] = await store.rows<Record<string, unknown>>(
    'SELECT lower(hex(trace_id)) AS trace, service, status_code, status_message, error_type, attrs FROM spans',
  );
  expect(span).toMatchObject({
    trace: run.traceId,
    service: 'bellwether-checks',
    status_code: 2,
    status_message: run.message,
    error_type: 'status',
  });
  expect(JSON.stringify(span)).not.toContain('s3same');
});
