import { expect, test } from 'vitest';
import { maxSeries, Metrics } from './metrics.js';
import { maxTemplates, observeDuration, spanKind, Templates } from './templates.js';

const metrics = new Metrics();
const metric = metrics.metric({ name: 'm', unit: 's', description: '', kind: 'histogram', scope: 'test' });
const spec = (name: string) => ({ name, kind: spanKind.server, attributes: {}, metric, metricAttributes: { name } });

test('past the cap templates are shared by kind and name, and counted [A11]', () => {
  const templates = new Templates();
  for (let index = 0; index < maxTemplates; index++) templates.create(spec(`r${index}`), spec('GET'));
  const over = templates.create(spec('one more'), spec('GET'));
  expect(over.spec.name).toBe('GET');
  expect(templates.create(spec('another'), spec('GET'))).toBe(over);
  expect([templates.full, templates.overflowed]).toEqual([true, 2]);
});

test('durations of one template are kept per outcome, in seconds', () => {
  const template = new Templates().create(spec('GET /a'), spec('GET'));
  for (const [status, ms] of [
    [200, 10],
    [200, 30],
    [500, 5],
  ] as const) {
    observeDuration(template, status, ms, outcome => ({ status: outcome }));
  }
  const ok = metric.point({ name: 'GET /a', status: 200 }).histogram;
  expect([ok?.count, ok?.sum]).toEqual([2, 0.04]);
  expect(metric.point({ name: 'GET /a', status: 500 }).histogram?.count).toBe(1);
});

test('series past the cap are summed into one that says so; the earlier ones go on', () => {
  const counter = metrics.metric({ name: 'c', unit: '', description: '', kind: 'counter', scope: 'test' });
  for (let user = 0; user < maxSeries + 50; user++) counter.point({ user }).value += 1;
  counter.point({ user: 3 }).value += 1;
  expect(counter.point({ user: 3 }).value).toBe(2);
  expect(counter.points.get('overflow')?.value).toBe(50);
  expect(counter.overflowed).toBe(50);
});
