import { column, type Frame } from '@bellwether/dashboards';
import { expect, test } from 'vitest';
import { frameCsv } from './frame-csv.js';

const series = (name: string, values: readonly (number | null)[]): Frame => ({
  refId: 'A',
  name,
  fields: [
    column(
      'Time',
      'time',
      values.map((_, at) => at * 1000),
    ),
    { name: 'Value', type: 'number', values, labels: new Map(), legend: name },
  ],
});

test('series are columns beside their time', () => {
  expect(frameCsv([series('a', [1, null]), series('=b', [3, 4])])).toBe(
    "time,a,'=b\r\n1970-01-01T00:00:00.000Z,1,3\r\n1970-01-01T00:00:01.000Z,,4\r\n",
  );
});

test('a table keeps its columns; texts are quoted where they must be', () => {
  const table: Frame = {
    refId: 'A',
    name: '',
    fields: [column('Time', 'time', [0]), column('pod', 'string', ['a,"b"']), column('Value', 'number', [-5])],
  };
  expect(frameCsv([table])).toBe('Time,pod,Value\r\n1970-01-01T00:00:00.000Z,"a,""b""",-5\r\n');
});
