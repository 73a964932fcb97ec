import { expect, test } from 'vitest';
import { errorFingerprint } from './error-fingerprint.js';

/** One error of a real kind of application as it comes from different builds, machines and moments; a text is its stack, type and message stand in its first line. */
interface Group {
  readonly name: string;
  readonly stacks: readonly string[];
}

/** A stack of Node: the head, and the lines below it. */
const stack = (head: string, ...lines: readonly string[]): string =>
  [head, ...lines.map(line => `    at ${line}`)].join('\n');

const tick = 'process.processTicksAndRejections (node:internal/process/task_queues:105:5)';
const lambdaRuntime = 'Runtime.handleOnceNonStreaming (file:///var/runtime/index.mjs:1173:29)';

const next = (page: string, fn: string, message: string): Group => ({
  name: `Next.js: ${page} ${fn}`,
  stacks: [
    // `next start`, two builds: chunks have other numbers and hashes.
    stack(
      `TypeError: ${message}`,
      `${fn} (/app/.next/server/app/${page}/page.js:1:4821)`,
      `async Promise.all (index 0)`,
      tick,
    ),
    stack(`TypeError: ${message}`, `${fn} (/app/.next/server/app/${page}/page.js:1:4903)`, tick),
    // Mapped by the server, from two folders.
    stack(
      `TypeError: ${message}`,
      `${fn} (webpack-internal:///(rsc)/./src/app/${page}/page.tsx:14:11)`,
      `async AppRender (/app/node_modules/next/dist/compiled/next-server/app-page.runtime.prod.js:16:2391)`,
    ),
    stack(
      `TypeError: ${message}`,
      `${fn} (webpack-internal:///(rsc)/./src/app/${page}/page.tsx:19:9)`,
      `async AppRender (/srv/web/node_modules/next/dist/compiled/next-server/app-page.runtime.prod.js:16:2391)`,
    ),
    stack(`TypeError: ${message}`, `async ${fn} (webpack-internal:///(rsc)/./src/app/${page}/page.tsx:14:11)`),
  ],
});

const nest = (name: string, method: string, line: number): Group => {
  const service = `${name}Service`;
  const file = `${name.toLowerCase()}/${name.toLowerCase()}.service`;
  return {
    name: `Nest: ${service}.${method}`,
    stacks: [
      stack(
        `NotFoundException: ${name} 12 not found`,
        `${service}.${method} (/app/dist/${file}.js:${line}:19)`,
        tick,
        `async ${name}Controller.${method} (/app/dist/${name.toLowerCase()}/${name.toLowerCase()}.controller.js:30:16)`,
        `async /app/node_modules/@nestjs/core/router/router-execution-context.js:46:28`,
      ),
      stack(
        `NotFoundException: ${name} 99 not found`,
        `${service}.${method} (/home/node/api/dist/${file}.js:${line + 7}:19)`,
        tick,
        `async ${name}Controller.${method} (/home/node/api/dist/${name.toLowerCase()}/${name.toLowerCase()}.controller.js:31:16)`,
        `async /home/node/api/node_modules/.pnpm/@nestjs+core@11.0.1_abc/node_modules/@nestjs/core/router/router-proxy.js:9:17`,
      ),
      // An interceptor of a library is between.
      stack(
        `NotFoundException: ${name} 7 not found`,
        `${service}.${method} (/app/dist/${file}.js:${line}:19)`,
        `Observable._subscribe (/app/node_modules/rxjs/dist/cjs/internal/Observable.js:41:25)`,
        `async ${name}Controller.${method} (/app/dist/${name.toLowerCase()}/${name.toLowerCase()}.controller.js:30:16)`,
      ),
      // Windows.
      stack(
        `NotFoundException: ${name} 7 not found`,
        `${service}.${method} (C:\\app\\dist\\${file.replaceAll('/', '\\')}.js:${line}:19)`,
        `async ${name}Controller.${method} (C:\\app\\dist\\${name.toLowerCase()}\\${name.toLowerCase()}.controller.js:30:16)`,
      ),
      stack(
        `NotFoundException: ${name} 7 not found`,
        `async ${service}.${method} (file:///C:/app/dist/${file}.js:${line}:19)`,
        `async ${name}Controller.${method} (file:///C:/app/dist/${name.toLowerCase()}/${name.toLowerCase()}.controller.js:30:16)`,
      ),
    ],
  };
};

