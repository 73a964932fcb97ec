import { expect } from 'vitest';
import { z } from 'zod';
import {
  writeRequest1,
  writeRequest2,
  type WrittenSeries,
} from '../decode/remote-write/request-writer.test-support.js';
import { snappy } from '../decode/snappy.test-support.js';
import { startProgram } from '../running-program.test-support.js';

const envelope = z.object({
  status: z.string().optional(),
  error: z.unknown().optional(),
  data: z.unknown().optional(),
  warnings: z.array(z.string()).optional(),
});
const point = z.tuple([z.number(), z.string()]);
const series = z.object({
  result: z.array(
    z.object({
      // A record of Zod's leaves out `__proto__`.
      metric: z.unknown(),
      value: point.optional(),
      values: z.array(point).optional(),
    }),
  ),
});

export type Parameters = readonly (readonly [name: string, value: string])[];
export type FoundSeries = z.output<typeof series>['result'];
export interface Said extends z.output<typeof envelope> {
  readonly code: number;
}

/** The whole program, what is sent to it and what it is asked, by workspace. */
export interface AskedProgram {
  readonly api: string;
  readonly ingest: string;
  /** By remote write; resolves when it can be asked for. */
  write(workspace: string, series: readonly WrittenSeries[], version?: 1 | 2): Promise<void>;
  /** Metrics as OTLP's JSON; the same. */
  otlp(workspace: string, body: unknown): Promise<void>;
  ask(workspace: string, path: string, parameters?: Parameters, form?: boolean): Promise<Said>;
  query(workspace: string, expression: string, timeMs: number): Promise<FoundSeries>;
  range(workspace: string, expression: string, startMs: number, endMs: number, step: string): Promise<FoundSeries>;
  stop(): Promise<void>;
}

export async function startAskedProgram(): Promise<AskedProgram> {
  const { api, ingest, flush, stop } = await startProgram();

  async function post(url: string, workspace: string, type: string, body: Uint8Array | string): Promise<void> {
    const packed = typeof body === 'string' ? {} : { 'content-encoding': 'snappy' };
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...packed, 'content-type': type, 'x-scope-orgid': workspace },
      body: typeof body === 'string' ? body : Buffer.from(body),
    });
    expect([answer.status, await answer.text()]).toEqual([expect.toSatisfy((s: number) => s < 300), expect.anything()]);
    await flush();
  }

  async function ask(workspace: string, path: string, parameters: Parameters = [], form = false): Promise<Said> {
    const text = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])).toString();
    const headers = { 'x-scope-orgid': workspace };
    const answer = form
      ? await fetch(`${api}${path}`, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
          body: text,
        })
      : await fetch(`${api}${path}?${text}`, { headers });
    // Whatever is in it, it is JSON in UTF-8.
    const body = new TextDecoder('utf-8', { fatal: true }).decode(await answer.arrayBuffer());
    return { code: answer.status, ...envelope.parse(JSON.parse(body)) };
  }

  async function found(workspace: string, path: string, parameters: Parameters): Promise<FoundSeries> {
    const { code, data, error } = await ask(workspace, path, parameters, true);
    const shown = parameters.map(pair => pair.join('=').slice(0, 200)).join(' ');
    expect([shown, code, error]).toEqual([shown, 200, undefined]);
    return series.parse(data).result;
  }

  return {
    api,
    ingest,
    write: (workspace, written, version = 1) =>
      post(
        `${ingest}/api/v1/write`,
        workspace,
        version === 1 ? 'application/x-protobuf' : 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
        snappy(version === 1 ? writeRequest1(written) : writeRequest2(written)),
      ),
    otlp: (workspace, body) => post(`${ingest}/v1/metrics`, workspace, 'application/json', JSON.stringify(body)),
    ask,
    query: (workspace, query, timeMs) =>
      found(workspace, '/api/v1/query', [
        ['query', query],
        ['time', String(timeMs / 1000)],
      ]),
    range: (workspace, query, startMs, endMs, step) =>
      found(workspace, '/api/v1/query_range', [
        ['query', query],
        ['start', String(startMs / 1000)],
        ['end', String(endMs / 1000)],
        ['step', step],
      ]),
    stop,
  };
}
