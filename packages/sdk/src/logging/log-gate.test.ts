import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogGate } from './log-gate.js';

test('[J7] a logger over its budget loses information first, and every loss is counted', () => {
  const gate = new LogGate(10);
  let [sent, severe] = [0, 0];
  for (let line = 0; line < 30; line++) if (gate.admits('db', 9, `line ${line}`, 5000)) sent++;
  for (let line = 0; line < 10; line++) if (gate.admits('db', 17, `error ${line}`, 5000)) severe++;
  expect([sent, severe]).toEqual([10, 10]);
  expect(gate.admits('db', 9, 'a second later', 6000)).toBe(true);
  expect(gate.volumes()).toEqual([{ logger: 'db', lines: 41, dropped: 20, repeated: 0 }]);
});

test('[J7] the same line again and again is sent 50 times, then once with its number', () => {
  const gate = new LogGate(0);
  let sent = 0;
  for (let line = 0; line < 1000; line++) if (gate.admits('http', 9, 'retrying', line)) sent++;
  expect(sent).toBe(50);
  expect(gate.takeRepeats(9000)).toEqual([]);
  expect(gate.takeRepeats(10_500)).toEqual([{ logger: 'http', severity: 9, body: 'retrying', times: 950 }]);
  expect(gate.takeRepeats(10_600)).toEqual([]);
});

test('what is sent, dropped and repeated adds up to what was logged, whatever it was', () => {
  const line = fc.record({
    logger: fc.constantFrom('a', 'b'),
    severity: fc.constantFrom(9, 17),
    body: fc.constantFrom('x', 'y', 'z'),
    afterMs: fc.integer({ min: 0, max: 200 }),
  });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 600 }), lines => {
      const gate = new LogGate(5);
      let [atMs, sent] = [1, 0];
      for (const { logger, severity, body, afterMs } of lines) {
        atMs += afterMs;
        if (gate.admits(logger, severity, body, atMs)) sent++;
      }
      const lost = gate.volumes().reduce((sum, { dropped, repeated }) => sum + dropped + repeated, 0);
      expect(sent + lost).toBe(lines.length);
    }),
  );
});
