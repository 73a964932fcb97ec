import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { freePort } from '../differential/free-port.test-support.js';
import { anyExpr } from './any-expr.test-support.js';
import type { AtTime, Expr } from './ast.js';
import { ParseError } from './parse-error.js';
import { parseExpr } from './parse-expr.js';
import { printExpr } from './print.js';

/** Prometheus 3.5 as `scripts/test-tools.mjs` unpacked it. */
const program = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return join(folder, '.peers/root/usr/bin/prometheus');
})();

/** The full run asks ten times as much. */
const rounds = process.env['BELLWETHER_FULL'] === '1' ? 10 : 1;

const everything = { experimentalFunctions: true, durationExpressions: true };

let folder = '';
let base = '';
let child: ChildProcess | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bellwether-parse-'));
  const config = join(folder, 'prometheus.yml');
  writeFileSync(config, 'global: {}\n');
  const port = await freePort();
  base = `http://127.0.0.1:${port}`;
  child = spawn(
    program,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=promql-experimental-functions,promql-duration-expr',
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  for (let waited = 0; waited < 400; waited++) {
    const ready = await fetch(`${base}/-/ready`).catch(() => undefined);
    if (ready?.status === 200) return;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error('Prometheus does not start');
});

afterAll(async () => {
  if (child !== undefined && child.exitCode === null) {
    const ended = new Promise(resolve => child?.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

const answer = z.union([
  z.object({ status: z.literal('success'), data: z.unknown() }),
  z.object({ status: z.literal('error'), error: z.string() }),
]);

/** Prometheus' tree of a query, or what it says is wrong. */
async function prometheusReads(query: string): Promise<z.infer<typeof answer>> {
  const response = await fetch(`${base}/api/v1/parse_query`, { method: 'POST', body: new URLSearchParams({ query }) });
  return answer.parse(await response.json());
}

const matcher = z.object({ name: z.string(), type: z.string(), value: z.string() });
const time = { offset: z.number(), timestamp: z.number().nullable(), startOrEnd: z.string().nullable() };
const matching = z.object({
  card: z.string(),
  on: z.boolean(),
  labels: z.array(z.string()),
  include: z.array(z.string()),
});

/** The parts of Prometheus' tree in which ours must agree, in the order in which `ours` lists them. */
const theirs: z.ZodType<unknown> = z.lazy(() =>
  z.discriminatedUnion('type', [
    z
      .object({ type: z.literal('numberLiteral'), val: z.string() })
      .transform(one => ['number', Number(one.val.replace('Inf', 'Infinity'))]),
    z.object({ type: z.literal('stringLiteral'), val: z.string() }).transform(one => ['string', one.val]),
    z.object({ type: z.literal('parenExpr'), expr: theirs }).transform(one => ['paren', one.expr]),
    z
      .object({ type: z.literal('unaryExpr'), op: z.string(), expr: theirs })
      .transform(one => ['unary', one.op, one.expr]),
    z
      .object({
        type: z.literal('binaryExpr'),
        op: z.string(),
        lhs: theirs,
        rhs: theirs,
        bool: z.boolean(),
        matching: matching.nullable(),
      })
      .transform(one => ['binary', one.op, one.lhs, one.rhs, one.bool, one.matching]),
    z
      .object({
        type: z.literal('aggregation'),
        op: z.string(),
        expr: theirs,
        param: theirs.nullable(),
        grouping: z.array(z.string()),
        without: z.boolean(),
      })
      .transform(one => ['aggregate', one.op, one.expr, one.param, one.grouping, one.without]),
    z
      .object({ type: z.literal('call'), func: z.object({ name: z.string() }), args: z.array(theirs) })
      .transform(one => ['call', one.func.name, one.args]),
    z
      .object({ type: z.literal('vectorSelector'), name: z.string(), matchers: z.array(matcher), ...time })
      .transform(one => ['vector', one.name, one.matchers.map(shown), one.offset, one.timestamp, one.startOrEnd]),
    z
      .object({
        type: z.literal('matrixSelector'),
        name: z.string(),
        matchers: z.array(matcher),
        range: z.number(),
        ...time,
      })
      .transform(one => [
        'vector',
        one.name,
        one.matchers.map(shown),
        one.offset,
        one.timestamp,
        one.startOrEnd,
        one.range,
      ]),
    z
      .object({ type: z.literal('subquery'), expr: theirs, range: z.number(), step: z.number(), ...time })
      .transform(one => ['subquery', one.expr, one.range, one.step, one.offset, one.timestamp, one.startOrEnd]),
  ]),
);

function shown({ name, type, value }: z.infer<typeof matcher>): string {
  return `${name} ${type} ${value}`;
}

function times(offsetMs: number, at: AtTime | undefined): readonly unknown[] {
  return [offsetMs, typeof at === 'number' ? at : null, typeof at === 'string' ? at : null];
}

function ours(expr: Expr): unknown {
  switch (expr.kind) {
    case 'numberLiteral':
      return ['number', expr.value];
    case 'stringLiteral':
      return ['string', expr.value];
    case 'paren':
      return ['paren', ours(expr.expr)];
    case 'unary':
      return ['unary', expr.op, ours(expr.expr)];
    case 'binary':
      return ['binary', expr.op, ours(expr.left), ours(expr.right), expr.bool, expr.matching ?? null];
    case 'aggregate':
      return [
        'aggregate',
        expr.op,
        ours(expr.expr),
        expr.param === undefined ? null : ours(expr.param),
        expr.grouping,
        expr.without,
      ];
    case 'call':
      return ['call', expr.func, expr.args.map(ours)];
    case 'vectorSelector': {
      const matchers = expr.matchers.map(({ name, op, value }) => `${name} ${op} ${value}`);
      return ['vector', expr.name, matchers, ...times(expr.offsetMs, expr.at)];
    }
    case 'matrixSelector': {
      const { name, matchers: all, offsetMs, at } = expr.vector;
      return [
        'vector',
        name,
        all.map(one => `${one.name} ${one.op} ${one.value}`),
        ...times(offsetMs, at),
        expr.rangeMs,
      ];
    }
    case 'subquery':
      return ['subquery', ours(expr.expr), expr.rangeMs, expr.stepMs ?? 0, ...times(expr.offsetMs, expr.at)];
  }
}

/** Durations that are worked out are not in Prometheus' tree, and some of their functions are newer than 3.5. */
const comparable = anyExpr
  .map(expr => printExpr(expr))
  .filter(text => !/step\(\)|min\(|max\(/.test(text) && !isWorkedOut(text));

function isWorkedOut(text: string): boolean {
  try {
    parseExpr(text, { experimentalFunctions: true });
    return false;
  } catch {
    return true;
  }
}

test('Prometheus 3.5 reads generated expressions as the same trees', async () => {
  for (const text of fc.sample(comparable, { numRuns: 400 * rounds, seed: 20_261 })) {
    const read = await prometheusReads(text);
    const tree = read.status === 'success' ? theirs.parse(read.data) : read.error;
    expect([text, tree]).toEqual([text, ours(parseExpr(text, everything))]);
  }
});

const bits =
  '( ) { } [ ] , " \' ` 5m offset @ by on ignoring group_left bool and sum - + * ^ == =~ ! = 1 0x1f 1e . a rate( start() : # \n \\ inf 5m1 _'
    .split(' ')
    .concat(' ');

/** An expression with one to three tokens taken out, put in or cut off. */
const broken = fc
  .tuple(
    comparable,
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('out', 'in', 'in', 'end'), fc.constantFrom(...bits)), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([text, changes]) => {
    const tokens = text.match(/\w+|\s+|[^\w\s]/gu) ?? [];
    for (const [drawn, how, bit] of changes) {
      const at = tokens.length === 0 ? 0 : drawn % tokens.length;
      if (how === 'out') tokens.splice(at, 1);
      else if (how === 'in') tokens.splice(at, 0, bit);
      else tokens.splice(at);
    }
    return tokens.join('');
  });

/** Where we say more than Prometheus: it takes any word between brackets for a colon, and has no name for `@`. */
function isExplained(text: string, mine: string): boolean {
  return text.trim() === '' || mine.includes('unexpected character in duration expression') || mine.includes('<op:@>');
}

test('Prometheus 3.5 refuses broken texts in the same words', async () => {
  let refused = 0;
  for (const text of fc.sample(broken, { numRuns: 1000 * rounds, seed: 20_262 })) {
    const read = await prometheusReads(text);
    let mine: string | undefined;
    try {
      parseExpr(text, everything);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      mine = error.message;
    }
    if (mine !== undefined && isExplained(text, mine)) continue;
    const said = read.status === 'error' ? read.error.replace(/^invalid parameter "query": /, '') : undefined;
    expect([text, mine]).toEqual([text, said]);
    if (mine !== undefined) refused++;
  }
  expect(refused).toBeGreaterThan(500 * rounds);
});
