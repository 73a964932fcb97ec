import { nowMs } from '../core/clock.js';
import type { Recorder } from '../core/recorder.js';
import type { Scope } from '../core/scope.js';
import { redacted } from '../errors/secrets.js';
import { isSecretField } from '../logging/secret-field.js';
import type { LogWriter } from '../otlp/log-writer.js';

/** How a logger calls its fields. */
interface LoggerNames {
  readonly bindings: symbol | undefined;
  readonly message: string;
  readonly error: string;
  readonly nested: string;
  /** Under which a logger keeps the last three. */
  readonly symbols: readonly symbol[];
}

/** A finished line that is still to be read. */
interface Waiting {
  readonly text: string;
  readonly severity: number;
  readonly names: LoggerNames;
  readonly scope: Scope | undefined;
  readonly atMs: number;
}

/** Reading so many takes a fraction of a millisecond. */
const maxWaiting = 32;

/**
 * Finished lines of pino as log records.
 *
 * They are read a few dozen at a time: read one by one, between the parts of a request, the code that does it is cold each time, which costs more than what it does. Kept until a batch is cut, a second's
 * lines would outlive the young generation of the heap and would be read in one go (bench/sdk-overhead). Errors are read at once, for what they report may change.
 */
export class PinoLines {
  readonly #recorder: Recorder;
  readonly #names = new WeakMap<object, LoggerNames>();
  readonly #waiting: Waiting[] = [];
  /** The logger of the last line, until what waits is read: most lines come from the one that the line before came from. */
  #last: object | undefined = undefined;
  #lastNames: LoggerNames | undefined = undefined;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  bindingsSymbol(instance: Readonly<Record<symbol, unknown>>): symbol | undefined {
    return this.#namesOf(instance).bindings;
  }

  /** `error`: what was logged as an error, as the application has it. */
  add(
    text: string,
    level: number,
    instance: Readonly<Record<symbol, unknown>>,
    scope: Scope | undefined,
    error: unknown,
  ): void {
    const line: Waiting = { text, severity: severityOf(level), names: this.#namesOf(instance), scope, atMs: nowMs() };
    if (line.severity >= 17) {
      this.settle();
      this.#write(line, error);
      return;
    }
    this.#waiting.push(line);
    if (this.#waiting.length >= maxWaiting) this.settle();
  }

  /** Reads what waits. */
  settle(): void {
    this.#last = undefined;
    if (this.#waiting.length === 0) return;
    const lines = this.#waiting.splice(0);
    for (const line of lines) {
      try {
        this.#write(line, undefined);
      } catch {
        this.#recorder.fault('pino (line)');
      }
    }
  }

  #write({ text, severity, names, scope, atMs }: Waiting, error: unknown): void {
    const { logs, logGate, errors } = this.#recorder;
    const fields = parse(text);
    const name = fields?.['name'];
    const logger = typeof name === 'string' ? name : 'pino';
    const bare = bareMessage(fields, names.message);
    // Lines with fields say something of their own each.
    const isSent =
      bare === undefined ? logGate.hasRoom(logger, severity, atMs) : logGate.admits(logger, severity, bare, atMs);
    if (!isSent) return;
    // An error at this level is reported like any other, and known when it comes again; the line names the report.
    const reported =
      severity >= 17 && error instanceof Error
        ? errors.exception(error, { mechanism: { type: 'pino', handled: true }, scope })
        : undefined;
    const before = logs.out.length;
    try {
      const start = logs.begin(logs.unixMs(atMs), severity, severityTexts[severity] ?? 'INFO');
      this.#fields(text, fields, names, reported);
      logs.end(start, scope);
    } catch (error) {
      logs.cancel(before);
      throw error;
    }
    this.#recorder.written();
  }

  #fields(text: string, parsed: Fields | undefined, names: LoggerNames, reported: string | undefined): void {
    const { logs } = this.#recorder;
    if (parsed === undefined) {
      // Not JSON any more (a custom stringifier): the line is the message.
      logs.body(text.trim());
      return;
    }
    const nested = names.nested === '' ? undefined : parsed[names.nested];
    const fields = isObject(nested) ? flattened(parsed, names.nested, nested) : parsed;
    let body: unknown = '';
    for (const key in fields) {
      const value = fields[key];
      if (key === names.message) body = value;
      else if (key === names.error && isObject(value)) {
        writeError(logs, value, reported);
      } else if (!ownFields.has(key)) logs.attribute(key, isSecretField(key) ? redacted : value);
    }
    logs.body(body);
  }

  #namesOf(instance: Readonly<Record<symbol, unknown>>): LoggerNames {
    if (instance === this.#last && this.#lastNames !== undefined) return this.#lastNames;
    const names = this.#names.get(instance) ?? this.#find(instance);
    this.#last = instance;
    this.#lastNames = names;
    return names;
  }

  #find(instance: Readonly<Record<symbol, unknown>>): LoggerNames {
    const names = this.#inherited(instance) ?? namesIn(instance);
    this.#names.set(instance, names);
    return names;
  }

  /** Children are made with their parent as prototype; there may be one per request, and the names are the parent's unless a child has its own. */
  #inherited(instance: object): LoggerNames | undefined {
    const parent: unknown = Object.getPrototypeOf(instance);
    const names = typeof parent === 'object' && parent !== null ? this.#names.get(parent) : undefined;
    return names?.symbols.some(symbol => Object.hasOwn(instance, symbol)) === false ? names : undefined;
  }
}

