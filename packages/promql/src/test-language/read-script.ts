import { parseDuration } from '../parse/duration.js';
import { unquoted } from '../parse/quoting.js';
import type {
  Command,
  EvalCommand,
  EvalTimes,
  Expectation,
  LoadCommand,
  MessageMatch,
  ScriptSeries,
} from './script.js';
import { ScriptError } from './script-error.js';
import { readNumber } from './sequence-number.js';
import { readSeries } from './series-notation.js';

/** Longer scripts are refused. */
const maxScriptLength = 16 << 20;

const load = /^load(_with_nhcb)?\s+(\S+)$/i;
const evalInstant = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+at\s+(\S+)\s+(.+)$/i;
const evalRange = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.+)$/i;
const expectMessage = /^expect\s+(fail|warn|info)(?:\s+(msg|regex):(.+))?$/;
const expectFact = /^expect\s+(no_warn|no_info|ordered)$/;
const expectString = /^expect\s+string\s+("(?:[^"\\]|\\.)*"|`[^`]*`)$/;
const expectRange = /^expect\s+range\s+vector\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)$/;
const oldFailure = /^expected_fail_(message|regexp)\s+(.+)$/;

interface Line {
  readonly number: number;
  readonly text: string;
}

/**
 * Reads a script of Prometheus' test language, old and new forms alike: `load`, `clear` and `eval`, each with the lines below it
 * up to the next empty line or comment.
 *
 * Queries are not parsed here: that one is wrong may be what the script expects. Throws `ScriptError`.
 */
export function readScript(text: string): readonly Command[] {
  if (text.length > maxScriptLength)
    throw new ScriptError(1, `the script is longer than ${maxScriptLength} characters`);
  const commands: Command[] = [];
  for (const [head, ...body] of blocks(text)) {
    if (head === undefined) continue;
    commands.push(...readBlock(head, body));
  }
  return commands;
}

/** Runs of lines that are neither empty nor comments. */
function blocks(text: string): readonly (readonly Line[])[] {
  const found: Line[][] = [[]];
  for (const [at, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) found.push([]);
    else found.at(-1)?.push({ number: at + 1, text: line });
  }
  return found;
}

function readBlock(head: Line, body: readonly Line[]): readonly Command[] {
  const command = head.text.split(/\s/)[0]?.toLowerCase() ?? '';
  if (command.startsWith('load')) return [readLoad(head, body)];
  if (command.startsWith('eval')) return readEval(head, body);
  if (command !== 'clear') {
    throw new ScriptError(head.number, `unknown command "${command.slice(0, 40)}"; known: load, clear, eval`);
  }
  const [next, ...rest] = body;
  const cleared: Command = { kind: 'clear', line: head.number };
  return next === undefined ? [cleared] : [cleared, ...readBlock(next, rest)];
}

function readLoad(head: Line, body: readonly Line[]): LoadCommand {
  const found = load.exec(head.text);
  if (found === null) throw new ScriptError(head.number, 'expected: load[_with_nhcb] <step>');
  return {
    kind: 'load',
    line: head.number,
    stepMs: timeOf(found[2] ?? '', head.number),
    withCustomBuckets: found[1] !== undefined,
    series: body.map(line => readLine(line)),
  };
}

function readEval(head: Line, body: readonly Line[]): readonly Command[] {
  const { form, query, when } = readHead(head);
  const expectations: Expectation[] = form === undefined ? [] : [oldExpectation(form)];
  const series: ScriptSeries[] = [];
  let scalar: number | undefined;
  let at = 0;
  for (; at < body.length && scalar === undefined; at++) {
    const line = body[at];
    if (line === undefined) break;
    const failure = form === 'fail' ? oldFailure.exec(line.text) : null;
    if (failure !== null) {
      const message: MessageMatch =
        failure[1] === 'message'
          ? { kind: 'text', text: failure[2] ?? '' }
          : { kind: 'pattern', pattern: failure[2] ?? '' };
      expectations.splice(0, 1, { kind: 'fail', message });
      continue;
    }
    // A metric called "expect" is written `expect{}`.
    if (/^expect\s/.test(line.text)) expectations.push(readExpectation(line));
    else if (isNumber(line.text)) scalar = numberAt(line);
    else series.push(readLine(line));
  }
  refuseContradictions(head, expectations);
  const many = series.find(({ values }) => values.length > 1);
  const wantsRange = expectations.some(({ kind }) => kind === 'range vector');
  if (when.kind === 'instant' && many !== undefined && !wantsRange) {
    throw new ScriptError(many.line, 'an instant query gives one value for each series');
  }
  const command: EvalCommand = { kind: 'eval', line: head.number, query, when, expectations, scalar, series };
  // A lone number ends the command: the next one may follow at once.
  const [next, ...rest] = body.slice(at);
  return next === undefined ? [command] : [command, ...readBlock(next, rest)];
}

