import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ParseError } from './parse-error.js';
import { parseExpr, parseSelector } from './parse-expr.js';

const everything = { experimentalFunctions: true, durationExpressions: true };

/** What is said about a text; undefined when nothing is wrong with it. */
function faultOf(text: string, options = {}): string | undefined {
  try {
    parseExpr(text, options);
    return undefined;
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
}

test('a query becomes a tree that knows where everything stands', () => {
  const text = 'sum by (job) (rate(http_requests_total{code=~"5.."}[5m] offset 1h)) > 1';
  const selector = text.indexOf('http_requests_total');
  expect(parseExpr(text)).toEqual({
    kind: 'binary',
    op: '>',
    bool: false,
    matching: undefined,
    left: {
      kind: 'aggregate',
      op: 'sum',
      grouping: ['job'],
      without: false,
      param: undefined,
      expr: {
        kind: 'call',
        func: 'rate',
        args: [
          {
            kind: 'matrixSelector',
            vector: {
              kind: 'vectorSelector',
              name: 'http_requests_total',
              matchers: [
                { name: 'code', op: '=~', value: '5..' },
                { name: '__name__', op: '=', value: 'http_requests_total' },
              ],
              offsetMs: 3_600_000,
              offsetExpr: undefined,
              at: undefined,
              start: selector,
              end: text.indexOf('['),
            },
            rangeMs: 300_000,
            rangeExpr: undefined,
            start: selector,
            end: text.indexOf('))'),
          },
        ],
        start: text.indexOf('rate'),
        end: text.indexOf('))') + 1,
      },
      start: 0,
      end: text.indexOf(' >'),
    },
    right: { kind: 'numberLiteral', value: 1, isDuration: false, start: text.length - 1, end: text.length },
    start: 0,
    end: text.length,
  });
});

/** An expression with a pair of parentheses around everything that holds something together. */
function nested(text: string): string {
  const walk = (expr: ReturnType<typeof parseExpr>): string => {
    if (expr.kind === 'binary') return `(${walk(expr.left)} ${expr.op} ${walk(expr.right)})`;
    if (expr.kind === 'unary') return `(${expr.op} ${walk(expr.expr)})`;
    if (expr.kind === 'numberLiteral') return String(expr.value);
    return expr.kind === 'vectorSelector' ? expr.name : expr.kind;
  };
  return walk(parseExpr(text));
}

test.each([
  ['a - b - c', '((a - b) - c)'],
  ['a ^ b ^ c', '(a ^ (b ^ c))'],
  ['a + b * c ^ d', '(a + (b * (c ^ d)))'],
  ['a or b and c unless d', '(a or ((b and c) unless d))'],
  ['a == b + c atan2 d', '(a == (b + (c atan2 d)))'],
  ['-a ^ b', '(- (a ^ b))'],
  ['-a * b', '((- a) * b)'],
  ['-1 ^ 2', '(- (1 ^ 2))'],
  ['2 ^ -1 * 3', '((2 ^ -1) * 3)'],
  ['1 - -1', '(1 - -1)'],
  ['- -a', '(- (- a))'],
])('%s is read as %s', (text, expected) => {
  expect(nested(text)).toBe(expected);
});

test('the words of the language may name metrics and labels', () => {
  for (const name of ['sum', 'by', 'offset', 'and', 'start', 'topk', 'without', 'SUM', 'limitk', 'step']) {
    expect(parseExpr(name)).toMatchObject({ kind: 'vectorSelector', name });
    expect(parseExpr(`${name}{on="1", bool!="2"}`)).toMatchObject({
      name,
      matchers: [{ name: 'on' }, { name: 'bool' }, {}],
    });
  }
  expect(parseExpr('sum by (by, on, offset, group_left, END) (sum)')).toMatchObject({
    grouping: ['by', 'on', 'offset', 'group_left', 'END'],
  });
});

test('names in any script are written in quotes', () => {
  expect(parseExpr('{"größe.m", "métier"=~"b.*"}')).toMatchObject({
    name: '',
    matchers: [
      { name: '__name__', op: '=', value: 'größe.m' },
      { name: 'métier', op: '=~', value: 'b.*' },
    ],
  });
});

test('offset and @ belong to the selector right before them, in any order', () => {
  expect(parseExpr('a + b offset 5m')).toMatchObject({ right: { offsetMs: 300_000 } });
  expect(parseExpr('b @ 1.5 offset -5m')).toMatchObject({ at: 1500, offsetMs: -300_000 });
  expect(parseExpr('b[5m] offset 1w @ end()')).toMatchObject({ vector: { at: 'end', offsetMs: 604_800_000 } });
  expect(parseExpr('b[5m:1m] @ START() offset 90')).toMatchObject({ at: 'start', offsetMs: 90_000, stepMs: 60_000 });
  expect(parseExpr('b offset 5m * 2')).toMatchObject({ op: '*', left: { offsetMs: 300_000 } });
  expect(parseExpr('b @ -0.0005')).toMatchObject({ at: -1 });
});

test('comments and line ends count as blanks', () => {
  expect(parseExpr('a # first\n  + # then\n b{ # here\n x="1" }')).toMatchObject({ op: '+', right: { name: 'b' } });
});

/** Each with Prometheus 3.5's own answer. */
test.each([
  ['', 'unknown position: parse error: no expression found in input'],
  ['  # nothing\n', '1:1: parse error: no expression found in input'],
  ['up +', '1:5: parse error: unexpected end of input'],
  ['(up', '1:4: parse error: unclosed left parenthesis'],
  ['up)', `1:4: parse error: unexpected right parenthesis ')'`],
  ['up[5m', '1:6: parse error: unclosed left bracket'],
  ['up[', '1:4: parse error: unexpected end of input in duration expression'],
  ['up]', `1:3: parse error: unexpected right bracket ']'`],
  ['up{', '1:4: parse error: unexpected end of input inside braces'],
  ['up}', `1:3: parse error: unexpected character: '}'`],
  ['up $', `1:4: parse error: unexpected character: '$'`],
  ['up\n  é', `2:3: parse error: unexpected character: 'é'`],
  ['{a="é"} é', `1:10: parse error: unexpected character: 'é'`],
  ['up ! 1', `1:4: parse error: unexpected character after '!': ' '`],
  ['up =~ 1', `1:4: parse error: unexpected character after '=': '~'`],
  ['up = 1', '1:4: parse error: unexpected "="'],
  ['up up', '1:4: parse error: unexpected identifier "up"'],
  ['up 5', '1:4: parse error: unexpected number "5"'],
  ['up "a long string"', '1:4: parse error: unexpected string "\\"a long st"...'],
  ['sum up', '1:5: parse error: unexpected identifier "up"'],
  ['sum(a b)', '1:7: parse error: unexpected identifier "b" in aggregation'],
  ['sum(a) by b', '1:11: parse error: unexpected identifier "b" in grouping opts, expected "("'],
  ['sum by (5) (a)', '1:9: parse error: unexpected number "5" in grouping opts, expected label'],
  ['sum by (a b) (c)', '1:11: parse error: unexpected identifier "b" in grouping opts, expected "," or ")"'],
  ['sum by (a) (b) by (c)', '1:16: parse error: unexpected <by>'],
  ['sum()', '1:1: parse error: no arguments for aggregate expression provided'],
  ['topk(a)', '1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1'],
  [
    'limitk(1, a)',
    '1:1: parse error: limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions',
  ],
  ['a{5}', `1:3: parse error: unexpected character inside braces: '5'`],
  ['a{b}', '1:4: parse error: unexpected "}" in label matching, expected label matching operator'],
  ['a{b=c}', '1:5: parse error: unexpected identifier "c" in label matching, expected string'],
  ['a{b="c" d}', '1:9: parse error: unexpected identifier "d" in label matching, expected "," or "}"'],
  ['a{,}', '1:3: parse error: unexpected "," in label matching, expected identifier or "}"'],
  ['a{b=~"["}', '1:3: parse error: error parsing regexp: missing closing ]: `[`'],
  ['a{b=~"(c"}', '1:3: parse error: error parsing regexp: missing closing ): `(c`'],
  ['a{__name__="b"}', '1:1: parse error: metric name must not be set twice: "a" or "b"'],
  ['{}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
  ['{a=~".*", b!="c"}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
  ['a[]', '1:3: parse error: unexpected "]" in subquery selector, expected number or duration'],
  ['a[0]', '1:3: parse error: duration must be greater than 0'],
  ['a[5m:1m:2m]', `1:8: parse error: unexpected colon ':'`],
  ['a[5mm]', '1:3: parse error: bad number or duration syntax: "5mm"'],
  ['a[5m1h]', '1:3: parse error: not a valid duration string: "5m1h"'],
  ['a[5m+1m]', '1:3: parse error: experimental duration expression is not enabled'],
  ['a[1000y]', '1:3: parse error: duration out of range'],
  ['a[b]', `1:3: parse error: unexpected character in duration expression: 'b'`],
  ['(a)[5m]', '1:4: parse error: ranges only allowed for vector selectors'],
  ['a offset 1m [5m]', '1:13: parse error: no offset modifiers allowed before range'],
  ['a @ 5 [5m]', '1:7: parse error: no @ modifiers allowed before range'],
  ['a offset b', '1:10: parse error: unexpected identifier "b" in offset, expected number or duration'],
  ['a offset 1m offset 2m', '1:1: parse error: offset may not be set multiple times'],
  [
    '1 offset 1m',
    '1:1: parse error: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery',
  ],
  ['a @ b', '1:5: parse error: unexpected identifier "b" in @, expected timestamp'],
  ['a @ 1 @ 2', '1:1: parse error: @ <timestamp> may not be set multiple times'],
  ['a @ -Inf', '1:1: parse error: timestamp out of bounds for @ modifier: -Inf'],
  [
    'sum(a) @ 1',
    '1:1: parse error: @ modifier must be preceded by an instant vector selector or range vector selector or a subquery',
  ],
  ['a[5m][5m:]', '1:1: parse error: subquery is only allowed on instant vector, got matrix instead'],
  ['nope(a)', '1:1: parse error: unknown function with name "nope"'],
  ['__proto__(a)', '1:1: parse error: unknown function with name "__proto__"'],
  ['mad_over_time(a[5m])', '1:1: parse error: function "mad_over_time" is not enabled'],
  ['rate(a)', '1:6: parse error: expected type range vector in call to function "rate", got instant vector'],
  ['rate(a[5m], 1)', '1:1: parse error: expected 1 argument(s) in call to "rate", got 2'],
  ['round()', '1:1: parse error: expected at least 1 argument(s) in call to "round", got 0'],
  ['hour(a, b)', '1:1: parse error: expected at most 1 argument(s) in call to "hour", got 2'],
  ['abs(a,)', '1:6: parse error: trailing commas not allowed in function call args'],
  ['topk("x", a)', '1:6: parse error: expected type scalar in aggregation parameter, got string'],
  ['sum(1)', '1:5: parse error: expected type instant vector in aggregation expression, got scalar'],
  [
    '-"a"',
    '1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got "string"',
  ],
  ['a + "b"', '1:5: parse error: binary expression must contain only scalar and instant vector types'],
  ['1 == 2', '1:3: parse error: comparisons between scalars must use BOOL modifier'],
  ['a + bool b', '1:3: parse error: bool modifier can only be used on comparison operators'],
  ['a and 1', '1:1: parse error: set operator "and" not allowed in binary scalar expression'],
  ['a + on(b) 1', '1:1: parse error: vector matching only allowed between instant vectors'],
  ['a and on(b) group_left c', '1:1: parse error: no grouping allowed for "and" operation'],
  ['a + group_left(b) c', '1:5: parse error: unexpected <group_left>'],
  ['a + on(b) group_left(b) c', '1:3: parse error: label "b" must not occur in ON and GROUP clause at once'],
  ['2.5.', '1:1: parse error: bad number or duration syntax: "2.5."'],
  ['1__0', '1:1: parse error: bad number or duration syntax: "1__"'],
  ['1e999', '1:1: parse error: error parsing number: strconv.ParseFloat: parsing "1e999": value out of range'],
  ['"a', '1:1: parse error: unterminated quoted string'],
  ['`a', '1:1: parse error: unterminated raw string'],
  ['"\\q"', `1:1: parse error: unknown escape sequence U+0071 'q'`],
  ['"\\xzz"', `1:1: parse error: illegal character U+007A 'z' in escape sequence`],
  ['"\\ud800"', '1:1: parse error: escape sequence is an invalid Unicode code point'],
  ['"\ufffd"', '1:1: parse error: invalid UTF-8 rune'],
])('%s is refused: %s', (text, message) => {
  expect(faultOf(text)).toBe(message);
});

test('what is experimental is read when it is switched on', () => {
  expect(faultOf('limitk(1, mad_over_time(a[5m]))', { experimentalFunctions: true })).toBeUndefined();
  expect(faultOf('rate(a[5m * 2 - min(1m, step())] offset -(step()))', { durationExpressions: true })).toBeUndefined();
  expect(faultOf('a[5m / 0]', { durationExpressions: true })).toBe('1:6: parse error: division by zero');
  expect(faultOf('a[5m, 1]', { durationExpressions: true })).toContain(`unexpected`);
});

test('the second argument of info only names labels', () => {
  expect(faultOf('info(a, {b=~".*"})', everything)).toBeUndefined();
  expect(faultOf('info(a, b)', everything)).toBe(
    '1:9: parse error: expected label selectors only, got vector selector instead',
  );
  expect(faultOf('info(a, 1)', everything)).toBe(
    '1:1: parse error: expected type instant vector in call to function "info", got scalar',
  );
});

test('a selector alone is read as match[] wants it', () => {
  expect(parseSelector('up{job!~"a|b"}')).toEqual([
    { name: 'job', op: '!~', value: 'a|b' },
    { name: '__name__', op: '=', value: 'up' },
  ]);
  expect(() => parseSelector('rate(up)')).toThrow('1:5: parse error: unexpected "("');
  expect(() => parseSelector('1')).toThrow('unexpected number "1"');
  expect(() => parseSelector('{a=""}')).toThrow('at least one non-empty matcher');
});

test.each([
  ['parentheses', '('.repeat(100_000), 'nested deeper than 500 levels'],
  ['signs', `${'-'.repeat(100_000)}1`, 'nested deeper than 500 levels'],
  ['calls', `${'abs('.repeat(100_000)}a`, 'nested deeper than 500 levels'],
  ['durations', `a[${'('.repeat(100_000)}`, 'nested deeper than 500 levels'],
  ['powers', '1^'.repeat(100_000), 'nested deeper than 500 levels'],
  ['operators', `1${'+1'.repeat(400_000)}`, 'nested deeper than 1500 levels'],
  ['subqueries', `a${'[5m:]'.repeat(100_000)}`, 'nested deeper than 1500 levels'],
  ['duration operators', `a[1${'+1'.repeat(400_000)}]`, 'nested deeper than 500 levels'],
  ['matchers', `{${'a=~"b",'.repeat(120_000)}}`, 'more than 20000 label matchers'],
  ['patterns', `{${'a=~"b?",'.repeat(120_000)}}`, 'more than 20000 label matchers'],
  ['repetitions', `{${'a=~"(bcd){999}",'.repeat(60_000)}}`, 'too large together'],
  ['length', 'a'.repeat(2_000_000), 'query is longer than 1048576 characters'],
])('a megabyte of %s ends soon with a clear error', (_, text, message) => {
  const before = process.cpuUsage();
  expect(faultOf(text, everything)).toContain(message);
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000);
});

test('a query as deep as allowed is read', () => {
  expect(faultOf(`${'('.repeat(499)}a${')'.repeat(499)}`)).toBeUndefined();
  expect(faultOf(`a${' or a'.repeat(1400)}`)).toBeUndefined();
});

test('whatever the text, the answer is an expression or a parse error', () => {
  const piece = fc.constantFrom(
    'sum',
    'by',
    '(',
    ')',
    '{',
    '}',
    '[',
    ']',
    '5m',
    '1',
    '"a"',
    "'",
    '`',
    '\\',
    'a',
    '=',
    '=~',
    '!',
    '@',
    'offset',
    '-',
    '+',
    '^',
    '==',
    ' ',
    '\n',
    '#',
    ',',
    ':',
    'on',
    'group_left',
    'bool',
    'start()',
    'rate',
    '0x',
    '1e',
    '_',
    'é',
    '\ud800',
    '\u0000',
    'inf',
    'step()',
    'min',
    '__proto__',
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 15 }).map(all => all.join('')),
    fc.array(piece, { maxLength: 15 }).map(all => all.join(' ')),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(text, drawn => {
      // `faultOf` throws everything that is no parse error.
      for (const options of [{}, everything]) expect(typeof faultOf(drawn, options)).not.toBe('object');
    }),
    { numRuns: 10_000 },
  );
});
