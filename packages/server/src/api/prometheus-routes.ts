import type { PromqlFeature } from '../base/promql-features.js';
import { promisify } from 'node:util';
import { deflate, gzip } from 'node:zlib';
import { explainAnswer, metricsAnswer } from '@bellwether/model';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ReceiverLink } from '../handover/receiver-link.js';
import { errorAnswer } from '../promql/failure.js';
import { unescapedName } from '../promql/prometheus-names.js';
import type { Answer, Question } from '../promql/question.js';
import type { WorkerPool } from '../promql/worker-pool.js';
import type { Asker } from '../query/asker.js';
import { BadParameter, PrometheusParameters, readQuestion } from './prometheus-parameters.js';
import type { DescribedRoute } from './route.js';

/** What the routes tell of this server. */
export interface PrometheusFacts {
  readonly receiver: ReceiverLink;
  readonly startedAtMs: number;
  readonly version: string;
  readonly retentionDays: number;
  readonly maxSeconds: number;
  readonly features: readonly PromqlFeature[];
}

interface PrometheusRoute extends DescribedRoute {
  /** Also as a POST with a form. */
  readonly takesForm: boolean;
  /** What is asked of the store, or what is answered without it. */
  read(
    parameters: PrometheusParameters,
    nowMs: number,
    label: string,
    workspace: string,
  ): Question | { readonly data: unknown };
}

const anything = z.unknown();

/** An answer of the Prometheus API. */
function answered(data: z.ZodType): z.ZodType {
  return z.object({
    status: z.literal('success'),
    data,
    warnings: z.array(z.string()).optional(),
    infos: z.array(z.string()).optional(),
  });
}

const time = z.string().describe('Seconds since 1970, or RFC 3339').optional();
const range = { start: time, end: time };
const expression = {
  query: z.string(),
  timeout: z.string().describe('A duration; at most query.maxSeconds').optional(),
  limit: z.string().describe('Series of the answer').optional(),
  lookback_delta: z.string().describe('A duration; 5m unless said').optional(),
  stats: z.string().describe('`all`: what the query took').optional(),
};
const selected = { 'match[]': z.string().describe('A selector; may repeat').optional(), ...range };
const limit = { limit: z.string().optional() };
const labels = z.record(z.string(), z.string());

const result = answered(
  z.object({ resultType: z.enum(['matrix', 'vector', 'scalar', 'string']), result: z.array(anything) }),
);

const queries: readonly PrometheusRoute[] = [
  {
    ...described('/api/v1/query', 'Prometheus: evaluates an expression at one time.', result, {
      ...expression,
      time,
    }),
    takesForm: true,
    read: readQuestion.instant,
  },
  {
    ...described('/api/v1/query_range', 'Prometheus: evaluates an expression at the steps of a range.', result, {
      ...expression,
      start: z.string(),
      end: z.string(),
      step: z.string().describe('Seconds or a duration'),
    }),
    takesForm: true,
    read: readQuestion.range,
  },
  {
    ...described(
      '/api/v1/query_exemplars',
      "Prometheus: exemplars of the series in an expression, with their traces' ids.",
      answered(z.array(anything)),
      { query: z.string(), ...range },
    ),
    takesForm: true,
    read: readQuestion.exemplars,
  },
  {
    ...described('/api/v1/series', 'Prometheus: the label sets that selectors mean.', answered(z.array(labels)), {
      ...selected,
      ...limit,
    }),
    takesForm: true,
    read: readQuestion.series,
  },
  {
    ...described('/api/v1/labels', 'Prometheus: names of labels.', answered(z.array(z.string())), {
      ...selected,
      ...limit,
    }),
    takesForm: true,
    read: readQuestion.labels,
  },
  {
    ...described(
      '/api/v1/label/:name/values',
      'Prometheus: values of a label; of `__name__`, the names of all metrics.',
      answered(z.array(z.string())),
      { ...selected, ...limit },
    ),
    params: z.object({ name: z.string().describe('A name that is not plain is escaped: U__http_2e_route') }),
    takesForm: false,
    read: (parameters, _, label) => readQuestion.labelValues(parameters, unescapedName(label)),
  },
  {
    ...described(
      '/api/v1/metadata',
      'Prometheus: type, unit and help of metrics.',
      answered(z.record(z.string(), z.array(anything))),
      { metric: z.string().optional(), limit: z.string().optional(), limit_per_metric: z.string().optional() },
    ),
    takesForm: false,
    read: readQuestion.metadata,
  },
  {
    ...described('/api/v1/format_query', 'Prometheus: an expression, well laid out.', answered(z.string()), {
      query: z.string(),
    }),
    takesForm: true,
    read: readQuestion.format,
  },
  {
    ...described('/api/v1/parse_query', 'Prometheus: an expression as a tree.', answered(anything), {
      query: z.string(),
    }),
    takesForm: true,
    read: readQuestion.parse,
  },
  {
    ...described(
      '/api/v1/status/tsdb',
      'Prometheus: how many series there are, and which metrics and labels make them.',
      answered(anything),
      limit,
    ),
    takesForm: false,
    read: readQuestion.cardinality,
  },
];

