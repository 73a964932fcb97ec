import type { Batch, Temporality } from '../export/batch.js';
import { ByteWriter } from '../otlp/byte-writer.js';
import { attributeBytes } from '../otlp/key-value.js';
import { writeMetric } from '../otlp/metric-writer.js';
import { nowMs } from './clock.js';
import { MetricDeltas } from './metric-deltas.js';
import type { Recorder } from './recorder.js';

/** The instrumentation scope of what we record ourselves. */
export const ownScope = '@bellwether/node';

interface Source {
  readonly out: ByteWriter;
  count: number;
}

/**
 * Cuts what was recorded into OTLP export requests:
 * `Export…Request { resource_… = 1 { resource = 1 { attributes = 1 }, scope_… = 2 { scope = 1 { name = 1; version = 2 }, … = 2 } } }`.
 */
export class Batches {
  readonly #recorder: Recorder;
  readonly #resource: Uint8Array;
  readonly #version: string;
  readonly #deltas = new MetricDeltas();

  constructor(recorder: Recorder, resource: Readonly<Record<string, string | number>>, version: string) {
    this.#recorder = recorder;
    this.#resource = attributeBytes(0x0a, resource);
    this.#version = version;
  }

  /** Spans and logs since the last time; what is precious comes first. */
  take(): Batch[] {
    const { spans, scopedSpans, logs, preciousLogs } = this.#recorder;
    const writers = [
      { scope: ownScope, writer: spans },
      ...[...scopedSpans].map(([scope, writer]) => ({ scope, writer })),
    ];
    return [
      ...this.#cut('logs', [{ scope: ownScope, writer: preciousLogs }]).map(batch => ({ ...batch, isPrecious: true })),
      ...this.#cut('traces', writers),
      ...this.#cut('logs', [{ scope: ownScope, writer: logs }]),
    ];
  }

  #cut(signal: Batch['signal'], sources: readonly { readonly scope: string; readonly writer: Source }[]): Batch[] {
    const filled = sources.filter(({ writer }) => writer.count > 0);
    if (filled.length === 0) return [];
    const items = filled.reduce((sum, { writer }) => sum + writer.count, 0);
    const body = this.#request(
      filled.map(({ scope, writer }) => ({ scope, content: writer.out.bytes.subarray(0, writer.out.length) })),
    );
    for (const { writer } of filled) {
      writer.out.length = 0;
      writer.count = 0;
    }
    return [{ signal, items, body }];
  }

  /** The present value of every series; in each of the wanted forms. */
  metrics(wanted: ReadonlySet<Temporality>): Batch[] {
    this.#recorder.metrics.observeAll(() => this.#recorder.fault('metric callback'));
    return [...wanted].flatMap(temporality => this.#metrics(temporality));
  }

  #metrics(temporality: Temporality): Batch[] {
    const { metrics, clock } = this.#recorder;
    const unixMs = clock.offsetMs + nowMs();
    const isDelta = temporality === 'delta';
    const deltas = isDelta ? this.#deltas : undefined;
    const startUnixMs = deltas?.lastUnixMs ?? clock.offsetMs;
    if (deltas !== undefined) deltas.lastUnixMs = unixMs;
    const scopesOut = new Map<string, ByteWriter>();
    let items = 0;
    for (const metric of metrics.all.values()) {
      if (metric.points.size === 0) continue;
      const { scope } = metric.definition;
      let out = scopesOut.get(scope);
      if (out === undefined) {
        out = new ByteWriter(4096);
        scopesOut.set(scope, out);
      }
      const before = out.length;
      const written = writeMetric(out, metric, { startUnixMs, unixMs, deltas });
      if (written === 0) out.length = before;
      items += written;
    }
    if (items === 0) return [];
    const parts = [...scopesOut].map(([scope, out]) => ({ scope, content: out.bytes.subarray(0, out.length) }));
    return [{ signal: 'metrics', items, body: this.#request(parts), temporality }];
  }

  #request(parts: readonly { readonly scope: string; readonly content: Uint8Array }[]): Buffer {
    const size = parts.reduce((sum, part) => sum + part.content.length + 256, this.#resource.length + 64);
    const out = new ByteWriter(size);
    const request = out.open(0x0a, 4);
    const resource = out.open(0x0a, 4);
    out.raw(this.#resource);
    out.close(resource, 4);
    for (const { scope, content } of parts) {
      const list = out.open(0x12, 4);
      const head = out.open(0x0a, 2);
      const [name = '', version = scope === ownScope ? this.#version : ''] = scope.split('\n');
      out.text(0x0a, name.slice(0, 1000));
      if (version !== '') out.text(0x12, version.slice(0, 1000));
      out.close(head, 2);
      out.raw(content);
      out.close(list, 4);
    }
    out.close(request, 4);
    return out.bytes.subarray(0, out.length);
  }
}
