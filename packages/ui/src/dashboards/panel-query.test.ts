import { plainValue, readDashboard, type Json, type Panel } from '@bellwether/dashboards';
import { expect, test } from 'vitest';
import { panelQuestion } from './panel-query.js';

const hourMs = 3_600_000;
const toMs = 100 * hourMs;

function read(panels: readonly Json[]): readonly Panel[] {
  return readDashboard({ panels }).sections.flatMap(section => section.panels);
}

function ask(panels: readonly Json[], points = 500): ReturnType<typeof panelQuestion> {
  const [first, ...others] = read(panels);
  if (first === undefined) throw new Error('it has no panel');
  return panelQuestion(first, {
    fromMs: toMs - hourMs,
    toMs,
    variables: name => (name === 'step' ? plainValue('2m') : undefined),
    dashboard: 'D',
    uid: 'd',
    points,
    others: new Map(others.flatMap(one => (one.id === undefined ? [] : [[one.id, one]]))),
  });
}

test('the step fits the room and is never below what the panel or query says', () => {
  const target = { expr: 'rate(x[$__interval])' };
  expect(ask([{ type: 'timeseries', targets: [target] }]).targets[0]).toMatchObject({
    stepMs: 15_000,
    expr: 'rate(x[15s])',
  });
  expect(ask([{ type: 'timeseries', targets: [target] }], 60).targets[0]).toMatchObject({
    stepMs: 60_000,
    expr: 'rate(x[1m])',
  });
  expect(ask([{ type: 'timeseries', interval: '>30s', targets: [target] }]).targets[0]).toMatchObject({
    stepMs: 30_000,
  });
  expect(ask([{ type: 'timeseries', targets: [{ ...target, interval: '$step' }] }]).targets[0]).toMatchObject({
    stepMs: 120_000,
  });
  expect(ask([{ type: 'timeseries', maxDataPoints: 12, targets: [target] }]).targets[0]).toMatchObject({
    stepMs: 300_000,
  });
});

test('a panel may look at its own time, and back', () => {
  const { fromMs, toMs: end } = ask([{ type: 'stat', timeFrom: '24h', timeShift: '1h', targets: [{ expr: 'up' }] }]);
  expect([fromMs, end]).toEqual([toMs - 25 * hourMs, toMs - hourMs]);
});

test('hidden and empty queries are not asked; those for other sources are named', () => {
  const question = ask([
    {
      type: 'timeseries',
      datasource: { uid: '-- Mixed --' },
      targets: [
        { refId: 'A', expr: 'up', hide: true },
        { refId: 'B', expr: ' ' },
        { refId: 'C', expr: 'x', datasource: { type: 'influxdb', uid: 'i' } },
        { refId: 'D', expr: 'y', datasource: { type: 'prometheus', uid: 'p' } },
      ],
    },
  ]);
  expect(question.targets.map(({ target }) => target.refId)).toEqual(['D']);
  expect(question.notes).toEqual(['Query C is for influxdb, which is not a source here.']);
});

test('a panel shows the queries of another, and not its own for ever', () => {
  const shared = { datasource: { type: 'datasource', uid: '-- Dashboard --' }, type: 'stat' };
  const from = (panelId: number): Json => ({ ...shared, id: 1, targets: [{ refId: 'A', panelId }] });
  const source = { id: 2, type: 'timeseries', gridPos: { y: 9 }, targets: [{ refId: 'A', expr: 'up' }] };
  expect(ask([from(2), source]).targets.map(({ expr }) => expr)).toEqual(['up']);
  expect(ask([from(1), source]).targets).toEqual([]);
});
