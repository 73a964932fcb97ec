import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SearchError, type SearchNode, type SearchSignal } from './ast.js';
import { completionContext } from './completion.js';
import { parseDurationNs } from './duration.js';
import { fieldCatalogue } from './field-catalogue.js';
import { parseSearch } from './parse-search.js';
import { printSearch } from './print-search.js';

/** The tree in one line, without places. */
function shape(node: SearchNode): string {
  switch (node.kind) {
    case 'everything':
      return 'everything';
    case 'and':
    case 'or':
      return `${node.kind}[${node.nodes.map(shape).join(', ')}]`;
    case 'not':
      return `not ${shape(node.node)}`;
    case 'text':
      return JSON.stringify(node.pattern);
    case 'has':
      return `has ${node.field.source} ${node.field.key}`;
    case 'match':
      return `${node.field.source} ${node.field.key} = ${JSON.stringify(node.patterns)}`;
    case 'compare':
      return `${node.field.source} ${node.field.key} ${node.operator} ${node.number}`;
  }
}

const spans = (text: string): string => shape(parseSearch(text, 'spans'));
const logs = (text: string): string => shape(parseSearch(text, 'logs'));

function failure(text: string, signal: SearchSignal = 'spans'): string {
  try {
    parseSearch(text, signal);
  } catch (error) {
    if (error instanceof SearchError) return `${error.place.from}-${error.place.to} ${error.message}`;
    throw error;
  }
  return 'no error';
}

test('terms side by side must all hold', () => {
  expect(spans('service:checkout status:error duration>200ms http.route:"/orders/:id" "free text"')).toBe(
    'and[builtin service = [["checkout"]], builtin status = [["error"]], builtin duration > 200000000, ' +
      'attribute http.route = [["/orders/:id"]], ["free text"]]',
  );
});

test('OR binds weaker than AND, and parentheses change that', () => {
  expect(spans('a b OR c')).toBe('or[and[["a"], ["b"]], ["c"]]');
  expect(spans('a AND (b OR c)')).toBe('and[["a"], or[["b"], ["c"]]]');
  expect(spans('((a))')).toBe('["a"]');
  expect(spans('a or b')).toBe('and[["a"], ["or"], ["b"]]');
});

test('a minus, NOT and != deny', () => {
  expect(spans('-status:error')).toBe('not builtin status = [["error"]]');
  expect(spans('NOT (a OR b)')).toBe('not or[["a"], ["b"]]');
  expect(spans('tenant!=acme')).toBe('not builtin tenant = [["acme"]]');
  expect(spans('well-known')).toBe('["well-known"]');
});

test('stars are wildcards unless quoted or escaped', () => {
  expect(spans('http.route:/orders/*')).toBe('attribute http.route = [["/orders/",""]]');
  expect(spans('name:"a*b"')).toBe('builtin name = [["a*b"]]');
  expect(spans(String.raw`name:a\*b*`)).toBe('builtin name = [["a*b",""]]');
});

test('a list of values means any of them', () => {
  expect(spans('service:(cart OR "check out", pay)')).toBe('builtin service = [["cart"],["check out"],["pay"]]');
});

test('comparisons read units, levels and plain numbers', () => {
  expect(spans('duration >= 1.5s')).toBe('builtin duration >= 1500000000');
  expect(spans('duration:<1h30m')).toBe('builtin duration < 5400000000000');
  expect(logs('level>=warn')).toBe('builtin level >= 13');
  expect(spans('cart.items>3')).toBe('attribute cart.items > 3');
});

test('a key is a built-in field, an attribute or a resource attribute', () => {
  expect(spans('service.name:a')).toBe('builtin service = [["a"]]');
  expect(spans('resource.host.name:a')).toBe('resource host.name = [["a"]]');
  expect(spans('"name":a')).toBe('attribute name = [["a"]]');
  expect(spans('has:user.id')).toBe('has attribute user.id');
  expect(logs('duration:5')).toBe('attribute duration = [["5"]]');
});

test('a value may hold colons, slashes and equals signs', () => {
  expect(spans('url:http://a.b/c?d=e')).toBe('attribute url = [["http://a.b/c?d=e"]]');
});

test('an empty query matches everything', () => {
  expect(spans('   ')).toBe('everything');
});

