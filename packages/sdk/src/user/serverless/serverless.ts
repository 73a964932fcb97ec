import type { Attributes } from '@opentelemetry/api';
import { http, util } from '../../core/node-modules.js';
import { activeRecorder } from '../../core/active-recorder.js';
import type { Recorder } from '../../core/recorder.js';
import { scopes } from '../../core/scope.js';
import { errorType } from '../../core/span-detail.js';
import type { Template } from '../../core/templates.js';
import { memberOf } from '../../errors/member-of.js';
import { ServerRequest } from '../../instrument/server-request.js';
import { beginReceivedWork, endWork, type WorkSpan } from '../../instrument/work-span.js';
import { runningSdk } from '../../start.js';
import type { AnyFunction } from '../decorators/function-span.js';
import { eventInvocation, type Invocation, requestInvocation } from './invocation.js';
import { waitUntilOf } from './wait-until.js';

export interface ServerlessOptions {
  /** The function's name; what the platform calls it, or its own, unless told otherwise. */
  readonly name?: string;
  /** The longest that an answer waits until what was recorded is sent, 1,000 ms unless told otherwise. Less when the platform would end the invocation before. */
  readonly flushDeadlineMs?: number;
}

/** Instances are ended without a word when their time is over: so much before, what is known is sent. */
const beforeTimeoutMs = 200;
/** Left of an invocation's time after the flush. */
const marginMs = 50;
const maxTemplates = 200;

let isCold = true;

/**
 * Wraps the handler of a function that a platform calls: AWS Lambda's `(event, context)`, with a callback or without, route handlers `(request)` of Next.js, Vercel and others, and
 * `(request, response)` of Node's kind. Each invocation is a span with `faas.coldstart` (in a server that is seen already, its request is), errors are reported and thrown on, and what was recorded is
 * sent before the platform freezes the instance: by its `waitUntil` where there is one, else before the answer, for a second at most.
 *
 * ```ts
 * export const handler = serverless(async (event: OrderEvent, context: Context) => { … });
 * export const GET = serverless(async (request: Request) => Response.json(await orders()));
 * ```
 */
export function serverless<F extends AnyFunction>(handler: F, options: ServerlessOptions = {}): F {
  return new Proxy(handler, {
    apply(target, self: unknown, args: unknown[]) {
      const recorder = activeRecorder();
      if (recorder === undefined) return Reflect.apply(target, self, args);
      const coldStart = isCold;
      isCold = false;
      const entry = scopes.getStore()?.shared.entry;
      if (entry instanceof ServerRequest && !entry.ended) {
        entry.attributes = { ...entry.attributes, 'faas.coldstart': coldStart };
        keepAwake(answered(entry), args.at(-1), options);
        return Reflect.apply(target, self, args);
      }
      return invoke(recorder, {
        call: passed => Reflect.apply(target, self, passed),
        handler,
        args,
        options,
        coldStart,
      });
    },
  });
}

interface Call {
  readonly call: (args: readonly unknown[]) => unknown;
  readonly handler: AnyFunction;
  readonly args: readonly unknown[];
  readonly options: ServerlessOptions;
  readonly coldStart: boolean;
}

async function invoke(recorder: Recorder, invoked: Call): Promise<unknown> {
  const { call, handler, args, options } = invoked;
  const [event, context] = args;
  let begun: Begun;
  try {
    begun = begin(recorder, invoked);
  } catch {
    recorder.fault('serverless (begin)');
    return answerOf(call, handler, args);
  }
  const { work, end } = begun;
  const timeout = beforeTimeout(context, () => {
    count(recorder, 'faas.timeouts', '{timeout}', 'Invocations whose time was nearly over');
    end({ failure: 'timeout' });
    void runningSdk()?.flush(beforeTimeoutMs);
  });
  try {
    const result = await scopes.run(work.scope, () => answerOf(call, handler, args));
    end({ status: statusOf(result, event, args[1]) });
    return result;
  } catch (error) {
    const mechanism = { type: 'serverless', handled: false } as const;
    const reported = recorder.errors.exception(error, { mechanism, scope: work.scope });
    end({ failure: errorType(error), error, reported });
    throw error;
  } finally {
    clearTimeout(timeout);
    await keepAwake(undefined, context, options);
  }
}

interface Begun {
  readonly work: WorkSpan;
  readonly end: (ended: Ended) => void;
}

function begin(recorder: Recorder, { handler, args, options, coldStart }: Call): Begun {
  const [event, context] = args;
  const invocation = invocationOf(event);
  const name = options.name ?? textOf(context, 'functionName') ?? (handler.name || 'function');
  const work = beginReceivedWork(invocation.header);
  const template = templateOf(recorder, name, invocation);
  const facts: Attributes = {
    'faas.coldstart': coldStart,
    'faas.name': name,
    ...optional('faas.invocation_id', textOf(context, 'awsRequestId')),
    ...optional('cloud.resource_id', textOf(context, 'invokedFunctionArn')),
    ...invocation.facts,
  };
  if (coldStart) count(recorder, 'faas.coldstarts', '{coldstart}', 'Invocations that began with a new instance');
  return { work, end: ended => endInvocation(recorder, work, template, facts, ended) };
}

function invocationOf(event: unknown): Invocation {
  if (event instanceof Request) return requestInvocation(event);
  if (event instanceof http.IncomingMessage)
    return eventInvocation({ httpMethod: event.method, path: event.url?.split('?', 1)[0], headers: event.headers });
  return eventInvocation(event);
}

