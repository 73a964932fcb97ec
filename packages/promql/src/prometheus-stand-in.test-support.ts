import { Buffer } from 'node:buffer';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { evaluate } from './evaluate/evaluate.js';
import { instantSteps, rangeSteps } from './evaluate/grid.js';
import type { EvaluateOptions } from './evaluate/options.js';
import type { QueryValue } from './evaluate/result.js';
import type { FloatHistogram } from './histogram/float-histogram.js';
import { histogramJson } from './histogram/json.js';
import { MemorySource } from './memory-source.js';
import { ParseError } from './parse/parse-error.js';
import { parseExpr } from './parse/parse-expr.js';
import { appendRemoteWrite } from './remote-write.test-support.js';
import { annotationText } from './value/annotations.js';
import { labelsRecord } from './value/labels.js';
import { plainNumber } from './value/number-text.js';
import { QueryError } from './value/query-error.js';

/** As much of Prometheus' HTTP API as the suite's runner asks for, over the engine and samples in memory. */
export interface StandIn {
  readonly url: string;
  close(): Promise<void>;
}

const { signal } = new AbortController();

/** Each value of `X-Scope-OrgID` has samples of its own. */
export async function startStandIn(options: EvaluateOptions): Promise<StandIn> {
  const worlds = new Map<string, MemorySource>();
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, body } = await answer(worlds, request, options);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function answer(
  worlds: Map<string, MemorySource>,
  request: IncomingMessage,
  options: EvaluateOptions,
): Promise<Answer> {
  const world = String(request.headers['x-scope-orgid']);
  let source = worlds.get(world);
  if (source === undefined) worlds.set(world, (source = new MemorySource()));
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const body = Buffer.concat(chunks);
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  try {
    if (pathname === '/api/v1/write') {
      appendRemoteWrite(source, body);
      return { status: 200, body: {} };
    }
    return { status: 200, body: await query(source, pathname, new URLSearchParams(body.toString()), options) };
  } catch (error) {
    const known = error instanceof QueryError || error instanceof ParseError;
    const text = error instanceof Error ? (known ? error.message : String(error.stack)) : String(error);
    return { status: known ? 422 : 500, body: { status: 'error', errorType: 'execution', error: text } };
  }
}

async function query(
  source: MemorySource,
  path: string,
  form: URLSearchParams,
  options: EvaluateOptions,
): Promise<unknown> {
  const text = form.get('query') ?? '';
  const ms = (name: string): number => Math.round(Number(form.get(name)) * 1000);
  const steps =
    path === '/api/v1/query_range' ? rangeSteps(ms('start'), ms('end'), ms('step')) : instantSteps(ms('time'));
  const expr = parseExpr(text, { experimentalFunctions: true, durationExpressions: true });
  const { value, annotations } = await evaluate({ expr, steps }, source, options, signal);
  const texts = (level: 'warning' | 'info'): readonly string[] =>
    annotations.filter(one => one.level === level).map(one => annotationText(one, text));
  return { status: 'success', data: data(value), warnings: texts('warning'), infos: texts('info') };
}

function data(value: QueryValue): unknown {
  switch (value.type) {
    case 'scalar':
      return { resultType: 'scalar', result: [value.timeMs / 1000, plainNumber(value.value)] };
    case 'string':
      return { resultType: 'string', result: [value.timeMs / 1000, value.value] };
    case 'vector': {
      const result = value.samples.map(({ labels, value: sample }) =>
        typeof sample === 'number'
          ? { metric: labelsRecord(labels), value: [value.timeMs / 1000, plainNumber(sample)] }
          : { metric: labelsRecord(labels), histogram: [value.timeMs / 1000, histogramJson(sample)] },
      );
      return { resultType: 'vector', result };
    }
    case 'matrix': {
      const result = value.series.map(({ labels, timesMs, values, histogramTimesMs, histograms }) => ({
        metric: labelsRecord(labels),
        values: Array.from(timesMs, (timeMs, at) => [timeMs / 1000, plainNumber(values[at] ?? NaN)]),
        histograms: histograms.map((one: FloatHistogram, at) => [
          (histogramTimesMs[at] ?? 0) / 1000,
          histogramJson(one),
        ]),
      }));
      return { resultType: 'matrix', result };
    }
  }
}