const fastify = (route: string, fn: string): Group => ({
  name: `Fastify: ${fn}`,
  stacks: [
    stack(
      `Error: upstream answered 502`,
      `${fn} (/usr/src/app/src/routes/${route}.ts:22:13)`,
      `Object.<anonymous> (/usr/src/app/src/routes/${route}.ts:61:18)`,
      `preHandlerCallback (/usr/src/app/node_modules/fastify/lib/handleRequest.js:126:37)`,
    ),
    stack(
      `Error: upstream answered 503`,
      `${fn} (/usr/src/app/src/routes/${route}.ts:25:13)`,
      `async Object.<anonymous> (/usr/src/app/src/routes/${route}.ts:66:12)`,
    ),
    // pnpm, and Yarn's archives.
    stack(
      `Error: upstream answered 502`,
      `${fn} (/usr/src/app/src/routes/${route}.ts:22:13)`,
      `Object.<anonymous> (/usr/src/app/src/routes/${route}.ts:61:18)`,
      `handler (/usr/src/app/node_modules/.pnpm/fastify@5.8.0/node_modules/fastify/lib/wrapThenable.js:9:1)`,
    ),
    stack(
      `Error: upstream answered 502`,
      `${fn} (/usr/src/app/src/routes/${route}.ts:22:13)`,
      `Object.<anonymous> (/usr/src/app/src/routes/${route}.ts:61:18)`,
      `handler (/root/.yarn/berry/cache/fastify-npm-5.8.0-1b2c3d4e5f-10c0.zip/node_modules/fastify/lib/wrapThenable.js:9:1)`,
    ),
    stack(
      `Error: upstream answered 504`,
      `async ${fn} (file:///usr/src/app/src/routes/${route}.ts:22:13)`,
      `async Object.<anonymous> (file:///usr/src/app/src/routes/${route}.ts:61:18)`,
    ),
  ],
});

const lambda = (handler: string, fn: string): Group => ({
  name: `Lambda: ${handler} ${fn}`,
  stacks: [
    stack(
      'ConditionalCheckFailedException: The conditional request failed',
      `throwDefaultError (/var/runtime/node_modules/@aws-sdk/node_modules/@smithy/smithy-client/dist-cjs/index.js:388:20)`,
      tick,
      `async ${fn} (/var/task/src/${handler}.js:41:5)`,
      `async Runtime.handler (/var/task/src/${handler}.js:12:3)`,
    ),
    stack(
      'ConditionalCheckFailedException: The conditional request failed',
      `async ${fn} (/var/task/src/${handler}.js:44:5)`,
      `async Runtime.handler (/var/task/src/${handler}.js:12:3)`,
      lambdaRuntime,
    ),
    stack(
      'ConditionalCheckFailedException: The conditional request failed',
      `de_CommandError (/opt/nodejs/node_modules/@aws-sdk/client-dynamodb/dist-cjs/index.js:1:9)`,
      `async ${fn} (/var/task/src/${handler}.js:41:5)`,
      `async Runtime.handler (/var/task/src/${handler}.js:12:3)`,
      lambdaRuntime,
    ),
    stack(
      'ConditionalCheckFailedException: The conditional request failed',
      `${fn} (file:///var/task/src/${handler}.js:41:5)`,
      `async Runtime.handler (file:///var/task/src/${handler}.js:12:3)`,
    ),
    stack(
      'ConditionalCheckFailedException: The conditional request failed',
      `async ${fn} (/var/task/src/${handler}.js:51:5)`,
      `async Runtime.handler (/var/task/src/${handler}.js:14:3)`,
      'Runtime.handleOnceNonStreaming (/var/runtime/index.js:1173:29)',
    ),
  ],
});

/** Chunks of Vite and webpack that keep the names of functions: their hash is another one after each build. */
const chunks = (chunk: string, fn: string): Group => ({
  name: `chunks: ${chunk} ${fn}`,
  stacks: ['8f3a9c1b', 'CmT7x_2Q', 'BYv-0aLk', '01ab23cd45ef67890123'].flatMap((hash, build) =>
    [
      stack(
        'RangeError: Invalid time value',
        `${fn} (/app/dist/server/chunks/${chunk}-${hash}.js:${210 + build}:17)`,
        `render (/app/dist/server/entry-server.${hash}.js:${31 + build}:5)`,
      ),
      stack(
        'RangeError: Invalid time value',
        `${fn} (file:///app/dist/server/chunks/${chunk}-${hash}.mjs:${210 + build}:17)`,
        `async render (file:///app/dist/server/entry-server.${hash}.mjs:${31 + build}:5)`,
      ),
    ].slice(0, build === 0 ? 2 : 1),
  ),
});

