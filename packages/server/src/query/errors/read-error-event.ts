import type { Attribute, ErrorEvent, ErrorFrame } from '@bellwether/model';
import { z } from 'zod';
import { stackParts } from '../../base/stack-frames.js';
import { type Asker, ask } from '../asker.js';
import { readAttributes } from '../attributes.js';
import { attributePairs, readEvents } from '../span.js';
import { rowsOfErrors } from './error-groups.js';
import type { SamplePlace } from './error-sample.js';
import type { OneError } from './occurrences.js';
import { framesOfStack } from './frames-of-stack.js';

/** Names an event in a link: where it is kept, and when it was. */
export function eventId(isLine: boolean, timeNs: string): string {
  return `${isLine ? 'l' : 's'}${timeNs}`;
}

/** The time that such a name means; undefined for what is none. */
export function readEventId(id: string): { readonly isLine: boolean; readonly timeNs: string } | undefined {
  const [, kind, timeNs] = /^([ls])(\d{1,19})$/.exec(id) ?? [];
  return timeNs === undefined ? undefined : { isLine: kind === 'l', timeNs };
}

interface StoredEvent {
  readonly time: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly pairs: readonly (readonly [string, string])[];
  readonly types: string;
  readonly body: string;
  readonly type: string;
  readonly events: string;
}

/** All that is known of an error at one time; undefined when it is not (or no longer) there. */
export async function readErrorEvent(
  asker: Asker,
  { grouping, ids, maps }: Pick<OneError, 'grouping' | 'ids' | 'maps'>,
  place: Pick<SamplePlace, 'isLine' | 'timeNs'>,
): Promise<ErrorEvent | undefined> {
  const rows = rowsOfErrors(grouping, ids);
  const own = place.isLine ? "body, '' AS type, '' AS events" : 'status_message AS body, error_type AS type, events';
  const [row] = await ask<StoredEvent>(asker, {
    sql: `SELECT toUnixTimestamp64Nano(ts) AS time, service, environment, version, lower(hex(trace_id)) AS traceId, lower(hex(span_id)) AS spanId,
  tenant_id AS tenantId, user_id AS userId, ${attributePairs} AS pairs, attr_types AS types, ${own}
FROM ${place.isLine ? 'error_lines' : 'error_spans'}
WHERE workspace = {workspace:String} AND toStartOfHour(ts) = toStartOfHour(fromUnixTimestamp64Nano({time:Int64}, 'UTC'))
  AND ts = fromUnixTimestamp64Nano({time:Int64}, 'UTC') AND ${rows.sql}
LIMIT 1`,
    params: { time: place.timeNs, ...rows.params },
  });
  if (row === undefined) return undefined;
  const attributes = readAttributes(row.pairs, row.types);
  const thrown = readEvents(row.events).find(({ name }) => name === 'exception')?.attributes ?? [];
  const of = (key: string): string =>
    thrown.find(attribute => attribute.key === key)?.value ??
    attributes.find(attribute => attribute.key === key)?.value ??
    '';
  const stacktrace = of('exception.stacktrace');
  const head = { type: of('exception.type') || row.type, message: of('exception.message') || row.body };
  const handled = of('sentry.mechanism.handled');
  const sent = readExceptions(of('sentry.exception')) ?? exceptionsOfStack(head, stacktrace);
  const owner = {
    workspace: asker.scope.workspace,
    version: row.version,
    debugIds: readDebugIds(of('sentry.debug_images')),
  };
  const exceptions = await Promise.all(
    sent.map(async one => ({ ...one, frames: [...((await maps?.frames(owner, one.frames)) ?? one.frames)] })),
  );
  const shown = exceptions.flatMap(({ frames }) => frames);
  return {
    id: eventId(place.isLine, row.time),
    timeNs: row.time,
    source: place.isLine ? 'log' : 'span',
    service: row.service,
    environment: row.environment,
    version: row.version,
    traceId: /^0*$/.test(row.traceId) ? '' : row.traceId,
    spanId: /^0*$/.test(row.spanId) ? '' : row.spanId,
    tenantId: row.tenantId,
    userId: row.userId,
    exceptions,
    stacktrace,
    unmapped: maps === undefined ? [] : [...maps.unmapped(owner, shown)],
    handled: handled === '' ? null : handled === 'true',
    breadcrumbs: readBreadcrumbs(of('sentry.breadcrumbs')),
    attributes: attributes.filter(({ key }) => !shownElsewhere.has(key)),
  };
}

const shownElsewhere: ReadonlySet<string> = new Set([
  'exception.type',
  'exception.message',
  'exception.stacktrace',
  'sentry.exception',
  'sentry.breadcrumbs',
  'sentry.mechanism.handled',
]);

const text = z.string().catch('');
const lineNumber = z.number().int().optional().catch(undefined);
const lines = z.array(z.string()).max(200).catch([]);