/** Answered as the other routes of `/api/bw/`: without an envelope. */
const own: readonly PrometheusRoute[] = [
  {
    ...described('/api/bw/v1/explain', 'What a PromQL query fetches and what it takes.', explainAnswer, {
      ...expression,
      time,
      start: time,
      end: time,
      step: z.string().optional(),
    }),
    takesForm: true,
    read: readQuestion.explain,
  },
  {
    ...described('/api/bw/v1/metrics', 'Metrics with type, unit, help and number of series.', metricsAnswer, {
      search: z.string().describe('Part of the name or the help').optional(),
      limit: z.string().optional(),
    }),
    takesForm: false,
    read: readQuestion.metrics,
  },
];

function described(
  path: string,
  summary: string,
  answer: z.ZodType,
  query: Readonly<Record<string, z.ZodType>>,
): DescribedRoute {
  return {
    method: 'GET',
    path,
    summary,
    query: z.object(query),
    params: undefined,
    body: undefined,
    answer,
    contentType: 'application/json',
  };
}

function told(path: string, summary: string, data: (workspace: string) => unknown): PrometheusRoute {
  return {
    ...described(path, summary, answered(anything), {}),
    takesForm: false,
    read: (_parameters, _nowMs, _label, workspace) => ({ data: data(workspace) }),
  };
}

/** What is said of the server itself. Rules and alerts are empty until there are any. */
function aboutServer(facts: PrometheusFacts): readonly PrometheusRoute[] {
  return [
    told('/api/v1/targets', 'Prometheus: the targets that are scraped.', workspace =>
      targets(facts.receiver, workspace),
    ),
    told('/api/v1/rules', 'Prometheus: rules. There are none yet.', () => ({ groups: [] })),
    told('/api/v1/alerts', 'Prometheus: alerts. There are none yet.', () => ({ alerts: [] })),
    told('/api/v1/alertmanagers', 'Prometheus: where alerts are sent. There are none.', () => ({
      activeAlertmanagers: [],
      droppedAlertmanagers: [],
    })),
    told('/api/v1/status/buildinfo', 'Prometheus: the version whose API and language this is.', () => ({
      version: spokenVersion,
      revision: `bellwether-${facts.version}`,
      branch: '',
      buildUser: '',
      buildDate: '',
      goVersion: '',
    })),
    told('/api/v1/status/runtimeinfo', 'Prometheus: since when the server runs, and how long data is kept.', () => ({
      startTime: new Date(facts.startedAtMs).toISOString(),
      serverTime: new Date().toISOString(),
      reloadConfigSuccess: true,
      lastConfigTime: new Date(facts.startedAtMs).toISOString(),
      corruptionCount: 0,
      storageRetention: `${facts.retentionDays}d`,
    })),
    told('/api/v1/status/config', "Prometheus: its configuration. Ours is bellwether's own.", () => ({
      yaml: '# Bellwether is configured in bellwether.yaml, see its guide.\n',
    })),
    told('/api/v1/status/flags', 'Prometheus: its flags, those that mean something here.', () => ({
      'enable-feature': facts.features.join(','),
      'query.lookback-delta': '5m',
      'query.timeout': `${facts.maxSeconds}s`,
      'storage.tsdb.retention.time': `${facts.retentionDays}d`,
    })),
  ];
}

/** Grafana and others choose by it what they may ask. */
const spokenVersion = '3.5.0';

/** Every route, as `openapi.json` describes it. */
export function prometheusRoutes(facts: PrometheusFacts): readonly PrometheusRoute[] {
  return [...queries, ...aboutServer(facts), ...own];
}

/** A query may be a megabyte, and a form makes it up to three times as long. */
const maxFormBytes = 4 << 20;

