import { builtinField, levelNumbers, parseDurationNs } from '@bellwether/model';
import type { CompareOperator, FieldRef, Pattern, SearchNode, SearchSignal } from '@bellwether/model';
import { type Asker, type Statement, ask } from './asker.js';
import { lineMask, literalOf, patternExpression, variable } from './patterns/line-mask.js';

type Params = Statement['params'];

/**
 * A query of the search language as a condition on `spans` or `logs`.
 *
 * An attribute that a span lacks is looked up in its resource. Resources are few and stand in a table of their own, so each such term is asked there first
 * (`probes`, conditions on `resources`); what it finds becomes part of the condition, and a term that no resource can satisfy costs nothing.
 */
export interface CompiledSearch {
  readonly probes: readonly string[];
  /** `member(i)` is a condition that holds for rows whose resource satisfies probe i; undefined when none does. */
  condition(member: (probe: number) => string | undefined): string;
  readonly params: Params;
}

/** Compiles to SQL in which every text of the query is a parameter. `prefix` keeps the parameters of two searches in one statement apart. */
export function compileSearch(node: SearchNode, signal: SearchSignal, prefix = ''): CompiledSearch {
  const params: Record<string, string | number | readonly string[]> = {};
  const probes: string[] = [];
  const param = (type: string, value: string | number | readonly string[]): string => {
    const name = `${prefix}q${Object.keys(params).length}`;
    params[name] = value;
    return `{${name}:${type}}`;
  };
  const compiler: Compiler = {
    signal,
    text: value => param('String', value),
    // As text: a number beyond 2^53 is no parameter, and these need not be exact.
    number: value => param('Float64', String(value)),
    durationNs: value => param('UInt64', BigInt(Math.min(value, longestNs)).toString()),
    probe: condition => probes.push(condition) - 1,
  };
  const part = compile(node, compiler);
  return { probes, params, condition: part };
}

/** A condition on the table, for the searches that know which resources satisfy the probes. */
export interface Filter {
  readonly condition: string;
  readonly params: Params;
}

const maxListedResources = 5000;

/** Compiles, and asks `resources` which of them satisfy the terms that may be resource attributes. */
export async function searchFilter(asker: Asker, node: SearchNode, signal: SearchSignal, prefix = ''): Promise<Filter> {
  const { probes, params, condition } = compileSearch(node, signal, prefix);
  if (probes.length === 0) return { condition: condition(() => undefined), params };
  const columns = probes.map((probe, i) => `groupUniqArrayIf(${maxListedResources + 1})(id, ${probe}) AS r${i}`);
  const [row] = await ask<Record<string, readonly string[]>>(asker, {
    sql: `SELECT ${columns.join(', ')} FROM resources WHERE workspace = {workspace:String}`,
    params,
  });
  const found = probes.map((_, i) => row?.[`r${i}`] ?? []);
  const lists: Record<string, readonly bigint[]> = {};
  return {
    condition: condition(probe => {
      const ids = found[probe] ?? [];
      if (ids.length === 0) return undefined;
      if (ids.length > maxListedResources) return memberOf(probes[probe] ?? 'false');
      lists[`${prefix}r${probe}`] = ids.map(BigInt);
      return `resource_id IN {${prefix}r${probe}:Array(UInt64)}`;
    }),
    params: { ...params, ...lists },
  };
}

/** A condition that asks `resources` while it runs. */
export function memberOf(probe: string): string {
  return `resource_id IN (SELECT id FROM resources WHERE workspace = {workspace:String} AND ${probe})`;
}

/** The greatest double that a UInt64 holds: 584 years. */
const longestNs = 2 ** 64 - 2048;

interface Compiler {
  readonly signal: SearchSignal;
  text(value: string): string;
  number(value: number): string;
  durationNs(value: number): string;
  /** Registers a condition on `resources`; its number. */
  probe(condition: string): number;
}

type Part = CompiledSearch['condition'];

function compile(node: SearchNode, compiler: Compiler): Part {
  switch (node.kind) {
    case 'everything':
      return () => 'true';
    case 'and':
    case 'or': {
      const parts = node.nodes.map(inner => compile(inner, compiler));
      return member => `(${parts.map(part => part(member)).join(node.kind === 'and' ? ' AND ' : ' OR ')})`;
    }
    case 'not': {
      const inner = compile(node.node, compiler);
      return member => `NOT (${inner(member)})`;
    }
    case 'text': {
      const sql = freeText(node.pattern, compiler);
      return () => sql;
    }
    case 'has':
      return existence(node.field, compiler);
    case 'match':
      return matching(node.field, node.patterns, compiler);
    case 'compare':
      return comparing(node.field, node.operator, node.number, compiler);
  }
}