test('every error names its place and what to write instead', () => {
  const broken = [
    'service:',
    'status:eror',
    'duration>200',
    '(a',
    'a)',
    'a OR',
    'AND a',
    '"open',
    'service:(a b) x',
    'service:(a AND b)',
    'service:()',
    'status>ok',
    'cart.items>many',
    'wait>5ms',
    'has:a*',
    'trace_id:123',
    'duration:fast',
    '()',
    `${'('.repeat(40)}a`,
    'x '.repeat(200),
    'y'.repeat(5000),
  ];
  expect(broken.map(text => `${text.slice(0, 20).padEnd(22)}${failure(text)}`).join('\n')).toMatchInlineSnapshot(`
    "service:              0-8 service: needs a value: write it directly behind, as service:x, or "" for empty.
    status:eror           7-11 Unknown status "eror": one of unset, ok, error.
    duration>200          9-12 A duration needs a number with a unit (ns us ms s m h), as 200ms.
    (a                    0-1 This parenthesis is never closed: add ")".
    a)                    1-2 This ")" closes nothing: remove it, or quote it.
    a OR                  4-4 The query ends where a term is expected: write one, or remove what stands before.
    AND a                 0-3 AND needs a term on both sides; quote it to search for the word.
    "open                 0-5 This quote is never closed: add ".
    service:(a b) x       no error
    service:(a AND b)     11-14 A list holds values with OR between them: service:(a OR b).
    service:()            8-9 The list is empty: write service:(a OR b).
    status>ok             0-9 status has no order: write status:error.
    cart.items>many       11-15 cart.items> needs a number, as cart.items>5.
    wait>5ms              5-8 wait> needs a number, as wait>5. Units work with duration only.
    has:a*                0-6 has: takes the name of one field, as has:user.id.
    trace_id:123          9-12 A trace_id has 32 hex digits.
    duration:fast         9-13 A duration needs a number with a unit (ns us ms s m h), as 200ms.
    ()                    0-1 Nothing stands between these parentheses: remove them.
    ((((((((((((((((((((  25-26 More than 24 parentheses or negations inside each other: simplify the query.
    x x x x x x x x x x   200-201 More than 100 terms: use fewer, or a wildcard.
    yyyyyyyyyyyyyyyyyyyy  4096-5000 The query is longer than 4096 characters: shorten it."
  `);
});

const word = fc.oneof(
  fc.string({ minLength: 1, maxLength: 8 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
  fc.constantFrom(
    'AND',
    'OR',
    'NOT',
    'has',
    'name',
    '-x',
    'a:b',
    '"',
    '\\',
    'a"b',
    '*',
    '/orders/:id',
    'resource.x',
    'x)',
  ),
);
const pattern = fc.array(fc.oneof(word, fc.constant('')), { minLength: 1, maxLength: 3 });
const place = { from: 0, to: 0 };

/** Any tree the parser can make: flat and/or, patterns without a star beside a star. */
const anyNode = fc.letrec<{ node: SearchNode }>(tie => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    pattern.map(pieces => ({ kind: 'text', pattern: tidy(pieces), place }) satisfies SearchNode),
    word.map(key => ({ kind: 'has', field: { source: 'attribute', key }, place }) satisfies SearchNode),
    fc
      .record({
        key: word,
        pieces: fc.array(pattern, { minLength: 1, maxLength: 3 }),
        source: fc.constantFrom('attribute', 'resource'),
      })
      .map(({ key, pieces, source }): SearchNode => ({
        kind: 'match',
        field: { source, key },
        patterns: [tidy(pieces[0] ?? ['x']), ...pieces.slice(1).map(tidy)],
        place,
      })),
    fc
      .record({ number: fc.integer(), operator: fc.constantFrom('>', '>=', '<', '<=') })
      .map(({ number, operator }): SearchNode => ({
        kind: 'compare',
        field: { source: 'attribute', key: 'n' },
        operator,
        text: String(number),
        number,
        place,
      })),
    tie('node').map((node): SearchNode => ({ kind: 'not', node })),
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('node'), { minLength: 2, maxLength: 3 }))
      .map(([kind, nodes]): SearchNode => ({
        kind,
        nodes: nodes.flatMap(node => (node.kind === kind ? node.nodes : [node])),
      })),
  ),
}));

/** Empty pieces in the middle are two stars side by side, which are one. */
function tidy(pieces: readonly string[]): [string, ...string[]] {
  const [first = '', ...rest] = pieces.filter((piece, i) => piece !== '' || i === 0 || i === pieces.length - 1);
  return rest.length === 1 && first === '' && rest[0] === '' ? ['', ''] : [first, ...rest];
}

test('what is printed means the same', () => {
  fc.assert(
    fc.property(anyNode.node, node => {
      const printed = printSearch(node, 'spans');
      expect(shape(parseSearch(printed, 'spans'))).toBe(shape(node));
    }),
    { numRuns: 1000 },
  );
});

/** What the parser says of a text: a tree, or an error with its place. */
function outcome(text: string): SearchNode | SearchError {
  try {
    return parseSearch(text, 'spans');
  } catch (error) {
    if (error instanceof SearchError) return error;
    throw error;
  }
}

test('any text is read or refused with a place inside it, and never breaks completion', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab:-*"\\()<>=, !ORANDT\n5ms') }), fc.nat(40), (text, cursor) => {
      const context = completionContext(text, cursor, 'spans');
      expect(context.from).toBeLessThanOrEqual(context.to);
      const read = outcome(text);
      const { from, to } = read instanceof SearchError ? read.place : { from: 0, to: 0 };
      expect(from).toBeLessThanOrEqual(to);
      expect(to).toBeLessThanOrEqual(text.length);
      const again = read instanceof SearchError ? read : outcome(printSearch(read, 'spans'));
      expect(again instanceof SearchError ? again.message : shape(again)).toBe(
        read instanceof SearchError ? read.message : shape(read),
      );
    }),
    { numRuns: 2000 },
  );
});

test('the examples in the catalogue are queries', () => {
  for (const signal of ['spans', 'logs'] as const) {
    for (const field of fieldCatalogue[signal]) expect(failure(field.example, signal)).toBe('no error');
  }
});

test('durations add up their parts', () => {
  expect(['200ms', '1.5s', '1h30m', '3µs', '3μs', '7ns', '5', '', '5x'].map(parseDurationNs)).toEqual([
    200e6,
    1.5e9,
    5400e9,
    3e3,
    3e3,
    7,
    undefined,
    undefined,
    undefined,
  ]);
});
