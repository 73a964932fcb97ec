import { severityNumberOf } from '../base/severity.js';
import { spanIdOfHex, traceIdOfHex } from './trace-id.js';

/**
 * What a log line says about itself, for protocols that bring lines of any program: its level, and the trace it belongs to. The line itself stays as it
 * was written. A line of JSON is read by its members (`level`, `severity`, `trace_id`, ...); any other by `level=warn` and `trace_id=...`, and else by a
 * level's word where a level stands: in capitals, in brackets, or before a colon.
 */
export interface LineFacts {
  readonly level?: Level | undefined;
  readonly traceId?: Uint8Array | undefined;
  readonly spanId?: Uint8Array | undefined;
}

/** `text` as it was written; `number` as OpenTelemetry counts it, 0 when the word is not known. */
export interface Level {
  readonly text: string;
  readonly number: number;
}

/** Names under which programs write a record's level, the surest first. */
export const levelNames: readonly string[] = [
  'level',
  'severity',
  'severity_text',
  'lvl',
  'loglevel',
  'log.level',
  'log_level',
  'levelname',
];
/** Names under which programs write the ids of the span in which a record was made. */
export const traceIdNames: readonly string[] = ['trace_id', 'traceId', 'traceID', 'traceid', 'trace.id', 'TraceId'];
export const spanIdNames: readonly string[] = ['span_id', 'spanId', 'spanID', 'spanid', 'span.id', 'SpanId'];

/** Lines of JSON longer than this are read as text. */
const maxJsonLength = 64 * 1024;
/** Of a line of text, as much is searched. */
const searchedLength = 2048;
const searchedForWord = 256;

/** Pino's and Bunyan's numbers. */
const numbered: ReadonlyMap<number, Level> = new Map([
  [10, { text: 'trace', number: 1 }],
  [20, { text: 'debug', number: 5 }],
  [30, { text: 'info', number: 9 }],
  [40, { text: 'warn', number: 13 }],
  [50, { text: 'error', number: 17 }],
  [60, { text: 'fatal', number: 21 }],
]);

/** A level as a program wrote it: a word, or a number of Pino's. Undefined when it is neither. */
export function levelOf(value: unknown): Level | undefined {
  if (typeof value === 'number') return numbered.get(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (text === '') return undefined;
  return /^\d+$/.test(text) ? numbered.get(Number(text)) : { text, number: severityNumberOf(text) };
}

export function readLine(line: string): LineFacts {
  if (line.startsWith('{') && line.length <= maxJsonLength) {
    const members = membersOf(line);
    if (members !== undefined) return factsOf(name => members.get(name));
  }
  const head = line.slice(0, searchedLength);
  return {
    level: levelOfText(head),
    traceId: idAfter(traceIdInText, head, traceIdOfHex),
    spanId: idAfter(spanIdInText, head, spanIdOfHex),
  };
}

/** The facts in a record that has members. */
export function factsOf(member: (name: string) => unknown): LineFacts {
  return {
    level: levelOf(firstOf(levelNames, member)),
    traceId: idOf(firstOf(traceIdNames, member), traceIdOfHex),
    spanId: idOf(firstOf(spanIdNames, member), spanIdOfHex),
  };
}

/** Is a member what a fact was read from? Then it needs not be told again. */
export function isTold(name: string, value: unknown, { level, traceId, spanId }: LineFacts): boolean {
  if (levelNames.includes(name)) return level !== undefined && levelOf(value)?.text === level.text;
  const [names, read, id] = traceIdNames.includes(name)
    ? ([traceIdNames, traceIdOfHex, traceId] as const)
    : ([spanIdNames, spanIdOfHex, spanId] as const);
  if (id === undefined || !names.includes(name)) return false;
  const same = idOf(value, read);
  return same !== undefined && Buffer.from(same).equals(id);
}

function firstOf(names: readonly string[], member: (name: string) => unknown): unknown {
  for (const name of names) {
    const value = member(name);
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
}

function membersOf(line: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}

const levelInText = /(?:^|[\s,|])(?:level|lvl|severity|loglevel)=["']?([A-Za-z]+)/;
const traceIdInText = /(?:^|[^\w-])trace[_.]?id["']?[=:] ?["']?([0-9a-f]{16,32})(?![0-9a-f])/i;
const spanIdInText = /(?:^|[^\w-])span[_.]?id["']?[=:] ?["']?([0-9a-f]{16})(?![0-9a-f])/i;
const capitals = /(?:^|[^A-Za-z_])(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL)(?![A-Za-z_])/;
const set = /(?:^|[[(<])(trace|debug|info|notice|warn|warning|error|err|critical|crit|fatal|panic)[\])>:]/i;

function levelOfText(head: string): Level | undefined {
  const written = levelInText.exec(head)?.[1];
  if (written !== undefined && severityNumberOf(written) > 0) return levelOf(written);
  const start = head.slice(0, searchedForWord);
  const word = (capitals.exec(start) ?? set.exec(start))?.[1];
  return word === undefined ? undefined : levelOf(word);
}

function idAfter(pattern: RegExp, head: string, read: (hex: string) => Uint8Array | undefined): Uint8Array | undefined {
  const hex = pattern.exec(head)?.[1];
  return hex === undefined ? undefined : read(hex);
}

/** Shorter than 64 bits it is another program's own numbering. */
function idOf(value: unknown, read: (hex: string) => Uint8Array | undefined): Uint8Array | undefined {
  return typeof value === 'string' && value.length >= 16 ? read(value) : undefined;
}