function namesIn(instance: Readonly<Record<symbol, unknown>>): LoggerNames {
  const symbols: symbol[] = [];
  const text = (name: string, fallback: string): string => {
    const symbol = symbolNamed(instance, name);
    if (symbol !== undefined) symbols.push(symbol);
    const value = symbol === undefined ? undefined : instance[symbol];
    return typeof value === 'string' ? value : fallback;
  };
  return {
    bindings: symbolNamed(instance, 'pino.chindings'),
    message: text('pino.messageKey', 'msg'),
    error: text('pino.errorKey', 'err'),
    nested: text('pino.nestedKey', ''),
    symbols,
  };
}

/** In the line already, or in the resource. */
const ownFields = new Set(['level', 'time', 'pid', 'hostname', 'trace_id', 'span_id', 'v']);

const severityTexts: Readonly<Record<number, string>> = {
  1: 'TRACE',
  5: 'DEBUG',
  9: 'INFO',
  13: 'WARN',
  17: 'ERROR',
  21: 'FATAL',
};

/** pino's levels are 10 apart; custom ones count as the standard level below. */
function severityOf(level: number): number {
  if (!(level >= 20)) return 1;
  if (level < 30) return 5;
  if (level < 40) return 9;
  if (level < 50) return 13;
  return level < 60 ? 17 : 21;
}

/** The message of a line that has nothing else; undefined for one with fields. */
function bareMessage(fields: Fields | undefined, messageKey: string): string | undefined {
  for (const key in fields) if (key !== messageKey && key !== 'name' && !ownFields.has(key)) return undefined;
  const message = fields?.[messageKey];
  return typeof message === 'string' ? message : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function parse(text: string): Fields | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

/** The fields of a logger that nests what is logged; that goes before the logger's own. */
function flattened(fields: Fields, key: string, nested: Fields): Fields {
  const { [key]: _nested, ...others } = fields;
  return { ...others, ...nested };
}

/** An error that has a report is told by its name and message; a second `exception.type` would count it twice. */
function writeError(logs: LogWriter, error: Fields, reported: string | undefined): void {
  if (reported !== undefined) {
    logs.attribute('sentry.event_id', reported);
    for (const key in error) if (key !== 'stack') logs.attribute(`err.${key}`, error[key]);
    return;
  }
  for (const key in error) {
    const name = typeof error[key] === 'string' ? exceptionFields.get(key) : undefined;
    logs.attribute(name ?? `err.${key}`, error[key]);
  }
}

const exceptionFields: ReadonlyMap<string, string> = new Map([
  ['type', 'exception.type'],
  ['message', 'exception.message'],
  ['stack', 'exception.stacktrace'],
]);

function symbolNamed(instance: object, description: string): symbol | undefined {
  for (let at: unknown = instance; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertySymbols(at).find(symbol => symbol.description === description);
    if (found !== undefined) return found;
  }
  return undefined;
}
