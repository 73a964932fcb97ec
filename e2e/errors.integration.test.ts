import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errorAnswer, errorsAnswer } from '@bellwether/model';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Instance, newDataDir, removeDataDir, root, startInstance, until } from './src/instance.ts';

const dataDir = newDataDir();
let instance: Instance;

beforeAll(async () => {
  instance = await startInstance(dataDir);
});
afterAll(async () => {
  await instance.stop();
  removeDataDir(dataDir);
});

const addresses = {
  bellwether: () => ({ BELLWETHER_URL: instance.otlp }),
  sentry: () => ({ SENTRY_DSN: `${instance.otlp.replace('http://', 'http://key@')}/1` }),
  otlp: () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: instance.otlp }),
};

async function fail(how: keyof typeof addresses): Promise<void> {
  await promisify(execFile)(process.execPath, [join(root, 'e2e', 'src', 'failing-app.mjs'), how], {
    // Each knows of its own address only: our SDK would send to Sentry, too, if it were told where that is.
    env: { PATH: process.env['PATH'], ...addresses[how]() },
  });
}

const range = (): string => `from=${Date.now() - 900_000}&to=${Date.now() + 60_000}`;

const errors = async (): Promise<ReturnType<typeof errorsAnswer.parse>> =>
  errorsAnswer.parse(await (await fetch(`${instance.api}/api/bw/v1/errors?${range()}`)).json());

test('[I1] the same three failures, told by our SDK, by Sentry’s and by OpenTelemetry, are three errors of three events each', async () => {
  await Promise.all([fail('bellwether'), fail('sentry'), fail('otlp')]);
  const found = await until('nine events', 20_000, async () => {
    const answer = await errors();
    return answer.errors.reduce((sum, { events }) => sum + events, 0) >= 9 ? answer : undefined;
  });
  expect(found.errors.map(({ type, events }) => [type, events]).toSorted()).toEqual([
    ['PaymentDeclined', 3],
    ['SyntaxError', 3],
    ['TypeError', 3],
  ]);
  const declined = found.errors.find(({ type }) => type === 'PaymentDeclined');
  expect(declined?.culprit).toMatch(/^chargeCard \(.*failing-app\.mjs:\d+:\d+\)$/);

  const issue = errorAnswer.parse(
    await (await fetch(`${instance.api}/api/bw/v1/errors/${declined?.id ?? ''}?${range()}`)).json(),
  );
  expect(issue.events).toHaveLength(3);
  expect(issue.event.exceptions[0]?.frames[0]).toMatchObject({ called: 'chargeCard', isOwn: true });
  // Whoever tells of it, its frames can be read.
  for (const { id } of issue.events) {
    const answer = await fetch(`${instance.api}/api/bw/v1/errors/${issue.error.id}?${range()}&event=${id}`);
    const { event } = errorAnswer.parse(await answer.json());
    expect(event.exceptions[0]).toMatchObject({
      type: 'PaymentDeclined',
      message: expect.stringMatching(/card declined$/),
    });
    expect(event.exceptions[0]?.frames[0]?.place).toMatch(/failing-app\.mjs:\d+:\d+$/);
  }
});

test('an id that is none, and an error that did not come, are told so', async () => {
  const bad = await fetch(`${instance.api}/api/bw/v1/errors/xyz?${range()}`);
  expect([bad.status, await bad.text()]).toEqual([400, expect.stringContaining('16 hex digits')]);
  const none = await fetch(`${instance.api}/api/bw/v1/errors/00000000000000aa?${range()}`);
  expect([none.status, await none.text()]).toEqual([404, expect.stringContaining('Widen the range')]);
});