/** Case does not matter in free text. A whole trace id finds its trace. */
function freeText(pattern: Pattern, compiler: Compiler): string {
  const like = compiler.text(`%${likePattern(pattern)}%`);
  const texts =
    compiler.signal === 'logs' ? `body ILIKE ${like}` : `(name ILIKE ${like} OR status_message ILIKE ${like})`;
  const isTraceId = pattern.length === 1 && /^[0-9a-f]{32}$/i.test(pattern[0]);
  return isTraceId ? `(trace_id = ${idText(16, compiler.text(pattern[0]))} OR ${texts})` : texts;
}

function likePattern(pattern: Pattern): string {
  return pattern.map(piece => piece.replaceAll(/[\\%_]/g, String.raw`\$&`)).join('%');
}

const isAnything = (pattern: Pattern): boolean => pattern.length > 1 && pattern.every(piece => piece === '');

/** Built-in fields that are one text column. */
const textColumns: Readonly<Record<string, string>> = {
  service: 'service',
  env: 'environment',
  version: 'version',
  tenant: 'tenant_id',
  name: 'name',
  'error.type': 'error_type',
  event: 'event_name',
};

/** Built-in fields that are an enumeration kept as a number: value i of the catalogue is number i. */
const numberColumns: Readonly<Record<string, string>> = { status: 'status_code', kind: 'kind' };

/** Bytes of the id columns. */
const idBytes: Readonly<Record<string, number>> = { trace_id: 16, span_id: 8 };

/** A plain `unhex` would lose zero bytes at the end of an id wherever sets are made of it. */
function idText(bytes: number, hex: string): string {
  return `toFixedString(unhex(${hex}), ${bytes})`;
}

const isRoot = "parent_span_id = unhex('0000000000000000')";

function existence(field: FieldRef, compiler: Compiler): Part {
  if (field.source !== 'builtin') {
    const key = compiler.text(field.key);
    return ownOrResource(field, key, map => `mapContains(${map}, ${key})`, compiler);
  }
  const sql = existenceOfBuiltin(field.key);
  return () => sql;
}

function existenceOfBuiltin(key: string): string {
  const text = textColumns[key];
  if (text !== undefined) return `${text} != ''`;
  const number = numberColumns[key];
  if (number !== undefined) return `${number} != 0`;
  const bytes = idBytes[key];
  if (bytes !== undefined) return `${key} != ${idText(bytes, `'${'00'.repeat(bytes)}'`)}`;
  if (key === 'http.status') return "http_status != ''";
  if (key === 'level') return 'severity_number != 0';
  return 'true'; // every span has a duration and is root or not
}

function matching(field: FieldRef, patterns: readonly Pattern[], compiler: Compiler): Part {
  if (patterns.some(isAnything)) return existence(field, compiler);
  if (field.source === 'builtin') {
    const sql = either(patterns.map(pattern => matchBuiltin(field.key, pattern, compiler)));
    return () => sql;
  }
  const key = compiler.text(field.key);
  const values = patterns.map(pattern => ({
    pattern,
    text: compiler.text(pattern.length === 1 ? pattern[0] : likePattern(pattern)),
  }));
  const matches = (map: string, isIndexed: boolean): string =>
    either(
      values.map(({ pattern, text }) => {
        if (pattern.length > 1) return `(mapContains(${map}, ${key}) AND ${map}[${key}] LIKE ${text})`;
        // An absent key reads as ''.
        if (pattern[0] === '') return `(mapContains(${map}, ${key}) AND ${map}[${key}] = '')`;
        // The second condition holds whenever the first does: it is there for the bloom filter on the values.
        const indexed = isIndexed ? ` AND has(mapValues(${map}), ${text})` : '';
        return `(${map}[${key}] = ${text}${indexed})`;
      }),
    );
  return ownOrResource(field, key, (map, isOwn) => matches(map, isOwn), compiler);
}

/** The span's or log's own attribute decides; only where it is absent, the resource's. */
function ownOrResource(
  field: FieldRef,
  key: string,
  condition: (map: string, isOwn: boolean) => string,
  compiler: Compiler,
): Part {
  const probe = compiler.probe(condition('attrs', false));
  if (field.source === 'resource') return member => member(probe) ?? 'false';
  const own = condition('attrs', true);
  return member => {
    const resource = member(probe);
    return resource === undefined ? own : `(${own} OR (NOT mapContains(attrs, ${key}) AND ${resource}))`;
  };
}

