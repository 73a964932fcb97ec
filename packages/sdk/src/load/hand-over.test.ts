import { expect, test } from 'vitest';
import { type HandedModule, handOver, handOverName } from './hand-over.js';

const file = { library: 'lib', version: '1.2.3', path: 'dist/index.js', isEntry: true };

const reader = 'bellwetherTestReader';

/** Imports `source` as a module of its own: how another module sees its exports, and what it hands over. */
async function load(source: string): Promise<{ read: (name: string) => unknown; handed: Record<string, unknown> }> {
  const text = handOver(source, file, 'hook');
  if (text === undefined) throw new Error('the text could not be read');
  const list: HandedModule[] = [];
  Reflect.set(globalThis, Symbol.for(handOverName), list);
  const nonce = `//${Math.random()}\n`;
  // A data: URL is a module of Node's own loader, not one that the test runner has changed.
  const url = `data:text/javascript,${encodeURIComponent(text + nonce)}`;
  const other = `import * as module from ${JSON.stringify(url)}; globalThis.${reader} = name => module[name];`;
  await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(other)}`);
  // The line above has put it there.
  const read = Reflect.get(globalThis, reader) as (name: string) => unknown;
  Reflect.deleteProperty(globalThis, reader);
  Reflect.deleteProperty(globalThis, Symbol.for(handOverName));
  const [handed] = list;
  expect(handed).toMatchObject({ ...file, by: 'hook', form: 'esm' });
  // What an ES module hands over is an object of its exports.
  return { read, handed: handed?.exports as Record<string, unknown> };
}

test.each([
  ['a function', 'export function made() { return "theirs"; }'],
  ['an asynchronous function', 'export async function made() { return "theirs"; }'],
  ['a class', 'export class made {}'],
  ['a constant', 'export const made = () => "theirs";'],
  ['a constant of a list', 'export const other = 1, made = () => "theirs";'],
  ['a function that a list exports', 'function made() { return "theirs"; }\nexport { made };'],
  ['a constant that a list exports', 'const made = () => "theirs";\nexport { made };'],
  ['a name for another', 'const theirs = () => "theirs";\nexport { theirs as made };'],
])('%s is replaced for everybody who imports it', async (_what, source) => {
  const { read, handed } = await load(source);
  expect(handed['made']).toBe(read('made'));
  handed['made'] = 'ours';
  expect(read('made')).toBe('ours');
});

test.each([
  ['a name', 'export default made\nfunction made() {}'],
  ['a constant by its name', 'const made = { a: 1 };\nexport default made;'],
  ['a value', 'export default { schedule() {} };'],
  ['a function without parentheses', 'export default x => x;'],
  ['a function with a name', 'export default function made() {}'],
  ['a class with a name', 'export default class Made {}'],
  ['a name in a list', 'const made = {};\nexport { made as default };'],
])('a default export is replaced: %s', async (_what, source) => {
  const { read, handed } = await load(source);
  const theirs = read('default');
  expect(handed['default']).toBe(theirs);
  handed['default'] = 'ours';
  expect(read('default')).toBe('ours');
});

test('what is imported from elsewhere is read, and assigning to it says so', async () => {
  const { handed } = await load(`import { join as made } from 'node:path';\nexport { made };`);
  expect(handed['made']).toBeTypeOf('function');
  expect(() => Object.assign(handed, { made: 1 })).toThrow(TypeError);
});

test('lines and columns stay where they were, for source maps and stacks', () => {
  const source = `import { a } from './a.js';\nexport const b = a + 1, c = 2;\nconst d = 1; export default d;\n//# sourceMappingURL=x.map`;
  const lines = handOver(source, file, 'hook')?.split('\n') ?? [];
  const before = source.split('\n');
  expect(lines).toHaveLength(before.length + 1);
  expect(lines.slice(0, -1).map(line => line.length)).toEqual(before.map(line => line.length));
  expect(lines[1]).toBe('export let   b = a + 1, c = 2;');
});

test('CommonJS hands its exports over; a text that cannot be read stays', () => {
  expect(handOver('module.exports = 1', file, 'bundle')).toBe(
    `module.exports = 1\n;(globalThis[Symbol.for("bellwether.modules")]??=[]).push({"library":"lib","version":"1.2.3","path":"dist/index.js","isEntry":true,"by":"bundle","form":"cjs","exports":module.exports});`,
  );
  expect(handOver('export const a = `', file, 'hook')).toBeUndefined();
});

test('an expression that goes on after a line break is not cut in two', async () => {
  const { read } = await load('const made = 2;\nexport default made\n  + 1;');
  expect(read('default')).toBe(3);
});

test('what a module passes on from others is read through its namespace', () => {
  const text = handOver(`export * from './a.js';\nexport { b } from './b.js';`, file, 'hook');
  expect(text).toContain('import*as bw$self from"./index.js";');
  expect(text).toContain('"exports":{__proto__:bw$self}');
});