/** Exceptions as Sentry's SDKs and ours send them: https://develop.sentry.dev/sdk/foundations/transport/event-payloads/exception/ */
const sentryExceptions = z.array(
  z.object({
    type: text,
    value: text,
    stacktrace: z
      .object({
        frames: z.array(
          z.object({
            function: text,
            filename: text,
            abs_path: text,
            module: text,
            package: text,
            instruction_addr: text,
            lineno: lineNumber,
            colno: lineNumber,
            in_app: z.boolean().catch(true),
            pre_context: lines.optional(),
            context_line: z.string().optional().catch(undefined),
            post_context: lines.optional(),
            vars: z.record(z.string(), z.unknown()).optional().catch(undefined),
          }),
        ),
      })
      .optional()
      .catch(undefined),
  }),
);

type SentryFrame = NonNullable<z.infer<typeof sentryExceptions>[number]['stacktrace']>['frames'][number];

/** The thrown one first, the newest call first; undefined when nothing was sent in this form, or it cannot be read. */
function readExceptions(json: string): ErrorEvent['exceptions'] | undefined {
  const parsed = sentryExceptions.safeParse(parsedJson(json));
  if (!parsed.success || parsed.data.length === 0) return undefined;
  return parsed.data.toReversed().map(({ type, value, stacktrace }) => ({
    type,
    message: value,
    frames: (stacktrace?.frames ?? []).toReversed().map(readFrame),
  }));
}

function readFrame(frame: SentryFrame): ErrorFrame {
  const { lineno, colno, in_app, pre_context = [], context_line, post_context = [] } = frame;
  const image = frame.package.split(/[\\/]/).at(-1) ?? '';
  const address = [image, frame.instruction_addr].filter(part => part !== '').join(' ');
  const file = frame.abs_path || frame.filename || frame.module || address;
  const position = lineno === undefined ? '' : colno === undefined ? `:${lineno}` : `:${lineno}:${colno}`;
  const source =
    context_line === undefined || lineno === undefined
      ? []
      : [...pre_context, context_line, ...post_context].map((line, i) => ({
          line: lineno - pre_context.length + i,
          text: line,
          isHere: i === pre_context.length,
        }));
  return {
    called: frame.function === '?' ? '' : frame.function,
    place: file + position,
    isOwn: in_app,
    source,
    generated: '',
    variables: variablesOf(frame.vars),
  };
}

const maxVariables = 50;
const maxVariableChars = 1000;

/** Values as people read them; what has members as JSON. */
function variablesOf(vars: SentryFrame['vars']): ErrorFrame['variables'] {
  return Object.entries(vars ?? {})
    .slice(0, maxVariables)
    .map(([name, value]) => ({
      name,
      value: (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, maxVariableChars),
    }));
}

function exceptionsOfStack(
  thrown: { readonly type: string; readonly message: string },
  stacktrace: string,
): ErrorEvent['exceptions'] {
  const [first, ...causes] = stacktrace === '' ? [] : stackParts(stacktrace);
  return [
    { ...thrown, frames: first === undefined ? [] : framesOfStack(first) },
    ...causes.map(part => {
      const [, type = '', message = ''] = /^(?:Caused by:?\s*)?([^:\n]*)(?::\s*([\s\S]*))?$/.exec(part.head) ?? [];
      return { type, message, frames: framesOfStack(part) };
    }),
  ];
}

const debugImages = z.array(z.object({ code_file: text, debug_id: text }));

/** Which file that ran has which debug id: https://develop.sentry.dev/sdk/data-model/event-payloads/debugmeta/ */
export function readDebugIds(json: string): ReadonlyMap<string, string> {
  const parsed = debugImages.safeParse(parsedJson(json));
  if (!parsed.success) return new Map();
  const known = parsed.data.filter(({ code_file, debug_id }) => code_file !== '' && debug_id !== '').slice(0, 100);
  return new Map(known.map(({ code_file, debug_id }) => [code_file, debug_id.toLowerCase()]));
}

const breadcrumbs = z.array(
  z.object({
    timestamp: z.union([z.number(), z.string()]).optional().catch(undefined),
    category: text,
    type: text,
    level: text,
    message: text,
    data: z.unknown().optional(),
  }),
);

function readBreadcrumbs(json: string): ErrorEvent['breadcrumbs'] {
  const parsed = breadcrumbs.safeParse(parsedJson(json));
  if (!parsed.success) return [];
  return parsed.data.map(({ timestamp, category, type, level, message, data }) => {
    const timeMs = typeof timestamp === 'number' ? timestamp * 1000 : Date.parse(timestamp ?? '');
    return {
      timeMs: Number.isFinite(timeMs) && timeMs >= 0 ? Math.round(timeMs) : null,
      category: category || type,
      level,
      message,
      data: data === undefined || data === null ? '' : JSON.stringify(data),
    };
  });
}

function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Attributes that a tag's distribution says nothing by: each event has its own, or they are shown elsewhere. */
export function isTag({ key, value }: Pick<Attribute, 'key' | 'value'>): boolean {
  return (
    value !== '' &&
    value.length <= 200 &&
    !shownElsewhere.has(key) &&
    !/^(?:sentry\.(?:event_id|extra\.|debug_images|message\.)|code\.|thread\.)/.test(key)
  );
}
