import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseExpr } from '../parse/parse-expr.js';
import { readScript } from './read-script.js';
import type { EvalCommand } from './script.js';

/** `../shared/suites` beside the project's root. */
const suite = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return join(dirname(folder), 'shared', 'suites', 'promqltest');
})();

const everything = { experimentalFunctions: true, durationExpressions: true };

function parses(query: string): boolean {
  try {
    parseExpr(query, everything);
    return true;
  } catch {
    return false;
  }
}

function mayFail({ expectations }: EvalCommand): boolean {
  return expectations.some(({ kind }) => kind === 'fail');
}

test.each([
  ['testdata-v2.42.0', 566],
  ['testdata-v3.5.5', 1479],
])('all scripts of %s are read, and their %i queries parse unless they are to fail', (folder, cases) => {
  const commands = readdirSync(join(suite, folder)).flatMap(file =>
    readScript(readFileSync(join(suite, folder, file), 'utf8')),
  );
  const evals = commands.filter((command): command is EvalCommand => command.kind === 'eval');
  expect(evals).toHaveLength(cases);
  const broken = evals.filter(({ query }) => !parses(query));
  expect(broken.filter(command => !mayFail(command)).map(({ line, query }) => `${line}: ${query}`)).toEqual([]);
});
