import { expect, test } from 'vitest';
import { chartCsv } from './chart-csv.js';

test('a chart as CSV: gaps are empty, names are quoted, formulas are not', () => {
  const csv = chartCsv(
    [0, 60_000],
    [
      { name: 'p95', values: [1.5, null] },
      { name: 'a "b", c', values: [1, 2] },
      { name: '=HYPERLINK(1)', values: [3, 4] },
    ],
  );
  expect(csv).toBe(
    `time,p95,"a ""b"", c",'=HYPERLINK(1)\r\n1970-01-01T00:00:00.000Z,1.5,1,3\r\n1970-01-01T00:01:00.000Z,,2,4\r\n`,
  );
});
