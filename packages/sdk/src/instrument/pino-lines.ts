import { nowMs } from '../core/clock.js';
import type { Recorder } from '../core/recorder.js';
import type { Scope } from '../core/scope.js';

interface Line {
  readonly text: string;
  readonly level: number;
  readonly names: LoggerNames;
  readonly scope: Scope | undefined;
  readonly atMs: number;
}

/** How a logger calls its fields. */
interface LoggerNames {
  readonly bindings: symbol | undefined;
  readonly message: string;
  readonly error: string;
  readonly nested: string;
}

const maxWaitingLines = 2000;
const maxWaitingChars = 1_000_000;

/** Finished lines of pino, parsed when a batch is cut rather than while the application logs. */
export class PinoLines {
  readonly #recorder: Recorder;
  readonly #names = new WeakMap<object, LoggerNames>();
  #waiting: Line[] = [];
  #waitingChars = 0;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  bindingsSymbol(instance: Readonly<Record<symbol, unknown>>): symbol | undefined {
    return this.#namesOf(instance).bindings;
  }

  add(text: string, level: number, instance: Readonly<Record<symbol, unknown>>, scope: Scope | undefined): void {
    this.#waiting.push({ text, level, names: this.#namesOf(instance), scope, atMs: nowMs() });
    this.#waitingChars += text.length;
    if (this.#waiting.length < maxWaitingLines && this.#waitingChars < maxWaitingChars) return;
    this.flush();
    this.#recorder.written();
  }

  flush(): void {
    const lines = this.#waiting;
    this.#waiting = [];
    this.#waitingChars = 0;
    for (const line of lines) {
      try {
        this.#write(line);
      } catch {
        this.#recorder.fault('pino (a line)');
      }
    }
  }

  #write({ text, level, names, scope, atMs }: Line): void {
    const { logs } = this.#recorder;
    const severity = severityOf(level);
    const record = { unixMs: logs.unixMs(atMs), severity, severityText: severityTexts[severity] ?? 'INFO', scope };
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      // Not JSON any more (a custom stringifier): the line is the message.
    }
    if (typeof parsed !== 'object' || parsed === null) {
      logs.write({ ...record, body: text.trim(), attributes: {} });
      return;
    }
    const attributes: Record<string, unknown> = {};
    let body: unknown = '';
    const fields: Record<string, unknown> = { ...parsed };
    const nested = names.nested === '' ? undefined : fields[names.nested];
    if (typeof nested === 'object' && nested !== null) {
      delete fields[names.nested];
      Object.assign(fields, nested);
    }
    for (const [key, value] of Object.entries(fields)) {
      if (key === names.message) body = value;
      else if (key === names.error && typeof value === 'object' && value !== null) addError(attributes, value);
      else if (!ownFields.has(key)) attributes[key] = value;
    }
    logs.write({ ...record, body, attributes });
  }

  #namesOf(instance: Readonly<Record<symbol, unknown>>): LoggerNames {
    // Children are made with the root as prototype; the fields' names are the root's unless a child has its own.
    const known = this.#names.get(instance);
    if (known !== undefined) return known;
    const bindings = symbolNamed(instance, 'pino.chindings');
    const text = (name: string, fallback: string): string => {
      const symbol = symbolNamed(instance, name);
      const value = symbol === undefined ? undefined : instance[symbol];
      return typeof value === 'string' ? value : fallback;
    };
    const names: LoggerNames = {
      bindings,
      message: text('pino.messageKey', 'msg'),
      error: text('pino.errorKey', 'err'),
      nested: text('pino.nestedKey', ''),
    };
    this.#names.set(instance, names);
    return names;
  }
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

function addError(attributes: Record<string, unknown>, error: object): void {
  const { type, message, stack, ...others }: Record<string, unknown> = { ...error };
  if (typeof type === 'string') attributes['exception.type'] = type;
  if (typeof message === 'string') attributes['exception.message'] = message;
  if (typeof stack === 'string') attributes['exception.stacktrace'] = stack;
  for (const [key, value] of Object.entries(others)) attributes[`err.${key}`] = value;
}

function symbolNamed(instance: object, description: string): symbol | undefined {
  for (let at: unknown = instance; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertySymbols(at).find(symbol => symbol.description === description);
    if (found !== undefined) return found;
  }
  return undefined;
}
