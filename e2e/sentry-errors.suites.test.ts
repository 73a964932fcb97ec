import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorAnswer, errorsAnswer } from '@bellwether/model';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Instance, newDataDir, removeDataDir, root, startInstance } from './src/instance.ts';

const samples = join(root, '..', 'shared', 'suites', 'sentry-event-samples');
const files = ['bugsink', 'glitchtip', 'sentry'].flatMap(folder =>
  readdirSync(join(samples, folder))
    .filter(name => name.endsWith('.json'))
    .map(name => join(folder, name)),
);

const dataDir = newDataDir();
let instance: Instance;
let errors: ReturnType<typeof errorsAnswer.parse>['errors'];
let range: string;

/** Each event in an environment of its own, so that what became of it can be found. */
const environment = (file: string): string => `of ${file.replaceAll(/[^a-z0-9]+/gi, ' ')}`;

beforeAll(async () => {
  instance = await startInstance(dataDir);
  const nowMs = Date.now();
  range = `from=${nowMs - 600_000}&to=${nowMs + 600_000}`;
  for (const file of files) {
    const event: unknown = JSON.parse(readFileSync(join(samples, file), 'utf8'));
    const answer = await fetch(`${instance.otlp}/api/1/store/?sentry_key=key&sentry_version=7`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      // The samples are of years ago, when nothing is kept any more.
      body: JSON.stringify({ ...Object(event), timestamp: nowMs / 1000, environment: environment(file) }),
    });
    if (!answer.ok) throw new Error(`${file}: ${answer.status} ${await answer.text()}`);
  }
  await instance.flush();
  const answer = await fetch(`${instance.api}/api/bw/v1/errors?${range}&limit=500`);
  ({ errors } = errorsAnswer.parse(await answer.json()));
}, 120_000);
afterAll(async () => {
  await instance.stop();
  removeDataDir(dataDir);
});

test('every event belongs to an error', () => {
  expect(errors.reduce((sum, { events }) => sum + events, 0)).toBe(files.length);
  expect(errors.length).toBeGreaterThan(50);
});

interface Sent {
  readonly exception?: { readonly values?: readonly unknown[] } | readonly unknown[];
  readonly tags?: unknown;
}
interface Thrown {
  readonly type?: string;
  readonly value?: string;
  readonly stacktrace?: { readonly frames?: readonly unknown[] };
}

test.each(files)('[I1] [I2] %s is an error that can be read: title, place, frames and tags', async file => {
  const listed = await fetch(`${instance.api}/api/bw/v1/errors?${range}&env=${encodeURIComponent(environment(file))}`);
  const [error, ...others] = errorsAnswer.parse(await listed.json()).errors;
  expect(others).toEqual([]);
  expect(`${error?.type ?? ''}${error?.message ?? ''}`).not.toBe('');

  const answer = await fetch(
    `${instance.api}/api/bw/v1/errors/${error?.id ?? ''}?${range}&env=${encodeURIComponent(environment(file))}`,
  );
  const { event } = errorAnswer.parse(await answer.json());
  // The suite's files are events as Sentry's documentation describes them; what is looked at may be missing.
  const sent = JSON.parse(readFileSync(join(samples, file), 'utf8')) as Sent;
  const list = Array.isArray(sent.exception) ? sent.exception : (Object(sent.exception) as { values?: unknown }).values;
  const thrown = (Array.isArray(list) ? list : []).filter(one => one !== null).at(-1) as Thrown | undefined;
  const hasFrames = (thrown?.stacktrace?.frames?.filter(frame => frame !== null) ?? []).length > 0;
  const shown = event.exceptions[0]?.frames ?? [];
  const tags = Array.isArray(sent.tags) ? sent.tags.filter(Array.isArray) : Object.entries(Object(sent.tags));
  const keys = event.attributes.map(({ key }) => key.replace(/^sentry\.tag\./, ''));
  const lost = tags
    .filter(([key, value]) => typeof key === 'string' && typeof value === 'string' && value !== '')
    // These are the service's and stand beside the event.
    .filter(([key]) => !/^(?:environment|release|server_name|site)$/.test(key))
    .filter(([key]) => !keys.some(known => known === key || known.endsWith(key)));
  expect({
    type: thrown?.type === undefined || thrown.type === '' ? undefined : error?.type,
    hasFrames: hasFrames && shown.length > 0,
    hasPlace: hasFrames && error?.culprit !== '',
    empty: shown.filter(({ called, place }) => called + place === ''),
    lost,
  }).toEqual({ type: thrown?.type || undefined, hasFrames, hasPlace: hasFrames, empty: [], lost: [] });
});