/** Adds the routes; `asker` says who asks. */
export async function addPrometheus(
  app: FastifyInstance,
  {
    facts,
    pool,
    asker,
  }: {
    readonly facts: PrometheusFacts;
    readonly pool: WorkerPool;
    readonly asker: (request: FastifyRequest, reply: FastifyReply) => Asker;
  },
): Promise<void> {
  await app.register(async scope => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: maxFormBytes },
      (_, body, done) => done(null, new URLSearchParams(String(body))),
    );
    for (const route of prometheusRoutes(facts)) {
      scope.route({
        method: route.takesForm ? ['GET', 'POST'] : 'GET',
        url: route.path,
        bodyLimit: maxFormBytes,
        async handler(request, reply) {
          const who = asker(request, reply);
          const answer = await answerTo(route, request, who, pool);
          const isOwn = route.path.startsWith('/api/bw/');
          return send(request, reply, isOwn ? inOwnForm(answer, request.id) : answer);
        },
      });
    }
  });
}

async function answerTo(
  route: PrometheusRoute,
  request: FastifyRequest,
  asker: Asker,
  pool: WorkerPool,
): Promise<Answer> {
  try {
    const address = new URL(request.url, 'http://localhost').searchParams;
    const form = request.body instanceof URLSearchParams ? request.body : undefined;
    const parameters = new PrometheusParameters(address, form);
    const label = z.object({ name: z.string() }).safeParse(request.params).data?.name ?? '';
    const asked = route.read(parameters, Date.now(), label, asker.scope.workspace);
    if ('data' in asked) return jsonAnswer({ status: 'success', data: asked.data });
    const timeoutMs = parameters.durationMs('timeout');
    return await pool.ask(asked, asker, timeoutMs);
  } catch (error) {
    if (error instanceof BadParameter) return errorAnswer('bad_data', error.message);
    throw error;
  }
}

function jsonAnswer(value: unknown): Answer {
  return { status: 200, body: new TextEncoder().encode(JSON.stringify(value)) };
}

const prometheusError = z.object({ errorType: z.string(), error: z.string() });

/** An error in the shape of our own API. */
function inOwnForm(answer: Answer, requestId: string): Answer {
  if (answer.status === 200) return answer;
  const { errorType, error } = prometheusError.parse(JSON.parse(new TextDecoder().decode(answer.body)));
  const { body } = jsonAnswer({ error: { code: errorType, message: error, requestId } });
  return { status: answer.status, body };
}

const gzipped = promisify<Uint8Array, { level: number; chunkSize: number }, Buffer>(gzip);
const deflated = promisify<Uint8Array, { level: number; chunkSize: number }, Buffer>(deflate);
/** A megabyte packs into about as much; in small pieces the loop is gone back to for each of them. */
const chunkSize = 1 << 18;
/** Shorter answers fit into one packet. */
const leastPackedBytes = 1400;

async function send(request: FastifyRequest, reply: FastifyReply, { status, body }: Answer): Promise<unknown> {
  reply
    .code(status)
    .header('cache-control', 'no-store')
    .header('vary', 'accept-encoding')
    .type('application/json; charset=utf-8');
  if (status === 503) reply.header('retry-after', 1);
  const accepted = String(request.headers['accept-encoding'] ?? '');
  if (body.length >= leastPackedBytes && /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\b)/.test(accepted)) {
    return reply.header('content-encoding', 'gzip').send(await gzipped(body, { level: 1, chunkSize }));
  }
  if (body.length >= leastPackedBytes && /\bdeflate\b(?!\s*;\s*q=0(?:\.0*)?\b)/.test(accepted)) {
    return reply.header('content-encoding', 'deflate').send(await deflated(body, { level: 1, chunkSize }));
  }
  return reply.send(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
}

function targets(receiver: ReceiverLink, asking: string): unknown {
  const scraped = (receiver.status()?.scrapeTargets ?? []).filter(({ workspace }) => workspace === asking);
  return {
    activeTargets: scraped.map(({ job, url, state, error, lastScrapeMs, lastDurationMs }) => ({
      discoveredLabels: {},
      labels: { job, instance: URL.canParse(url) ? new URL(url).host : url },
      scrapePool: job,
      scrapeUrl: url,
      globalUrl: url,
      lastError: error ?? '',
      lastScrape: new Date(lastScrapeMs ?? 0).toISOString(),
      lastScrapeDuration: (lastDurationMs ?? 0) / 1000,
      health: state,
    })),
    droppedTargets: [],
    droppedTargetCounts: {},
  };
}
