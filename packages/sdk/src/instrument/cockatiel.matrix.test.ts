import { expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';

/** A bundle has lines of its own. */
const byPlace = (list: readonly unknown[]): readonly unknown[] =>
  list.map(each => JSON.stringify(each).replace(/"[\w.-]+:\d+ /, '"<file>:<line> ')).toSorted();

// Webpack puts its modules into one another, so that nothing of it is left to patch there.
test.each(matrixCases('cockatiel', { previous: false, forms: ['esm', 'cjs', 'esbuild', 'tsx'] }))(
  '[E2] cockatiel: circuits with their changes and refusals, retries, timeouts and full bulkheads by policy ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start();
    const answers: string[] = [];
    for (const path of ['/break', '/mend', '/again', '/late', '/full', '/both'])
      answers.push((await app.get(path)).body);
    expect(answers).toEqual([
      '3',
      '"charged"',
      '"no"',
      '"Operation timed out after 20ms"',
      '["fulfilled","rejected"]',
      '"BrokenCircuitError"',
    ]);
    await app.stop();
    const told = (metric: string, name: string, label: string): readonly unknown[] =>
      [
        ...new Map(
          sink.points
            .filter(point => point.metric === metric)
            .map(({ attributes, value }) => [`${String(attributes[name])} ${String(attributes[label])}`, value]),
        ),
      ].toSorted();
    const circuit = (metric: string, label: string): readonly unknown[] =>
      byPlace(told(metric, 'bellwether.circuit.name', label));
    expect(circuit('external.circuit.transitions', 'bellwether.circuit.state')).toEqual([
      '["<file>:<line> open",1]',
      '["payments closed",1]',
      '["payments half_open",1]',
      '["payments open",1]',
    ]);
    expect(circuit('external.circuit.state', 'bellwether.circuit.state')).toEqual([
      '["<file>:<line> closed",0]',
      '["<file>:<line> half_open",0]',
      '["<file>:<line> open",1]',
      '["payments closed",1]',
      '["payments half_open",0]',
      '["payments open",0]',
    ]);
    expect(circuit('external.circuit.refusals', 'bellwether.circuit.reason')).toEqual([
      '["<file>:<line> open",1]',
      expect.stringMatching(/^\["payments open",\d+\]$/),
    ]);
    expect(byPlace(told('external.policy.events', 'bellwether.policy.name', 'bellwether.policy.event'))).toEqual([
      '["<file>:<line> give_up",1]',
      '["<file>:<line> rejected",1]',
      '["<file>:<line> retry",2]',
      '["<file>:<line> timeout",1]',
      '["around give_up",1]',
      '["around retry",1]',
    ]);
    const records = sink.logs.filter(log => log.eventName === 'external.circuit');
    expect(records.find(log => log.attributes['bellwether.circuit.name'] === 'payments')).toMatchObject({
      severityText: 'WARN',
      body: 'circuit payments is open: its calls fail at once',
    });
  },
);
