import { nowMs } from '../core/clock.js';
import type { Recorder } from '../core/recorder.js';
import { type Scope, scopes } from '../core/scope.js';
import { plainText } from '../errors/plain-copy.js';
import { redacted, withoutSecrets } from '../errors/secrets.js';
import { isSecretField } from './secret-field.js';

/** One line of somebody's logger. */
export interface LoggedLine {
  /** Such as `winston`, or the logger's own name. */
  readonly logger: string;
  /** OpenTelemetry's severity number. */
  readonly severity: number;
  readonly body: unknown;
  readonly fields?: Readonly<Record<string, unknown>>;
  /** An error that was logged, as the application has it. */
  readonly error?: unknown;
}

const maxFields = 100;

const severityTexts: Readonly<Record<number, string>> = {
  1: 'TRACE',
  5: 'DEBUG',
  9: 'INFO',
  13: 'WARN',
  17: 'ERROR',
  21: 'FATAL',
};
const severities: ReadonlyMap<string, number> = new Map([
  ['trace', 1],
  ['silly', 1],
  ['verbose', 5],
  ['debug', 5],
  ['http', 9],
  ['info', 9],
  ['log', 9],
  ['data', 9],
  ['notice', 9],
  ['warn', 13],
  ['warning', 13],
  ['error', 17],
  ['crit', 21],
  ['critical', 21],
  ['alert', 21],
  ['emerg', 21],
  ['fatal', 21],
]);

/** The severity number of a level's name, as npm, syslog, NestJS and the console call them; information for others. */
export function severityOf(level: unknown): number {
  return (typeof level === 'string' ? severities.get(level.toLowerCase()) : undefined) ?? 9;
}

/** `trace_id` and `span_id` for a line that the application writes itself; undefined outside of any span. */
export function idsOfLine(): { readonly trace_id: string; readonly span_id: string } | undefined {
  const scope = scopes.getStore();
  return scope?.hasSpan === true ? { trace_id: scope.traceId, span_id: scope.spanId } : undefined;
}

/**
 * Lines of loggers as log records: fields kept as fields, secrets by name and by shape left out. An error that is logged at error level or above is reported as any other, which knows it when it
 * comes a second time; the line then names the report, so that one error is one.
 */
export class LogLines {
  readonly #recorder: Recorder;
  readonly #mechanism: string;
  /** A serializer or getter of what is logged may log itself. */
  #isWriting = false;

  /** `mechanism`: how errors say that they came, such as `winston`. */
  constructor(recorder: Recorder, mechanism: string) {
    this.#recorder = recorder;
    this.#mechanism = mechanism;
  }

  write(line: LoggedLine, scope: Scope | undefined = scopes.getStore()): void {
    if (this.#isWriting) return;
    this.#isWriting = true;
    try {
      this.#write(line, scope);
    } catch {
      this.#recorder.fault(`${this.#mechanism} (a line)`);
    } finally {
      this.#isWriting = false;
    }
  }

  #write({ logger, severity, body, fields, error }: LoggedLine, scope: Scope | undefined): void {
    const recorder = this.#recorder;
    const text = typeof body === 'string' ? withoutSecrets(body.slice(0, 16_384)) : plainText(body, 16_384);
    const attributes: Record<string, unknown> = logger === this.#mechanism ? {} : { 'logger.name': logger };
    let count = 0;
    for (const name in fields) {
      if (count++ >= maxFields) break;
      const value = fields[name];
      if (own.has(name) || name === '__proto__') continue;
      attributes[name] = isSecretField(name) ? redacted : scrubbed(value, 0);
    }
    // Lines with fields say something of their own each.
    const isBare = error === undefined && Object.keys(attributes).every(name => name === 'logger.name');
    const { logGate } = recorder;
    const isSent = isBare
      ? logGate.admits(logger, severity, text, nowMs())
      : logGate.hasRoom(logger, severity, nowMs());
    if (!isSent) return;
    if (error instanceof Error) {
      const id = severity >= 17 ? this.#report(error, scope) : undefined;
      if (id === undefined) attributes['err.message'] = withoutSecrets(error.message.slice(0, 4000));
      else attributes['sentry.event_id'] = id;
    }
    recorder.log({ severity, severityText: severityTexts[severity] ?? 'INFO', body: text, attributes, scope });
  }

  #report(error: Error, scope: Scope | undefined): string | undefined {
    return this.#recorder.errors.exception(error, { mechanism: { type: this.#mechanism, handled: true }, scope });
  }
}

/** Fields that stand on the record already. */
const own = new Set(['level', 'message', 'timestamp', 'trace_id', 'span_id', 'stack']);

/** Secrets by name in what is nested, four levels down; below the writer cuts. */
function scrubbed(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.length < 8 ? value : withoutSecrets(value.slice(0, 16_384));
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (typeof value !== 'object' || value === null || depth >= 4 || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.slice(0, maxFields).map(item => scrubbed(item, depth + 1));
  const copy: Record<string, unknown> = {};
  let count = 0;
  for (const name in value) {
    if (count++ >= maxFields) break;
    if (name === '__proto__') continue;
    copy[name] = isSecretField(name) ? redacted : scrubbed(Reflect.get(value, name), depth + 1);
  }
  return copy;
}