function matchBuiltin(key: string, pattern: Pattern, compiler: Compiler): string {
  const text = textColumns[key];
  if (text !== undefined) return equals(text, pattern, compiler);
  const number = numberColumns[key];
  const names = builtinField(compiler.signal, key)?.values ?? [];
  if (number !== undefined) {
    const numbers = names.flatMap((name, i) => (matchesName(name, pattern) ? [i] : []));
    return numbers.length === 0 ? 'false' : `${number} IN (${numbers.join(', ')})`;
  }
  const bytes = idBytes[key];
  if (bytes !== undefined) {
    return pattern.length === 1
      ? `${key} = ${idText(bytes, compiler.text(pattern[0]))}`
      : `lower(hex(${key})) LIKE ${compiler.text(likePattern(pattern).toLowerCase())}`;
  }
  switch (key) {
    case 'root':
      return either(
        names.filter(name => matchesName(name, pattern)).map(name => (name === 'true' ? isRoot : `NOT (${isRoot})`)),
      );
    case 'level':
      return either(names.filter(name => matchesName(name, pattern)).map(levelCondition));
    case 'duration':
      return `duration_ns = ${compiler.durationNs(parseDurationNs(pattern[0]) ?? 0)}`;
    case 'http.status':
      return matchHttpStatus(pattern, compiler);
    case 'pattern':
      return matchLogPattern(pattern.join(variable), compiler);
    default:
      throw new Error(`the field ${key} stands in the catalogue, but not in the compiler`);
  }
}

/** Lines whose mask is of that pattern; those that do not even hold its longest text are not masked. */
function matchLogPattern(pattern: string, compiler: Compiler): string {
  const literal = literalOf(pattern);
  const matches = `match(${lineMask}, ${compiler.text(patternExpression(pattern))})`;
  return literal === ''
    ? matches
    : `(position(if(body = '', event_name, body), ${compiler.text(literal)}) > 0 AND ${matches})`;
}

/** `5xx` stands for every code of its hundred. */
function matchHttpStatus(pattern: Pattern, compiler: Compiler): string {
  const hundred = /^([1-5])xx$/i.exec(pattern.join('*'))?.[1];
  if (hundred !== undefined) return `http_status LIKE ${compiler.text(`${hundred}__`)}`;
  return equals('http_status', pattern, compiler);
}

function equals(expression: string, pattern: Pattern, compiler: Compiler): string {
  return pattern.length === 1
    ? `${expression} = ${compiler.text(pattern[0])}`
    : `${expression} LIKE ${compiler.text(likePattern(pattern))}`;
}

function matchesName(name: string, pattern: Pattern): boolean {
  const pieces = pattern.map(piece => piece.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, String.raw`\$&`));
  return new RegExp(`^${pieces.join('.*')}$`).test(name);
}

/** A level is four severity numbers; `unset` is 0. */
function levelCondition(name: string): string {
  const lowest = levelNumbers[name] ?? 0;
  return lowest === 0 ? 'severity_number = 0' : `severity_number BETWEEN ${lowest} AND ${lowest + 3}`;
}

function comparing(field: FieldRef, operator: CompareOperator, number: number, compiler: Compiler): Part {
  if (field.source === 'builtin') {
    const sql = compareBuiltin(field.key, operator, number, compiler);
    return () => sql;
  }
  const key = compiler.text(field.key);
  const limit = compiler.number(number);
  return ownOrResource(field, key, map => compareText(`${map}[${key}]`, operator, limit), compiler);
}

function compareBuiltin(key: string, operator: CompareOperator, number: number, compiler: Compiler): string {
  switch (key) {
    case 'duration':
      return `duration_ns ${operator} ${compiler.durationNs(number)}`;
    case 'level': {
      // Above a level is above its highest number, up to a level includes that.
      const highest = number === 0 ? 0 : number + 3;
      return `severity_number ${operator} ${operator === '>' || operator === '<=' ? highest : number}`;
    }
    case 'http.status':
      return compareText('http_status', operator, compiler.number(number));
    default:
      throw new Error(`the field ${key} is ordered in the catalogue, but not in the compiler`);
  }
}

/** What is no number is neither above nor below. */
function compareText(expression: string, operator: CompareOperator, limit: string): string {
  return `ifNull(toFloat64OrNull(${expression}) ${operator} ${limit}, false)`;
}

function either(conditions: readonly string[]): string {
  if (conditions.length === 0) return 'false';
  return conditions.length === 1 ? conditions.join('') : `(${conditions.join(' OR ')})`;
}
