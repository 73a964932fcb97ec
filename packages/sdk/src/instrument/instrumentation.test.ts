import diagnostics from 'node:diagnostics_channel';
import { expect, test } from 'vitest';
import { readConfig } from '../config/config.js';
import { Recorder } from '../core/recorder.js';
import type { LoadedModule } from './module-loads.js';
import { attachAll, type Instrumentation, isAtLeast } from './instrumentation.js';

function attach(list: readonly Instrumentation[], disabled: readonly string[] = []) {
  const recorder = new Recorder(readConfig({}, {}), () => {});
  const loaded = new Map<string, (loaded: LoadedModule) => void>();
  const attached = attachAll(list, {
    recorder,
    disabled,
    onLoad: (name, patch) => {
      loaded.set(name, patch);
      return () => loaded.delete(name);
    },
  });
  return { recorder, loaded, ...attached };
}

test('[A6] a hook of ours that throws is counted, and the publisher does not notice', () => {
  const name = 'bellwether-test:throws';
  const channel = diagnostics.channel(name);
  const { recorder, detach } = attach([
    {
      name: 'bad',
      via: 'diagnostics channel',
      attach: tools =>
        tools.subscribe(name, () => {
          throw new Error('ours');
        }),
    },
  ]);
  expect(() => channel.publish({})).not.toThrow();
  expect([...recorder.faults]).toEqual([['bad (bellwether-test:throws)', 1]]);
  detach();
  expect(channel.hasSubscribers).toBe(false);
});

test('[A4] one that cannot attach says why, and the others do', () => {
  const good: Instrumentation = { name: 'good', via: 'patch', attach: tools => tools.seen('1.0.0') };
  const bad: Instrumentation = {
    name: 'bad',
    via: 'patch',
    attach: () => {
      throw new Error('no such method');
    },
  };
  const { report } = attach([bad, good, { ...good, name: 'off' }], ['off']);
  expect(report().map(({ name, state, reason }) => [name, state, reason])).toEqual([
    ['bad', 'failed', 'no such method'],
    ['good', 'seen', undefined],
    ['off', 'disabled', undefined],
  ]);
});

test('[A4] a library that is too old to be seen is named with the version it needs', () => {
  const { report, loaded } = attach([
    { name: 'lib', via: 'diagnostics channel', attach: tools => tools.needs('lib', '5.11.0') },
  ]);
  loaded.get('lib')?.({ exports: {}, version: '5.4.2', path: 'index.js', by: 'require' });
  expect(report()[0]).toMatchObject({
    state: 'failed',
    version: '5.4.2',
    reason: 'it publishes what it does from 5.11.0 on',
  });
  loaded.get('lib')?.({ exports: {}, version: '5.11.0', path: 'index.js', by: 'require' });
});

test.each([
  ['5.11.0', '5.11.0', true],
  ['5.9.9', '5.11.0', false],
  ['6.0.0', '5.11.0', true],
  ['5.11.0-rc.1', '5.11.0', true],
])('%s is at least %s: %s', (version, needed, yes) => {
  expect(isAtLeast(version, needed)).toBe(yes);
});
