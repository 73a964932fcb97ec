import { scopes } from '../core/scope.js';
import { redacted } from '../errors/secrets.js';
import { LogLevels } from './log-levels.js';
import { prettyLine } from './pretty-line.js';

export interface LoggerOptions {
  /** The logger's name; its level can be set by it. */
  readonly name: string;
  /** Paths to hide beside the usual ones, as pino's `redact` takes them: `customer.iban`, `*.pin`. */
  readonly redact?: readonly string[];
  /** Lines for people, `time | LEVEL | name | message {fields}`; when stdout is a terminal, unless told otherwise (`LOG_FORMAT=json|pretty`). */
  readonly pretty?: boolean;
}

/** The options that `logging` gives to pino; a part of pino's own type. */
export interface PinoOptions {
  name: string;
  level: string;
  base: Record<string, never>;
  timestamp: () => string;
  formatters: { level: (label: string) => { level: string } };
  redact: { paths: string[]; censor: string };
  mixin: () => Record<string, string>;
  onChild: (child: unknown) => void;
}

/** What pino writes finished lines to. */
export interface LineStream {
  write(line: string): void;
}

/** Where secrets stand in what backends log, at the top and one level down. */
const secretPaths = [
  'password',
  'passwd',
  'secret',
  'token',
  'accessToken',
  'refreshToken',
  'apiKey',
  'api_key',
  'authorization',
  'cookie',
]
  .flatMap(name => [name, `*.${name}`])
  .concat(['headers["set-cookie"]', 'req.headers.authorization', 'req.headers.cookie', 'req.headers["x-api-key"]']);

let known: LogLevels | undefined;
function levels(): LogLevels {
  return (known ??= new LogLevels(process.env['LOG_LEVEL']));
}

/**
 * A pino logger as it should be: JSON with ISO times and zone, level names, trace, tenant and request ids, secrets hidden, and a level that can be set by name while it runs.
 *
 * ```ts
 * const log = logging.logger(pino, { name: 'checkout' });
 * logging.setLevel('debug', 'checkout');
 * ```
 */
function logger<L extends { level: string }>(
  pino: (options: PinoOptions, stream?: LineStream) => L,
  options: LoggerOptions,
): L {
  const made = isPretty(options) ? pino(pinoOptions(options), prettyStream()) : pino(pinoOptions(options));
  levels().add(options.name, made);
  return made;
}

/** The same as options, for who calls pino or a framework (`fastify({ logger })`) himself. Its children can be set by name, the logger itself not. */
function pinoOptions({ name, redact = [] }: LoggerOptions): PinoOptions {
  return {
    name,
    level: levels().of(name),
    base: {},
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: label => ({ level: label }) },
    redact: { paths: [...new Set([...secretPaths, ...redact])], censor: redacted },
    mixin: idsOfRequest,
    onChild,
  };
}

/** Tenant and request, when they are known. Trace and span are put on by the instrumentation of pino. */
function idsOfRequest(): Record<string, string> {
  const shared = scopes.getStore()?.shared;
  const ids: Record<string, string> = {};
  if (shared?.tenantId !== undefined) ids['tenant_id'] = shared.tenantId;
  const requestId = shared?.surroundings?.requestId ?? shared?.requestId;
  if (requestId !== undefined) ids['request_id'] = requestId;
  return ids;
}

/** A child with a name, module or component of its own has its own level. */
function onChild(child: unknown): void {
  if (!isChild(child)) return;
  const bindings = child.bindings();
  const name = bindings['module'] ?? bindings['component'] ?? bindings['name'];
  if (typeof name !== 'string') return;
  if (levels().has(name)) child.level = levels().of(name);
  levels().add(name, child);
}

interface Child {
  level: string;
  bindings(): Readonly<Record<string, unknown>>;
}

function isChild(value: unknown): value is Child {
  return (
    typeof value === 'object' &&
    value !== null &&
    'level' in value &&
    'bindings' in value &&
    typeof value.bindings === 'function'
  );
}

function isPretty({ pretty }: LoggerOptions): boolean {
  if (pretty !== undefined) return pretty;
  const format = process.env['LOG_FORMAT'];
  return format === undefined || format === '' ? process.stdout.isTTY : format === 'pretty';
}

function prettyStream(): LineStream {
  return { write: line => void process.stdout.write(prettyLine(line)) };
}

/** Sets the level of the loggers of this name from now on; without a name, of all that have no level of their own. */
function setLevel(level: string, name?: string): void {
  levels().set(name, level);
}

/** The pino preset, and levels at run time. */
export const logging = {
  logger,
  pinoOptions,
  setLevel,
  /** The level of each known name. */
  levels: (): Readonly<Record<string, string>> => levels().all(),
} as const;
