import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { labelOf, metricName, type Item } from './exposition.js';
import { openMetricsText } from './open-metrics-text.js';
import { prometheusText } from './prometheus-text.js';

/** The project's root is the nearest folder above with a lock file. */
function suite(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return join(dirname(folder), 'shared', 'suites', 'openmetrics-text');
}

const folder = suite();
if (!existsSync(folder) && process.env['CI'] === 'true') throw new Error(`the suite is not there: ${folder}`);

const textparse = 'model/textparse/testdata';
const files = [
  { name: `${textparse}/alltypes.5mfs.om.txt`, format: 'open' },
  { name: `${textparse}/1histogram.om.txt`, format: 'open' },
  { name: `${textparse}/alltypes.237mfs.prom.txt`, format: 'text' },
  { name: `${textparse}/alltypes.237mfs.nometa.prom.txt`, format: 'text' },
  { name: 'cmd/promtool/testdata/dump-openmetrics-test.prom', format: 'open' },
  { name: 'cmd/promtool/testdata/dump-openmetrics-roundtrip-test.prom', format: 'open' },
] as const;

const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

test.skipIf(!existsSync(folder)).each(files)(
  '$name is read to its last line, each sample as it stands there',
  ({ name, format }) => {
    const text = read(name);
    const items: Item[] = [...(format === 'open' ? openMetricsText(text) : prometheusText(text))];
    const samples = items.flatMap(item => (item.kind === 'sample' ? [item] : []));
    const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'));
    expect(samples.length).toBe(lines.length);
    for (const [index, sample] of samples.entries()) {
      const line = lines[index] ?? '';
      // Read a second way: the name up to the brace, the value behind the last brace that a value can stand behind.
      const [, metric = '', braces = '', value = ''] =
        /^([^{ ]+)(\{(?:[^"}]|"(?:\\.|[^"\\])*")*\})? (\S+)/.exec(line) ?? [];
      expect(labelOf(sample.labels(), metricName)).toBe(metric);
      expect(sample.labels().length - 1).toBe([...braces.matchAll(/="(?!")/g)].length);
      expect(sample.value).toBe(value === '+Inf' ? Infinity : value === '-Inf' ? -Infinity : Number(value));
      expect(sample.exemplars.length).toBe(line.includes(' # {') ? 1 : 0);
    }
    const families = items.filter(item => item.kind === 'family');
    expect(families.length).toBe(text.split('\n').filter(line => /^# (HELP|TYPE|UNIT) /.test(line)).length);
    expect(items.some(item => item.kind === 'created')).toBe(name.includes('5mfs'));
  },
);
