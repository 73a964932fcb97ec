import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Sink, startSink } from '../../test-support/sink.js';

const root = new URL('../../../../../', import.meta.url).pathname;
const guide = readFileSync(join(root, 'docs/guide/functions.md'), 'utf8');
const example = /^```typescript\n([\s\S]*?)^```/m.exec(guide)?.[1] ?? '';

/** Where decorators may stand beside ordinary methods. */
const places = `
import { traced } from '@bellwether/node';

const secret = Symbol('secret');
class Base {
  readonly factor: number = 2;
  @traced() static make(): Base { return new this(); }
  @traced() twice(n: number): number { return n * this.factor; }
  @traced() [secret](): string { return 'hidden'; }
  @traced('named') fails(): never { throw new RangeError('as it was'); }
}
class Derived extends Base {
  override readonly factor: number = 3;
}
console.log(Derived.make() instanceof Derived, new Derived().twice(7), new Base()[secret]());
try { new Base().fails(); } catch (error) { console.log(String(error), Base.prototype.twice.name, Base.prototype.twice.length); }
`;

/** What only TC39 decorators can: fields that hold functions, and private methods. */
const standardOnly = `
import { traced } from '@bellwether/node';

class Cart {
  readonly count = 2;
  @traced() total = (price: number): number => price * this.count;
  @traced() #hidden(): number { return this.count; }
  open(): number { return this.#hidden(); }
}
console.log(new Cart().total(5), new Cart().open());
`;

const folder = mkdtempSync(join(tmpdir(), 'bellwether-decorators-'));
let sink: Sink;

beforeAll(async () => {
  sink = await startSink();
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"name":"reader","type":"module"}');
});
beforeEach(() => {
  sink.spans.length = 0;
  sink.points.length = 0;
});
afterAll(async () => {
  await sink.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Compiles `source` with TypeScript, strictly, runs it under the SDK and returns what it printed. */
async function run(name: string, source: string, experimentalDecorators: boolean): Promise<string> {
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noImplicitOverride: true,
    lib: ['es2023', 'esnext.disposable', 'dom', 'decorators'],
    types: [],
    skipLibCheck: true,
    experimentalDecorators,
  };
  writeFileSync(join(folder, `${name}.ts`), source);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [`${name}.ts`] }));
  const compiled = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
    encoding: 'utf8',
  });
  expect(compiled.stdout).toBe('');
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--import', '@bellwether/node/register', join(folder, `${name}.js`)],
      { cwd: folder, env: { PATH: process.env['PATH'] ?? '', BELLWETHER_URL: sink.url } },
      (error, stdout, stderr) => (error === null ? resolve(stdout) : reject(new Error(stderr))),
    );
  });
}

describe.each([
  ['TC39 decorators', false],
  ['experimentalDecorators', true],
])('%s', (mode, experimental) => {
  const file = experimental ? 'legacy' : 'standard';

  test(`[B1][B3][E3][F5][G5] the guide's functions.md compiles and runs with ${mode}`, async () => {
    const printed = await run(`${file}-guide`, example, experimental);
    expect(printed).toBe('Dune 1 covers/dune.png\ndark undefined p-1\nDune\n');
    expect(sink.spans.map(span => span.name).sort()).toEqual([
      'Stories.byId',
      'Stories.count',
      'Stories.titles',
      'process commission_queue',
      'redis get',
      'redis get',
      's3.upload',
      'story.create',
    ]);
    const [consumer, producer] = ['process commission_queue', 'story.create'].map(name =>
      sink.spans.find(span => span.name === name),
    );
    expect([consumer?.parentId, consumer?.traceId]).toEqual([producer?.spanId, producer?.traceId]);
    expect(consumer?.attributes['code.function.name']).toBe('Stories.commission');
  });

  test(`static, inherited and symbol methods are told by the class that has them, with ${mode}`, async () => {
    const printed = await run(`${file}-places`, places, experimental);
    expect(printed).toBe('true 21 hidden\nRangeError: as it was twice 1\n');
    expect(sink.spans.map(span => [span.name, span.status]).sort()).toEqual([
      ['Base.make', 0],
      ['Base.secret', 0],
      ['Base.twice', 0],
      ['named', 2],
    ]);
  });
});

test('fields that hold functions and private methods can be decorated with TC39 decorators', async () => {
  expect(await run('standard-only', standardOnly, false)).toBe('10 2\n');
  expect(sink.spans.map(span => span.name)).toEqual(['Cart.total', '#hidden']);
});
