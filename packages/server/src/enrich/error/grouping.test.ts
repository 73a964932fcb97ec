import { expect, test } from 'vitest';
import { errorFingerprint, type SeenError } from './error-fingerprint.js';

/** What one error looks like each of five times: in other builds, folders, hosts, at other depths and with other libraries around it. */
type Variants = readonly SeenError[];

interface Place {
  readonly called: string;
  readonly file: string;
}

const verbs = ['pay', 'reserve', 'refund', 'ship', 'index', 'render', 'charge', 'sync', 'merge', 'quote'];
const nouns = ['order', 'cart', 'stock', 'invoice', 'label'];
const types = ['TypeError', 'RangeError', 'PaymentDeclined', 'Error', 'TimeoutError'];

/** Four calls of a service's own, the newest first; group `n` shares none of its first with another group. */
function calls(n: number): readonly Place[] {
  const verb = verbs[n % verbs.length] ?? '';
  const noun = nouns[Math.floor(n / verbs.length) % nouns.length] ?? '';
  return [
    { called: `${noun}.${verb}`, file: `src/${noun}/${verb}.ts` },
    { called: `handle${noun}`, file: `src/${noun}/routes.ts` },
    { called: 'withTenant', file: 'src/tenant/with-tenant.ts' },
    { called: '', file: 'src/main.ts' },
  ];
}

const libraries = [
  'at Layer.handle (/app/node_modules/express/lib/router/layer.js:95:5)',
  'at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
  'at next (/app/node_modules/fastify/lib/hooks.js:200:9)',
];

function text(type: string, message: string, lines: readonly string[]): SeenError {
  return { type, message, stacktrace: [`${type}: ${message}`, ...lines.map(line => `    ${line}`)].join('\n') };
}

const at = ({ called, file }: Place, root: string, position: string): string =>
  called === '' ? `at ${root}/${file}:${position}` : `at ${called} (${root}/${file}:${position})`;

/** Stacks of Node: moved, with other lines, `async` before a name, one call deeper by itself, and other libraries between. */
function nodeGroup(n: number): Variants {
  const type = types[n % types.length] ?? '';
  const own = calls(n);
  const lines = (root: string, line: number): string[] =>
    own.map((place, i) => at(place, root, `${line + i * 7}:${3 + i}`));
  const message = (id: number): string => `${nouns[n % nouns.length] ?? ''} ${id} could not be done`;
  const [first = '', ...rest] = lines('/srv/app', 10);
  return [
    text(type, message(1), lines('/srv/app', 10)),
    text(type, message(2), lines('/home/deploy/releases/20261121', 41)),
    text(type, message(3), [first, ...rest.map(line => line.replace(/^at (?=\w)/, 'at async '))]),
    text(type, message(4), [first, first.replace(':10:', ':12:'), first, ...rest]),
    text(type, message(5), [libraries[1] ?? '', first, libraries[n % 3] ?? '', ...rest, libraries[0] ?? '']),
  ];
}

/** Bundles whose names are other ones after each build: type and message are all that stays. */
function minifiedGroup(n: number): Variants {
  return Array.from({ length: 5 }, (_, build) => {
    const hash = ((build + 1) * 0x1357_9bdf * (n + 1)).toString(16).slice(0, 8).padStart(8, 'a');
    const names = ['a', 't.b', 'Xe', 'n'].map(name => name + String.fromCharCode(97 + ((build * 5 + n) % 26)));
    return text(
      'TypeError',
      `Cannot read properties of undefined (reading '${verbs[n % verbs.length] ?? ''}${n}')`.replace(/'/g, ''),
      names.map(
        (name, i) => `at ${name} (https://shop.example/assets/main.${hash}.js:1:${10_000 + build * 977 + i * 33})`,
      ),
    );
  });
}

/** No stack: what a log line says, with other ids, times and quoted names. */
function messageGroup(n: number): Variants {
  return Array.from({ length: 5 }, (_, i) => ({
    type: '',
    message: `${verbs[n % verbs.length] ?? ''} of ${nouns[n % nouns.length] ?? ''} ${1000 + i} for "${'abcde'[i] ?? ''}nn" gave up after ${i + 1}.5 s (request ${'0af3bc91de77'.repeat(2).slice(i, i + 12)})`,
    stacktrace: '',
  }));
}

/** Python and Java, as they come over OpenTelemetry. */
function pythonGroup(n: number): Variants {
  const verb = verbs[n % verbs.length] ?? '';
  return Array.from({ length: 5 }, (_, i) => ({
    type: 'ValueError',
    message: `bad ${verb} ${i}`,
    stacktrace: `Traceback (most recent call last):
  File "/srv/r${i}/app/${verb}_${n}.py", line ${12 + i}, in ${verb}
    run(x)
  File "/usr/lib/python3.1${i % 3}/site-packages/lib/x.py", line ${i}, in run
    raise ValueError()
ValueError: bad ${verb} ${i}`,
  }));
}

function javaGroup(n: number): Variants {
  const verb = verbs[n % verbs.length] ?? '';
  return Array.from({ length: 5 }, (_, i) => ({
    type: 'java.lang.IllegalStateException',
    message: `no ${verb}`,
    stacktrace: `java.lang.IllegalStateException: no ${verb}
\tat com.acme.S${n}.${verb}(S${n}.java:${80 + i})
\tat com.acme.S${n}.lambda$run$${i}(S${n}.java:${12 + i})
\tat java.base/java.util.ArrayList.forEach(ArrayList.java:${1500 + i})`,
  }));
}

const groups: readonly Variants[] = [
  ...Array.from({ length: 20 }, (_, n) => nodeGroup(n)),
  ...Array.from({ length: 6 }, (_, n) => minifiedGroup(n)),
  ...Array.from({ length: 6 }, (_, n) => messageGroup(n)),
  ...Array.from({ length: 4 }, (_, n) => pythonGroup(n)),
  ...Array.from({ length: 4 }, (_, n) => javaGroup(n)),
];

test('[I1] 200 stacks of 40 errors are put together with a pairwise F1 of at least 0.95', () => {
  const all = groups.flatMap((variants, group) =>
    variants.map(error => ({ group, fingerprint: errorFingerprint(error).join() })),
  );
  expect([groups.length, all.length]).toEqual([40, 200]);
  let [both, together, same] = [0, 0, 0];
  const apart = new Set<number>();
  for (let a = 0; a < all.length; a++) {
    for (let b = a + 1; b < all.length; b++) {
      const isSame = all[a]?.group === all[b]?.group;
      const isTogether = all[a]?.fingerprint === all[b]?.fingerprint;
      if (isSame && isTogether) both++;
      if (isTogether) together++;
      if (isSame) same++;
      if (isSame && !isTogether) apart.add(all[a]?.group ?? -1);
    }
  }
  const [precision, recall] = [both / together, both / same];
  const f1 = (2 * precision * recall) / (precision + recall);
  expect({ apart: [...apart], isGood: f1 >= 0.95, precision }).toEqual({ apart: [], isGood: true, precision: 1 });
});
