import type { Attributes } from '@opentelemetry/api';
import { spanKind } from '../../core/templates.js';
import { memberOf } from '../../errors/member-of.js';

/** What a platform calls a function for, by what it calls it with. */
export interface Invocation {
  /** `faas.trigger`: https://opentelemetry.io/docs/specs/semconv/faas/faas-spans/#function-trigger-type */
  readonly trigger: 'http' | 'pubsub' | 'datasource' | 'timer' | 'other';
  /** As on the wire: see `spanKind`. */
  readonly kind: number;
  /** The span's name; undefined: the function's. Words of few, since a series is kept for each. */
  readonly name: string | undefined;
  /** The same for every invocation of this kind: they name a series. */
  readonly attributes: Attributes;
  /** What is this invocation's own. */
  readonly facts: Attributes;
  /** A header of the request, or an attribute of the message, that brings the caller's trace. */
  readonly header: (name: string) => string | undefined;
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'QUERY']);

/** Of a web `Request`, as Next.js, Vercel, Netlify and others call route handlers with. */
export function requestInvocation(request: Request): Invocation {
  const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
  return httpInvocation(request.method, undefined, url?.pathname, name => request.headers.get(name) ?? undefined);
}

/** Of an event as AWS Lambda gives it: API Gateway 1 and 2, function URLs, load balancers, queues, streams, buckets, schedules. */
export function eventInvocation(event: unknown): Invocation {
  const http = memberOf(memberOf(event, 'requestContext'), 'http');
  const method = memberOf(http, 'method') ?? memberOf(event, 'httpMethod');
  if (typeof method === 'string') {
    const path = memberOf(event, 'rawPath') ?? memberOf(event, 'path');
    return httpInvocation(method, routeOf(event), typeof path === 'string' ? path : undefined, headersOf(event));
  }
  const records = memberOf(event, 'Records');
  const first: unknown = Array.isArray(records) ? records[0] : undefined;
  const source = memberOf(first, 'eventSource') ?? memberOf(first, 'EventSource');
  if (typeof source === 'string') return recordsInvocation(source, first, Array.isArray(records) ? records.length : 0);
  const isSchedule =
    memberOf(event, 'source') === 'aws.scheduler' || memberOf(event, 'detail-type') === 'Scheduled Event';
  return { ...plain, trigger: isSchedule ? 'timer' : 'other' };
}

const plain: Invocation = {
  trigger: 'other',
  kind: spanKind.server,
  name: undefined,
  attributes: {},
  facts: {},
  header: () => undefined,
};

function httpInvocation(
  given: string,
  route: string | undefined,
  path: string | undefined,
  header: Invocation['header'],
): Invocation {
  const upper = given.toUpperCase();
  const method = methods.has(upper) ? upper : '_OTHER';
  return {
    trigger: 'http',
    kind: spanKind.server,
    name: route === undefined ? undefined : `${method} ${route}`,
    attributes: { 'http.request.method': method, ...(route === undefined ? {} : { 'http.route': route }) },
    facts: path === undefined ? {} : { 'url.path': path.slice(0, 2000) },
    header,
  };
}

/** Messages of SQS bring the trace when there is one of them: several are of several traces. */
function recordsInvocation(source: string, first: unknown, count: number): Invocation {
  const system = source.replace(/^aws:/, '').slice(0, 50);
  const isStored = system === 's3' || system === 'dynamodb';
  const own = memberOf(first, 'messageAttributes');
  const arn = memberOf(first, 'eventSourceARN') ?? memberOf(memberOf(first, 'Sns'), 'TopicArn');
  const destination = typeof arn === 'string' ? arn.slice(arn.lastIndexOf(':') + 1).slice(0, 200) : undefined;
  return {
    trigger: isStored ? 'datasource' : 'pubsub',
    kind: isStored ? spanKind.server : spanKind.consumer,
    name: undefined,
    attributes: {
      'messaging.system': system === 'sqs' || system === 'sns' ? `aws_${system}` : system,
      ...(destination === undefined ? {} : { 'messaging.destination.name': destination }),
    },
    facts: { 'messaging.batch.message_count': count },
    header: name => {
      const value = count === 1 ? memberOf(memberOf(own, name), 'stringValue') : undefined;
      return typeof value === 'string' ? value : undefined;
    },
  };
}

/** `/orders/{id}`: as the gateway was configured; a function URL and a load balancer know of none. */
function routeOf(event: unknown): string | undefined {
  const key = memberOf(event, 'routeKey');
  const route = typeof key === 'string' ? key.slice(key.indexOf(' ') + 1) : memberOf(event, 'resource');
  return typeof route === 'string' && route.startsWith('/') ? route.slice(0, 500) : undefined;
}

function headersOf(event: unknown): Invocation['header'] {
  const headers = memberOf(event, 'headers');
  if (typeof headers !== 'object' || headers === null) return () => undefined;
  // API Gateway 1 gives names as they were sent.
  const known = new Map(
    Object.entries(headers)
      .slice(0, 200)
      .map(([name, value]: [string, unknown]) => [name.toLowerCase(), value]),
  );
  return name => {
    const value = known.get(name);
    return typeof value === 'string' ? value : undefined;
  };
}
