import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bellwether, start } from '../start.js';
import type { Values } from '../test-support/otlp.js';
import { type Sink, startSink } from '../test-support/sink.js';
import { addBreadcrumb } from './breadcrumbs.js';
import { captureException } from './capture-exception.js';
import { withScope } from './scope-with.js';
import { setContext } from './set-context.js';
import { setExtra } from './set-extra.js';
import { setRequestId } from './set-request-id.js';
import { setTag } from './set-tag.js';
import { setTenant } from './set-tenant.js';
import { setUser } from './set-user.js';
import { traced } from './traced.js';

let sink: Sink;
let sdk: Bellwether;

beforeAll(async () => {
  sink = await startSink();
  sdk = start({
    url: sink.url,
    service: 'isolation',
    sourceContext: false,
    disable: ['undici', 'http-client', 'http-server', 'uncaught'],
  });
});
afterAll(async () => {
  await sdk.shutdown();
  await sink.close();
});

/** What one piece of concurrent work does, in the order it does it. */
const steps = {
  tenant: (me: string) => setTenant(me),
  user: (me: string) => setUser({ id: me }),
  request: (me: string) => setRequestId(me),
  tag: (me: string) => setTag('mine', me),
  context: (me: string) => setContext('work', { mine: me }),
  extra: (me: string) => setExtra('mine', me),
  crumb: (me: string) => addBreadcrumb({ message: me, data: { me } }),
  scoped: (me: string) =>
    withScope(async scope => {
      scope.setTag('mine', `within ${me}`);
      await turn(me.length % 3);
      addBreadcrumb(`within ${me}`);
    }),
} as const;
type Step = keyof typeof steps;

const turn = (ms: number): Promise<void> =>
  new Promise(resolve => (ms === 0 ? setImmediate(resolve) : setTimeout(resolve, ms)));

test('[I5][W19] 1,000 pieces of work at once, in any order of steps and waits, never see each other', async () => {
  let round = 0;
  const work = fc.array(
    fc.record({ step: fc.constantFrom(...(Object.keys(steps) as Step[])), waitMs: fc.integer({ min: 0, max: 4 }) }),
    {
      minLength: 1,
      maxLength: 8,
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(work, { minLength: 5, maxLength: 10 }), async plans => {
      round++;
      const reports = await Promise.all(
        Array.from({ length: 1000 }, (_, index) => {
          const me = `${round}-${index}`;
          const plan = plans[index % plans.length] ?? [];
          return traced('work', async () => {
            for (const { step, waitMs } of plan) {
              await steps[step](me);
              await turn(waitMs);
            }
            return { me, did: new Set<Step>(plan.map(({ step }) => step)), id: captureException(new Error(me)) };
          })();
        }),
      );
      await sdk.flush(10_000);
      const logs = new Map(sink.logs.map(log => [log.attributes['sentry.event_id'], log]));
      for (const { me, did, id } of reports) {
        const log = logs.get(id ?? '');
        const attributes: Values = log?.attributes ?? {};
        const mine = (step: Step): string | undefined => (did.has(step) ? me : undefined);
        const crumbs: { message: string }[] = JSON.parse(String(attributes['sentry.breadcrumbs'] ?? '[]'));
        expect({
          body: log?.body,
          tenant: attributes['tenant.id'],
          user: attributes['user.id'],
          request: attributes['request.id'],
          tag: attributes['mine'],
          context: attributes['work.mine'],
          extra: attributes['sentry.extra.mine'],
          crumbs: [...new Set(crumbs.map(({ message }) => message))],
        }).toEqual({
          body: me,
          tenant: mine('tenant'),
          user: mine('user'),
          request: mine('request'),
          tag: mine('tag'),
          context: mine('context'),
          extra: mine('extra'),
          crumbs: did.has('crumb') ? [me] : [],
        });
      }
      for (const span of sink.spans.splice(0)) {
        const who = ['tenant.id', 'user.id', 'request.id']
          .map(name => span.attributes[name])
          .filter(value => value !== undefined);
        expect(new Set(who).size).toBeLessThanOrEqual(1);
      }
      sink.logs.length = 0;
    }),
    { numRuns: 5 },
  );
});
