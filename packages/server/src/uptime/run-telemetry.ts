import type { CheckDefinition, CheckRun } from '@bellwether/model';
import { decode } from '../decode/decode.js';
import { BlockBuilder, type TableBlock } from '../write/block-builder.js';
import type { FinishedRun } from './run-check.js';

/** The service that spans and metrics of checks have. */
const serviceName = 'bellwether-checks';

/** What a check is told by in the pages: never with what a header holds. */
export function targetOf(check: CheckDefinition): string {
  switch (check.kind) {
    case 'http':
      return check.url;
    case 'tcp':
    case 'tls':
      return `${check.host}:${check.port}`;
    case 'dns':
      return `${check.type} ${check.host}`;
    case 'heartbeat':
      return 'called by a job';
  }
}

const json = (request: object): Buffer => Buffer.from(JSON.stringify(request));

const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });

/** A run to be told of; one without a span id leaves metrics only. */
export interface ToldRun {
  readonly workspace: string;
  readonly check: CheckDefinition;
  readonly run: CheckRun & Partial<Pick<FinishedRun, 'spanId'>>;
  /** The check is down after it. */
  readonly isDown: boolean;
}

/**
 * The rows that runs leave in the store: `bellwether_check_up` and `bellwether_check_down` (1 or 0), `bellwether_check_duration_seconds`,
 * `bellwether_check_certificate_expiry_seconds`, and the root span of the trace that the target goes on with.
 */
export function runBlocks(runs: readonly ToldRun[], firstSeq: number): readonly TableBlock[] {
  const builder = new BlockBuilder();
  for (const [index, told] of runs.entries()) {
    const { workspace, check, run } = told;
    const arrival = { workspace, recordSeq: firstSeq + index, receivedMs: run.startedMs };
    const scopeMetrics = [{ metrics: metricsOf(told) }];
    builder.add(decode('metrics', 'json', json({ resourceMetrics: [{ resource, scopeMetrics }] })), arrival);
    if (run.spanId === undefined) continue;
    const scopeSpans = [{ spans: [spanOf(check, run, run.spanId)] }];
    builder.add(decode('traces', 'json', json({ resourceSpans: [{ resource, scopeSpans }] })), arrival);
  }
  return builder.cut();
}

const resource = { attributes: [text('service.name', serviceName)] };

function metricsOf({ check, run, isDown }: ToldRun): readonly object[] {
  const attributes = [text('check', check.id), text('kind', check.kind)];
  const timeUnixNano = nanoseconds(run.startedMs + run.durationMs);
  const gauge = (name: string, description: string, asDouble: number): object => {
    return { name, description, gauge: { dataPoints: [{ timeUnixNano, asDouble, attributes }] } };
  };
  return [
    gauge('bellwether_check_up', '1 when the last run of the check succeeded, else 0.', run.isUp ? 1 : 0),
    gauge(
      'bellwether_check_down',
      '1 when so many runs in a row failed that the check is down, else 0.',
      isDown ? 1 : 0,
    ),
    gauge('bellwether_check_duration_seconds', 'How long the last run took.', run.durationMs / 1000),
    ...(run.certificateDays === null
      ? []
      : [
          gauge(
            'bellwether_check_certificate_expiry_seconds',
            'Until the certificate ends.',
            run.certificateDays * 86_400,
          ),
        ]),
  ];
}

function spanOf(check: CheckDefinition, run: CheckRun, spanId: string): object {
  return {
    traceId: run.traceId,
    spanId,
    name: `check ${check.id}`,
    // INTERNAL: a check is no service of yours, and stands neither among them nor among those that call others.
    kind: 1,
    startTimeUnixNano: nanoseconds(run.startedMs),
    endTimeUnixNano: nanoseconds(run.startedMs + run.durationMs),
    attributes: [text('check', check.id), text('kind', check.kind), ...spanAttributes(check, run)],
    status: run.isUp ? {} : { code: 2, message: run.message },
  };
}

const nanoseconds = (ms: number): string => String(BigInt(Math.round(ms * 1000)) * 1000n);

function spanAttributes(check: CheckDefinition, run: CheckRun): readonly object[] {
  const failed = run.reason === null ? [] : [text('error.type', run.reason)];
  switch (check.kind) {
    case 'http': {
      const { hostname, port } = new URL(check.url);
      return [
        text('url.full', check.url),
        text('server.address', hostname),
        ...(port === '' ? [] : [text('server.port', port)]),
        text('http.request.method', check.method),
        ...(run.httpStatus === null ? [] : [text('http.response.status_code', String(run.httpStatus))]),
        ...failed,
      ];
    }
    case 'tcp':
    case 'tls':
      return [text('server.address', check.host), text('server.port', String(check.port)), ...failed];
    case 'dns':
      return [text('dns.question.name', check.host), ...failed];
    case 'heartbeat':
      return failed;
  }
}
