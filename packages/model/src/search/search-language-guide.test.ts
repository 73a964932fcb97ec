import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { SearchSignal } from './ast.js';
import { fieldCatalogue } from './field-catalogue.js';
import { parseSearch } from './parse-search.js';

const path = fileURLToPath(new URL('../../../../docs/guide/search-language.md', import.meta.url));
const guide = readFileSync(path, 'utf8');

/** The table of a signal's fields, as the guide shows it. */
function fieldTable(signal: SearchSignal): string {
  const rows = fieldCatalogue[signal].map(
    ({ key, description, values, example }) =>
      `| \`${key}\` | ${description}${values === undefined ? '' : `: ${values.map(value => `\`${value}\``).join(', ')}`} | \`${example}\` |`,
  );
  return `<!-- fields: ${signal} -->\n\n| field | what it is | example |\n|---|---|---|\n${rows.join('\n')}\n`;
}

const tables = /<!-- fields: (spans|logs) -->\n\n(?:\|.*\n)*/g;

test("the guide's tables list the built-in fields (to renew them: WRITE_GUIDE=1 npx vitest run guide)", () => {
  const renewed = guide.replaceAll(tables, (_, signal: string) => fieldTable(signal === 'logs' ? 'logs' : 'spans'));
  if (process.env['WRITE_GUIDE'] === '1') writeFileSync(path, renewed);
  expect(readFileSync(path, 'utf8')).toBe(renewed);
});

test("the guide's examples are queries", () => {
  const examples = [...guide.matchAll(/```(traces|logs)\n([\s\S]*?)\n```/g)];
  expect(examples.length).toBeGreaterThan(6);
  for (const [, signal, text = ''] of examples) {
    expect(() => parseSearch(text, signal === 'logs' ? 'logs' : 'spans')).not.toThrow();
  }
});

test("the guide's first table holds terms", () => {
  const table = /## Terms\n\n(?:\|.*\n)+/.exec(guide)?.[0] ?? '';
  const terms = [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, term = '']) => term);
  expect(terms.length).toBe(9);
  for (const term of terms) expect(() => parseSearch(term, 'spans')).not.toThrow();
});
