import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { statementShape } from './statement-shape.js';

test.each([
  ["SELECT * FROM orders WHERE id = 42 AND name = 'O''Brien'", 'SELECT * FROM orders WHERE id = ? AND name = ?'],
  ['SELECT a1 FROM t2 WHERE b IN (1, 2,3)', 'SELECT a1 FROM t2 WHERE b IN (?)'],
  ["INSERT INTO t VALUES (1, 'a'), (2, 'b')", 'INSERT INTO t VALUES (?)'],
  ['SELECT  x\n FROM t WHERE y = $1 AND z = ?', 'SELECT x FROM t WHERE y = ? AND z = ?'],
  ['GET user:12345', 'GET user?'],
])('%s has the shape %s', (statement, shape) => {
  expect(statementShape(statement)).toBe(shape);
});

const update = (n: number, text: string): string =>
  statementShape(`UPDATE t SET a = ${n} WHERE b = '${text}' LIMIT ${n}`);

test('statements that differ in their numbers and texts have one shape', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.stringMatching(/^[a-z ]*$/), fc.stringMatching(/^[a-z ]*$/), (a, b, s, t) => {
      expect(update(a, s)).toBe(update(b, t));
    }),
  );
});