/** A bundle in one file, with all names kept: the function tells, not the file alone. */
const single = (fn: string): Group => ({
  name: `one bundle: ${fn}`,
  stacks: [1, 2, 3, 4, 5].map(build =>
    stack(
      `Error: ${fn} failed for account ${build * 7001}`,
      `${fn} (/app/dist/index.cjs:${3000 + build * 41}:11)`,
      `${build % 2 === 0 ? 'async ' : ''}main (/app/dist/index.cjs:${9000 + build * 13}:3)`,
      `node:internal/main/run_main_module:36:49`,
    ),
  ),
});

/** `eval`, templates that are compiled, code of a `vm`. */
const evaluated = (template: string): Group => ({
  name: `eval: ${template}`,
  stacks: [1, 2, 3, 4, 5].map(run =>
    stack(
      `ReferenceError: ${template}:${run + 3}\nprice is not defined`,
      `eval (eval at compile (/srv/app/node_modules/ejs/lib/ejs.js:${660 + run}:12), <anonymous>:${10 + run}:26)`,
      `${template} (/srv/app/node_modules/ejs/lib/ejs.js:${700 + run}:17)`,
      `renderPage (/srv/app/src/views/${template}.js:${20 + run}:9)`,
    ),
  ),
});

const wasm = (fn: string): Group => ({
  name: `wasm: ${fn}`,
  stacks: [1, 2, 3, 4, 5].map(build =>
    stack(
      'RuntimeError: unreachable',
      `image_lib.wasm.rust_panic (wasm://wasm/image_lib.wasm-00${build}a3c2e:wasm-function[${700 + build}]:0x5e${build}f1)`,
      `${fn} (wasm://wasm/image_lib.wasm-00${build}a3c2e:wasm-function[${500 + build}]:0x4a${build}22)`,
      `${fn} (/srv/app/src/images/${fn}.ts:${12 + build}:14)`,
    ),
  ),
});

/** As deep as it gets: V8 keeps ten frames by default, some keep more. */
const recursive = (fn: string): Group => ({
  name: `recursion: ${fn}`,
  stacks: [3, 10, 50, 100, 150].map(deep =>
    stack(
      'RangeError: Maximum call stack size exceeded',
      ...Array.from({ length: deep }, (_, i) => `${fn} (/srv/app/src/tree/${fn}.ts:${i % 2 === 0 ? 9 : 11}:10)`),
    ),
  ),
});

/** Two functions that call each other. */
const mutual = (a: string, b: string): Group => ({
  name: `recursion of two: ${a} and ${b}`,
  stacks: [4, 10, 11, 30, 60].map(deep =>
    stack(
      'RangeError: Maximum call stack size exceeded',
      ...Array.from(
        { length: deep },
        (_, i) => `${i % 2 === 0 ? a : b} (/srv/app/src/parse/${i % 2 === 0 ? a : b}.ts:${40 + i}:3)`,
      ),
    ),
  ),
});

const bun = (fn: string): Group => ({
  name: `Bun: ${fn}`,
  stacks: [
    stack('SyntaxError: JSON Parse error: Unexpected EOF', `parse (native)`, `${fn} (/app/src/jobs/${fn}.ts:8:21)`),
    stack(
      'SyntaxError: JSON Parse error: Unexpected EOF',
      `parse (unknown)`,
      `${fn} (/app/src/jobs/${fn}.ts:9:21)`,
      `processTicksAndRejections (native:7:39)`,
    ),
    stack('SyntaxError: JSON Parse error: Unexpected EOF', `${fn} (/home/bun/app/src/jobs/${fn}.ts:8:21)`),
    stack(
      'SyntaxError: JSON Parse error: Unexpected EOF',
      `JSON.parse (<anonymous>)`,
      `async ${fn} (/app/src/jobs/${fn}.ts:8:21)`,
    ),
    stack('SyntaxError: JSON Parse error: Unexpected EOF', `async ${fn} (/app/src/jobs/${fn}.ts:30:2)`, tick),
  ],
});

/** Callbacks without names, each in a file of its own. */
const anonymous = (file: string): Group => ({
  name: `anonymous: ${file}`,
  stacks: [
    stack('TypeError: items is not iterable', `/srv/app/src/queue/${file}.js:14:22`, `new Promise (<anonymous>)`),
    stack('TypeError: items is not iterable', `/srv/app/src/queue/${file}.js:18:22`, tick),
    stack('TypeError: items is not iterable', `<anonymous> (/srv/app/src/queue/${file}.js:14:22)`),
    stack('TypeError: items is not iterable', `async file:///srv/app/src/queue/${file}.js:14:22`),
    stack(
      'TypeError: items is not iterable',
      `Object.<anonymous> (/opt/releases/20261122T0200/src/queue/${file}.js:14:22)`,
      `Module._compile (node:internal/modules/cjs/loader:1554:14)`,
    ),
  ],
});