/** What the handler gives, or gives to the callback that it asks for. */
function answerOf(call: Call['call'], handler: AnyFunction, args: readonly unknown[]): unknown {
  const [event, context, callback] = args;
  if (typeof callback !== 'function' || handler.length < 3) return call(args);
  return new Promise((resolve, reject) => {
    const answer = (error: unknown, value: unknown): void => {
      if (error === undefined || error === null) resolve(value);
      else reject(error instanceof Error ? error : new Error(String(error)));
    };
    const result = call([event, context, answer, ...args.slice(3)]);
    if (util.types.isPromise(result)) result.then(resolve, reject);
  });
}

interface Ended {
  readonly status?: number | undefined;
  readonly failure?: string;
  readonly error?: unknown;
  readonly reported?: string | undefined;
}

function endInvocation(recorder: Recorder, work: WorkSpan, template: Template, facts: Attributes, ended: Ended): void {
  try {
    const { status, failure = status !== undefined && status >= 500 ? String(status) : '', error, reported } = ended;
    endWork(recorder, work, template, {
      failure,
      ...(error === undefined ? {} : { error, reported }),
      more: spans => {
        for (const [key, value] of Object.entries(facts)) spans.attribute(key, value);
        if (status !== undefined) spans.attribute('http.response.status_code', status);
      },
    });
  } catch {
    recorder.fault('serverless');
  }
}

/** Of a `Response`, of what API Gateway is answered with, or of Node's response. */
function statusOf(result: unknown, event: unknown, second: unknown): number | undefined {
  if (result instanceof Response) return result.status;
  const status =
    event instanceof http.IncomingMessage ? memberOf(second, 'statusCode') : memberOf(result, 'statusCode');
  return typeof status === 'number' && status >= 100 && status < 1000 ? status : undefined;
}

const templates = new WeakMap<Recorder, Map<string, Template>>();

function templateOf(
  recorder: Recorder,
  name: string,
  { trigger, kind, name: called, attributes }: Invocation,
): Template {
  const known = templates.get(recorder) ?? new Map<string, Template>();
  templates.set(recorder, known);
  const key = JSON.stringify([name, trigger, kind, called, attributes]);
  const found = known.get(key);
  if (found !== undefined) return found;
  const isFull = known.size >= maxTemplates;
  const metricAttributes = { 'faas.trigger': trigger, ...(isFull ? {} : attributes) };
  const metric = recorder.metrics.metric({
    name: 'faas.invoke_duration',
    unit: 's',
    description: 'Time of invocations of functions',
    kind: 'histogram',
    scope: '@bellwether/node',
  });
  const overflow = { 'faas.trigger': trigger };
  const made = recorder.templates.create(
    { name: isFull ? name : (called ?? name), kind, attributes: metricAttributes, metric, metricAttributes },
    { name, kind, attributes: overflow, metric, metricAttributes: overflow },
  );
  if (!isFull) known.set(key, made);
  return made;
}

function count(recorder: Recorder, name: string, unit: string, description: string): void {
  recorder.metrics.metric({ name, unit, description, kind: 'counter', scope: '@bellwether/node' }).point({}).value++;
}

/** A timer that rings shortly before the platform ends the invocation; undefined where that is not known, or not enough time for it. */
function beforeTimeout(context: unknown, ring: () => void): NodeJS.Timeout | undefined {
  const leftMs = remainingMs(context);
  if (leftMs === undefined || leftMs <= beforeTimeoutMs * 2) return undefined;
  return setTimeout(ring, leftMs - beforeTimeoutMs).unref();
}

function remainingMs(context: unknown): number | undefined {
  const remaining = memberOf(context, 'getRemainingTimeInMillis');
  if (typeof remaining !== 'function') return undefined;
  try {
    const leftMs = Number(Reflect.apply(remaining, context, []));
    return Number.isFinite(leftMs) ? leftMs : undefined;
  } catch {
    return undefined;
  }
}

/** Sends what was recorded, after `first`: the platform waits for it, or else who calls this may. It never rejects. */
function keepAwake(
  first: Promise<unknown> | undefined,
  context: unknown,
  { flushDeadlineMs = 1000 }: ServerlessOptions,
): Promise<unknown> | undefined {
  const leftMs = remainingMs(context);
  const deadlineMs = leftMs === undefined ? flushDeadlineMs : Math.min(flushDeadlineMs, leftMs - marginMs);
  if (deadlineMs <= 0) return undefined;
  const flush = async (): Promise<void> => {
    await first;
    await runningSdk()?.flush(deadlineMs);
  };
  const flushed = flush().catch(() => activeRecorder()?.fault('serverless (flush)'));
  const waitUntil = waitUntilOf(context);
  if (waitUntil === undefined) return flushed;
  try {
    waitUntil(flushed);
    return undefined;
  } catch {
    return flushed;
  }
}

/** When the request's span is written. */
function answered(entry: ServerRequest): Promise<unknown> {
  return new Promise(resolve => {
    if (entry.response === undefined) resolve(undefined);
    else entry.response.once('close', resolve);
  });
}

function textOf(holder: unknown, name: string): string | undefined {
  const value = memberOf(holder, name);
  return typeof value === 'string' && value !== '' ? value.slice(0, 500) : undefined;
}

function optional(name: string, value: string | undefined): Attributes {
  return value === undefined ? {} : { [name]: value };
}
