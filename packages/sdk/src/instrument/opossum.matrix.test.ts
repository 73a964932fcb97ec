import { expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';

test.each(matrixCases('opossum'))(
  '[E2] opossum: the state of each circuit, its changes, and what it refused or gave up ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start();
    expect((await app.get('/break')).body).toBe('true');
    expect((await app.get('/mend')).body).toBe('4');
    expect((await app.get('/late')).body).toBe('"ETIMEDOUT"');
    await app.stop();
    const told = (metric: string, label: string): readonly unknown[] =>
      [
        ...new Map(
          sink.points
            .filter(point => point.metric === metric)
            .map(({ attributes, value }) => [
              `${String(attributes['bellwether.circuit.name'])} ${String(attributes[label])}`,
              value,
            ]),
        ),
      ].toSorted();
    expect(told('external.circuit.transitions', 'bellwether.circuit.state')).toEqual([
      ['(anonymous) open', 1],
      ['payments closed', 1],
      ['payments half_open', 1],
      ['payments open', 1],
    ]);
    expect(told('external.circuit.refusals', 'bellwether.circuit.reason')).toEqual([
      ['(anonymous) timeout', 1],
      ['payments open', 1],
    ]);
    expect(told('external.circuit.state', 'bellwether.circuit.state')).toEqual([
      ['(anonymous) closed', 0],
      ['(anonymous) half_open', 0],
      ['(anonymous) open', 1],
      ['payments closed', 1],
      ['payments half_open', 0],
      ['payments open', 0],
    ]);
    const records = sink.logs.filter(log => log.eventName === 'external.circuit');
    expect(records.find(log => log.attributes['bellwether.circuit.name'] === 'payments')).toMatchObject({
      severityText: 'WARN',
      body: 'circuit payments is open: its calls fail at once',
    });
  },
);