/** Errors of libraries without a frame of the application: it awaited something that had no stack left. Type and message decide. */
const libraryOnly = (type: string, message: (n: number) => string): Group => ({
  name: `of a library: ${type}`,
  stacks: [1, 2, 3, 4, 5].map(n =>
    stack(
      `${type}: ${message(n)}`,
      `TCPConnectWrap.afterConnect [as oncomplete] (node:net:${1600 + n}:16)`,
      `TCPConnectWrap.callbackTrampoline (node:internal/async_hooks:130:17)`,
    ),
  ),
});

const groups: readonly Group[] = [
  next('orders/[id]', 'OrderPage', "Cannot read properties of undefined (reading 'total')"),
  next('cart', 'CartPage', "Cannot read properties of undefined (reading 'items')"),
  next('search', 'generateMetadata', 'fetch failed'),
  nest('Orders', 'findOne', 41),
  nest('Orders', 'cancel', 77),
  nest('Users', 'findOne', 41),
  nest('Invoices', 'send', 18),
  fastify('rates', 'fetchRates'),
  fastify('stock', 'fetchStock'),
  fastify('rates', 'convertRates'),
  lambda('reserve', 'reserveSeat'),
  lambda('release', 'releaseSeat'),
  lambda('reserve', 'expireSeats'),
  chunks('calendar', 'formatDay'),
  chunks('calendar', 'formatWeek'),
  chunks('invoice-pdf', 'formatDay'),
  single('chargeAccount'),
  single('refundAccount'),
  single('closeAccount'),
  evaluated('invoice'),
  evaluated('receipt'),
  wasm('resize'),
  wasm('rotate'),
  recursive('walk'),
  recursive('flatten'),
  mutual('expression', 'term'),
  mutual('block', 'statement'),
  bun('importFeed'),
  bun('importPrices'),
  anonymous('drain'),
  anonymous('retry'),
  libraryOnly('ECONNREFUSED', n => `connect ECONNREFUSED 10.0.${n}.17:${5400 + n}`),
  libraryOnly('ETIMEDOUT', n => `connect ETIMEDOUT 10.0.${n}.17:6379`),
  libraryOnly('PrismaClientKnownRequestError', n => `Unique constraint failed on the fields: (\`email\`) in row ${n}`),
  next('admin', 'AdminPage', 'fetch failed'),
  nest('Invoices', 'findOne', 41),
  fastify('orders', 'fetchRates'),
  lambda('audit', 'reserveSeat'),
  single('openAccount'),
  anonymous('poll'),
];

test('[I1] of an independent set, 200 stacks of 40 errors as frameworks, bundlers and runtimes write them, are put together with a pairwise F1 of at least 0.95', () => {
  const all = groups.flatMap(({ name, stacks }, group) =>
    stacks.map(stacktrace => {
      const [, type = '', message = ''] = /^([^:\n]*): ([\s\S]*?)(?=\n {4}at |$)/.exec(stacktrace) ?? [];
      return { group, name, fingerprint: errorFingerprint({ type, message, stacktrace }).join() };
    }),
  );
  expect([groups.length, all.length]).toEqual([40, 200]);
  let [both, together, same] = [0, 0, 0];
  const apart = new Set<string>();
  const mixed = new Set<string>();
  for (let a = 0; a < all.length; a++) {
    for (let b = a + 1; b < all.length; b++) {
      const [one, other] = [all[a], all[b]];
      if (one === undefined || other === undefined) continue;
      const isSame = one.group === other.group;
      const isTogether = one.fingerprint === other.fingerprint;
      if (isSame && isTogether) both++;
      if (isTogether) together++;
      if (isSame) same++;
      if (isSame && !isTogether) apart.add(one.name);
      if (!isSame && isTogether) mixed.add(`${one.name} = ${other.name}`);
    }
  }
  const [precision, recall] = [both / together, both / same];
  const f1 = (2 * precision * recall) / (precision + recall);
  expect({ f1: f1 >= 0.95, apart: [...apart], mixed: [...mixed] }).toEqual({ f1: true, apart: [], mixed: [] });
});
