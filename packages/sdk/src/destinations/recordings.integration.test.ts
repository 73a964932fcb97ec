import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { beforeAll, expect, test, vi } from 'vitest';
import { startApp } from '../test-support/child-app.js';
import { pointsOf, resourceOf, spansOf } from '../test-support/otlp.js';
import { Message } from '../test-support/protobuf.js';

/** What one request of the same shop makes us send to all providers at once; what their own agents send of it is in `recorded`. */
interface Sent {
  readonly posts: readonly Post[];
  /** Lines of DogStatsD. */
  readonly lines: readonly string[];
}

interface Post {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

type Json = Readonly<Record<string, unknown>>;

/** What an item holds: an event's members, or spans. */
interface Payload extends Json {
  readonly contexts?: Readonly<Record<string, Json>>;
  readonly breadcrumbs?: readonly Json[];
  readonly exception?: { readonly values: readonly SentryException[] };
  readonly items?: readonly (Json & { readonly attributes: Readonly<Record<string, Json>> })[];
}

interface SentryException extends Json {
  readonly stacktrace: { readonly frames: readonly Json[] };
}

interface Envelope {
  readonly header: Json;
  readonly items: readonly { readonly header: Json; readonly payload: Payload }[];
}

let sent: Sent;

beforeAll(async () => {
  const posts: Post[] = [];
  const lines: string[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const isPacked = request.headers['content-encoding'] === 'gzip';
      posts.push({ path: request.url ?? '', headers: request.headers, body: isPacked ? gunzipSync(body) : body });
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  const statsd = createSocket('udp4');
  statsd.on('message', message => lines.push(...message.toString().split('\n')));
  statsd.bind(0, '127.0.0.1');
  await once(statsd, 'listening');
  const app = await startApp('providers', {
    OTEL_SERVICE_NAME: 'shop',
    OTEL_RESOURCE_ATTRIBUTES: 'service.version=1.2.3,deployment.environment.name=test',
    BELLWETHER_DESTINATIONS: 'sentry,newrelic,datadog',
    SENTRY_DSN: `http://public@127.0.0.1:${port}/7`,
    BELLWETHER_SENTRY_SPANS: 'true',
    NEW_RELIC_LICENSE_KEY: 'eu01xx0000000000000000000000000000000000',
    NEW_RELIC_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    DD_TRACE_AGENT_URL: `http://127.0.0.1:${port}/agent`,
    DD_DOGSTATSD_PORT: String(statsd.address().port),
  });
  await app.get('/orders/42');
  // The end of a process waits two seconds for what is on its way, which a busy machine may need for less than all of it.
  await vi.waitFor(() => {
    const left = missing(posts);
    if (left.length > 0) throw new Error(`these have not come: ${left.join()}`);
  }, 60_000);
  await app.stop();
  // Datagrams that have left the application may still wait in the socket here.
  await vi.waitFor(() => {
    const [request, gauge] = ['basket.wait:', 'shelf.free:'].map(of =>
      lines.findLastIndex(line => line.startsWith(of)),
    );
    if (request === undefined || gauge === undefined || request < 0 || gauge < request)
      throw new Error('the datagrams of the request have not come');
  }, 60_000);
  server.closeAllConnections();
  server.close();
  statsd.close();
  sent = { posts, lines };
});

/** Where what tells of the request has not come yet; metrics go out at the end. */
function missing(posts: readonly Post[]): readonly string[] {
  const envelopes = forSentry(posts);
  const came = {
    error: eventOf('error', envelopes) !== undefined,
    message: eventOf('warning', envelopes) !== undefined,
    spans: envelopes.some(hasSegment),
    'traces for New Relic': posts.some(({ path }) => path === '/v1/traces'),
    'traces for Datadog': posts.some(({ path }) => path.endsWith('/traces') && path.startsWith('/agent/')),
  };
  return Object.entries(came).flatMap(([what, isThere]) => (isThere ? [] : [what]));
}

function recorded(name: string): string {
  return readFileSync(new URL(`./recorded/${name}`, import.meta.url), 'utf8');
}

/** Lines of JSON: the header, then for each item its header and its payload (https://develop.sentry.dev/sdk/foundations/transport/envelopes/). */
function envelopeOf(body: Buffer): Envelope {
  const [header = {}, ...rest] = body
    .toString()
    .split('\n')
    .filter(line => line !== '')
    // We wrote objects.
    .map(line => JSON.parse(line) as Json);
  const items = rest.flatMap((item, at) => (at % 2 === 0 ? [{ header: item, payload: rest[at + 1] ?? {} }] : []));
  return { header, items };
}

const typeOf = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value);

/** Each field of theirs, with its type. */
function typesOf(theirs: unknown, without: readonly string[]): readonly (readonly [string, string])[] {
  return Object.entries(theirs ?? {})
    .filter(([name]) => !without.includes(name))
    .map(([name, value]) => [name, typeOf(value)]);
}

/** Says which fields of theirs ours lacks, or has of another type. */
function expectFields(ours: unknown, theirs: unknown, without: readonly string[] = []): void {
  const fields = new Map(Object.entries(ours ?? {}));
  const expected = typesOf(theirs, without);
  expect(expected.map(([name]) => [name, typeOf(fields.get(name))])).toEqual(expected);
}

/** What `@sentry/node` 11.11 sent: the span, the error, the message. */
const sentry = (): readonly Envelope[] => JSON.parse(recorded('sentry-node-11.11.0.json'));

function forSentry(posts: readonly Post[]): readonly Envelope[] {
  return posts.filter(({ path }) => path === '/api/7/envelope/').map(({ body }) => envelopeOf(body));
}

const oursForSentry = (): readonly Envelope[] => forSentry(sent.posts);

const payloadOf = (envelope: Envelope | undefined): Payload => envelope?.items[0]?.payload ?? {};

const hasSegment = (envelope: Envelope): boolean =>
  payloadOf(envelope).items?.some(span => span['is_segment'] === true) === true;

const isEvent = ({ items }: Envelope): boolean => items[0]?.header['type'] === 'event';

function eventOf(level: string, from: readonly Envelope[]): Envelope | undefined {
  return from.find(envelope => isEvent(envelope) && payloadOf(envelope)['level'] === level);
}

test('[A2] an error for Sentry has what its own SDK sends of it: fields, person, breadcrumb, and causes and frames in their order', () => {
  const [their, our] = [payloadOf(eventOf('error', sentry())), payloadOf(eventOf('error', oursForSentry()))];
  expectFields(our, their);
  for (const field of ['level', 'platform', 'release', 'environment', 'user', 'extra'])
    expect([field, our[field]]).toEqual([field, their[field]]);
  expect(our['tags']).toMatchObject(their['tags'] ?? {});
  expectFields(our.contexts?.['trace'], their.contexts?.['trace']);
  expectFields(our.contexts?.['runtime'], their.contexts?.['runtime']);
  // A time may be a number, as theirs is, or a date, as ours is.
  const { timestamp: atSeconds, ...breadcrumb } = their.breadcrumbs?.[0] ?? {};
  expect([typeof atSeconds, our.breadcrumbs?.at(-1)]).toEqual(['number', expect.objectContaining(breadcrumb)]);
  const [theirErrors, ourErrors] = [their.exception?.values ?? [], our.exception?.values ?? []];
  expect(ourErrors.map(({ type, value, mechanism }) => ({ type, value, mechanism }))).toEqual(
    theirErrors.map(({ type, value, mechanism }) => ({ type, value, mechanism })),
  );
  expect(ourErrors.map(({ type }) => type)).toEqual(['SyntaxError', 'RangeError']);
  for (const [at, { stacktrace }] of theirErrors.entries()) {
    // The call in which it was thrown is the last in both.
    const [theirLast, ourLast] = [stacktrace.frames, ourErrors[at]?.stacktrace.frames ?? []].map(frames =>
      frames.findLast(frame => frame['in_app'] === true),
    );
    expectFields(ourLast, theirLast, ['module']);
    expect([ourLast?.['function'], theirLast?.['function']]).toEqual(['readOrder', 'readOrder']);
  }
});

test('[A2] a message for Sentry has its text and level; what its SDK adds of where it was said, we do not', () => {
  const [their, our] = [payloadOf(eventOf('warning', sentry())), payloadOf(eventOf('warning', oursForSentry()))];
  expectFields(our, their, ['exception']);
  expect([our['message'], our['level']]).toEqual([their['message'], their['level']]);
});

test('[A2] spans for Sentry are items of the form that its SDK sends, in an envelope that names their trace and project', () => {
  const [theirs, ours] = [sentry(), oursForSentry()].map(all => all.find(hasSegment));
  const [their, our] = [payloadOf(theirs), payloadOf(ours)];
  expect(ours?.items[0]?.header).toMatchObject({ ...theirs?.items[0]?.header, item_count: our.items?.length });
  expect(our['version']).toBe(their['version']);
  const segment = our.items?.find(span => span['is_segment'] === true);
  const [theirSpan] = their.items ?? [];
  expectFields(segment, theirSpan);
  expect([segment?.['name'], segment?.['status']]).toEqual([theirSpan?.['name'], theirSpan?.['status']]);
  // How their SDK was started, what it thinks of its own span, and what its sampler drew.
  const own =
    /^sentry\.(origin|op|sdk\..*|sample_rate|status\.message|segment\.name\.source|trace_lifecycle)$|^sentry\.segment\.id$|^user\.email$/;
  const said = Object.entries(theirSpan?.attributes ?? {}).filter(([name]) => !own.test(name));
  expect(said.map(([name]) => [name, segment?.attributes[name]])).toEqual(said);
  expect(segment?.attributes['sentry.segment.id']?.['value']).toBe(segment?.['span_id']);
  const errors = eventOf('error', oursForSentry());
  for (const envelope of [ours, errors])
    expect(envelope?.header['trace']).toEqual({
      trace_id: segment?.['trace_id'],
      public_key: 'public',
      release: 'shop@1.2.3',
      environment: 'test',
    });
  for (const field of ['trace_id', 'public_key', 'release', 'environment'])
    expect(theirs?.header['trace']).toHaveProperty(field);
});

/** `<name>:<value>|<type>|@<sample rate>|#<tag>,<tag>` (https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/) */
const datagram = /^([a-zA-Z][\w.]*):(-?\d+(?:\.\d+)?)\|([cgd])(?:\|@(0\.\d+))?(?:\|#([^|#\n]+))?$/;

interface Sample {
  readonly name: string;
  readonly value: number;
  readonly type: string;
  readonly rate: number;
  readonly tags: string;
}

function samplesIn(lines: readonly string[]): readonly Sample[] {
  return lines.map(line => {
    const parts = datagram.exec(line);
    if (parts === null) throw new Error(`not a line of DogStatsD: ${line}`);
    const [, name = '', value, type = '', rate = '1', tags = ''] = parts;
    return { name, value: Number(value), type, rate: Number(rate), tags };
  });
}

function sorted(samples: readonly Sample[]): readonly Sample[] {
  return samples.toSorted((a, b) => `${a.name} ${a.tags}`.localeCompare(`${b.name} ${b.tags}`) || a.value - b.value);
}

test('[A2] DogStatsD gets lines of the grammar that hot-shots writes, with the same types, tags and sample rates', () => {
  const theirs = samplesIn(recorded('hot-shots-17.1.1.txt').trimEnd().split('\n'));
  const names = new Set(theirs.map(({ name }) => name));
  // A gauge is sent each time.
  const ours = samplesIn([...new Set(sent.lines)]).filter(({ name }) => names.has(name));
  const facts = (samples: readonly Sample[]) =>
    sorted(samples).map(({ name, type, rate, tags }) => [name, type, rate, tags]);
  expect(facts(ours)).toEqual(facts(theirs));
  // A distribution is sent from buckets, whose middle stands for what is in them.
  const error = sorted(ours).map(({ value }, at) => Math.abs(value / (sorted(theirs)[at]?.value ?? 0) - 1));
  expect(Math.max(...error)).toBeLessThan(0.05);
  const exact = (samples: readonly Sample[]) => sorted(samples).filter(({ type }) => type !== 'd');
  expect(exact(ours)).toEqual(exact(theirs));
});

/** What OpenTelemetry's own exporters 0.223 sent, set up as New Relic's documents say. */
function toNewRelic(): readonly Post[] {
  const posts: readonly { path: string; headers: Record<string, string>; body: string }[] = JSON.parse(
    recorded('opentelemetry-exporters-0.223.0.json'),
  );
  return posts.map(({ body, ...rest }) => ({ ...rest, body: Buffer.from(body, 'base64') }));
}

const bodiesAt = (posts: readonly Post[], path: string): readonly Buffer[] =>
  posts.filter(post => post.path === path).map(({ body }) => body);

/** Name, unit, description and kind (5 gauge, 7 sum, 9 histogram, 10 exponential histogram) of each metric. */
function metricsIn(body: Buffer): ReadonlyMap<string, readonly [string, string, number | undefined]> {
  const metrics = new Message(body)
    .messages(1)
    .flatMap(resource => resource.messages(2).flatMap(scope => scope.messages(2)));
  return new Map(
    metrics.map(metric => [
      metric.text(1),
      [metric.text(3), metric.text(2), [5, 7, 9, 10].find(field => metric.all(field).length > 0)],
    ]),
  );
}

test('[A2] New Relic gets what OpenTelemetry’s exporters send it: paths, headers, resource, spans and metrics', () => {
  const ours = sent.posts.filter(({ path }) => path.startsWith('/v1/'));
  for (const { path, headers, body } of toNewRelic()) {
    const same = ours.filter(post => post.path === path);
    expect(same).not.toHaveLength(0);
    for (const post of same) {
      expect(post.headers).toMatchObject(headers);
      expect(resourceOf(post.body)).toMatchObject({
        'service.name': 'shop',
        'service.version': '1.2.3',
        'deployment.environment.name': 'test',
      });
    }
    expect(resourceOf(body)).toMatchObject({ 'service.name': 'shop' });
  }
  const [theirSpan] = bodiesAt(toNewRelic(), '/v1/traces').flatMap(spansOf);
  const ourSpan = bodiesAt(ours, '/v1/traces')
    .flatMap(spansOf)
    .find(span => span.kind === 2);
  expect(ourSpan).toMatchObject({ name: theirSpan?.name, kind: theirSpan?.kind, status: theirSpan?.status });
  expect(ourSpan?.attributes).toMatchObject(theirSpan?.attributes ?? {});

  const theirMetrics = new Map(bodiesAt(toNewRelic(), '/v1/metrics').flatMap(body => [...metricsIn(body)]));
  const ourMetrics = new Map(bodiesAt(ours, '/v1/metrics').flatMap(body => [...metricsIn(body)]));
  expect([...theirMetrics.keys()].toSorted()).toEqual(['basket.size', 'basket.wait', 'books.sold', 'shelf.free']);
  for (const [name, facts] of theirMetrics) expect([name, ourMetrics.get(name)]).toEqual([name, facts]);
  // Theirs count from export to export, ours from the start: at the first export both say the same.
  const points = (posts: readonly Post[]) => {
    const all = bodiesAt(posts, '/v1/metrics')
      .flatMap(pointsOf)
      .filter(({ metric }) => theirMetrics.has(metric))
      .map(({ metric, scope, attributes, value, count, sum }) =>
        JSON.stringify({ metric, scope, attributes, value, count, sum }),
      );
    return [...new Set(all)].toSorted();
  };
  expect(points(ours)).toEqual(points(toNewRelic()));
});

test('[A2] spans and metrics of a request keep New Relic’s limits: 255 characters of a name, 4095 of a value', () => {
  const attributes = [
    ...bodiesAt(sent.posts, '/v1/traces').flatMap(spansOf),
    ...bodiesAt(sent.posts, '/v1/metrics').flatMap(pointsOf),
  ].flatMap(item => Object.entries(item.attributes));
  expect(attributes.length).toBeGreaterThan(10);
  expect(attributes.filter(([name, value]) => name.length > 255 || String(value).length > 4095)).toEqual([]);
});