function readHead(head: Line): { readonly form: string | undefined; readonly query: string; readonly when: EvalTimes } {
  const instant = evalInstant.exec(head.text);
  if (instant !== null) {
    const [, form, at = '', query = ''] = instant;
    return { form: form?.toLowerCase(), query, when: { kind: 'instant', atMs: timeOf(at, head.number) } };
  }
  const range = evalRange.exec(head.text);
  if (range === null) {
    throw new ScriptError(
      head.number,
      'expected: eval[_fail|_warn|_info|_ordered] instant at <time> <query>, or eval[_fail|_warn|_info] range from <time> to <time> step <step> <query>',
    );
  }
  const [, form, from = '', to = '', step = '', query = ''] = range;
  const startMs = timeOf(from, head.number);
  const endMs = timeOf(to, head.number);
  const stepMs = timeOf(step, head.number);
  if (endMs < startMs) throw new ScriptError(head.number, `the end (${to}) is before the start (${from})`);
  if (stepMs <= 0) throw new ScriptError(head.number, 'the step must be greater than 0');
  return { form: form?.toLowerCase(), query, when: { kind: 'range', startMs, endMs, stepMs } };
}

function oldExpectation(form: string): Expectation {
  if (form === 'ordered') return { kind: 'ordered' };
  return { kind: form === 'fail' ? 'fail' : form === 'warn' ? 'warn' : 'info', message: { kind: 'any' } };
}

function readExpectation({ number, text }: Line): Expectation {
  const message = expectMessage.exec(text);
  if (message !== null) {
    const [, on, how, what = ''] = message;
    const wanted = what.trim();
    const match: MessageMatch =
      how === undefined
        ? { kind: 'any' }
        : how === 'msg'
          ? { kind: 'text', text: wanted }
          : { kind: 'pattern', pattern: wanted };
    return { kind: on === 'fail' ? 'fail' : on === 'warn' ? 'warn' : 'info', message: match };
  }
  const fact = expectFact.exec(text)?.[1];
  if (fact !== undefined) return { kind: fact === 'ordered' ? 'ordered' : fact === 'no_warn' ? 'no_warn' : 'no_info' };
  const string = expectString.exec(text)?.[1];
  if (string !== undefined) return { kind: 'string', value: unquoted(string) };
  const range = expectRange.exec(text);
  if (range !== null) {
    const [startMs = 0, endMs = 0, stepMs = 0] = range.slice(1).map(time => timeOf(time, number));
    return { kind: 'range vector', startMs, endMs, stepMs };
  }
  throw new ScriptError(
    number,
    'expected: expect fail|warn|info [msg:|regex: <text>], expect no_warn|no_info|ordered, expect string "<text>", or expect range vector from <time> to <time> step <step>',
  );
}

function refuseContradictions(head: Line, expectations: readonly Expectation[]): void {
  const count = (kind: Expectation['kind']): number => expectations.filter(one => one.kind === kind).length;
  for (const [some, none] of [
    ['info', 'no_info'],
    ['warn', 'no_warn'],
  ] as const) {
    if (count(some) > 0 && count(none) > 0) {
      throw new ScriptError(head.number, `expect ${some} and expect ${none} can not be used together`);
    }
  }
  if (count('fail') > 1) throw new ScriptError(head.number, 'expect fail may stand only once');
}

function readLine(line: Line): ScriptSeries {
  try {
    return { line: line.number, ...readSeries(line.text) };
  } catch (error) {
    throw new ScriptError(line.number, error instanceof Error ? error.message : String(error));
  }
}

function isNumber(text: string): boolean {
  return /^[+-]?(?:[0-9.]|inf$|nan$)/i.test(text);
}

function numberAt(line: Line): number {
  try {
    return readNumber(line.text, true);
  } catch (error) {
    throw new ScriptError(line.number, error instanceof Error ? error.message : String(error));
  }
}

/** Milliseconds of a time or step: a duration, perhaps with a minus. */
function timeOf(text: string, line: number): number {
  const sign = text.startsWith('-') ? -1 : 1;
  try {
    return sign * parseDuration(sign < 0 ? text.slice(1) : text);
  } catch (error) {
    throw new ScriptError(line, error instanceof Error ? error.message : String(error));
  }
}
