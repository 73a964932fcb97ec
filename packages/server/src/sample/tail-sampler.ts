import type { Batch } from '../decode/batch.js';
import { high32, low32 } from '../decode/fixed64.js';
import { spanField, spanWidth, type SpanBatch } from '../decode/otlp-traces.js';
import { KnownOperations } from './known-operations.js';
import { MarkedTraces } from './marked-traces.js';
import { isEntry, operationNames } from './span-operation.js';
import { spansOf } from './span-weights.js';
import { traceKey, traceShare } from './trace-hash.js';

/** What is sampled, and how; see the keys of `tailSampling` in the configuration. */
export interface SamplingOptions {
  /** The share of ordinary traces that is kept; undefined, or 1: all, nothing is held. */
  readonly share?: number | undefined;
  readonly keepRarePerMinute: number;
  readonly holdSeconds: number;
  readonly maxHeldBytes: number;
  /** What differs for single workspaces. */
  readonly workspaces: Readonly<Record<string, { readonly share?: number | undefined }>>;
}

/** Why a trace is kept whole. `restart`: it was waiting when the receiver stopped, and what was known of it is lost. */
export type KeptFor = 'error' | 'slow' | 'rare' | 'restart';

/** Workspaces that are sampled; those beyond are kept whole. Without keys anybody on this machine may invent workspaces. */
const maxWorkspaces = 100;

/** A late span follows its trace for at least so long. */
const rememberMs = 120_000;

interface Sampled {
  readonly share: number;
  readonly marked: MarkedTraces;
  readonly operations: KnownOperations;
}

/**
 * Decides which traces are kept (docs/adr/0015). A trace with an error, one that is slow for its operation and one of a rare operation is marked when such
 * a span comes; what is marked when its record's time is over is kept and stands for itself. Of the others a share is kept, by the trace's id, and each
 * span of it stands for as many as were there. So sums of weights are true, whatever is known of a trace how early.
 */
export class TailSampler {
  readonly #options: SamplingOptions;
  readonly #now: () => number;
  readonly #workspaces = new Map<string, Sampled>();
  /** Traces that were marked, by why. */
  readonly marked: Readonly<Record<KeptFor, number>> & Record<KeptFor, number> = {
    error: 0,
    slow: 0,
    rare: 0,
    restart: 0,
  };

  /** `now`: ms of a clock that never goes back. */
  constructor(options: SamplingOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
  }

  /**
   * Looks at what came. Must it wait? Yes when it brings spans of a workspace that is sampled. What is sure to be kept waits as well: if errors came at
   * once and what went well later, the last seconds of every chart would be nothing but errors.
   */
  holds(workspace: string, batches: readonly Batch[]): boolean {
    if (!batches.some(isSpans)) return false;
    const sampled = this.#of(workspace);
    if (sampled === undefined) return false;
    for (const batch of batches.filter(isSpans)) this.#look(sampled, batch);
    return true;
  }

  /** What is decided now of the spans of these batches, one after the other: so many each stands for, 0 for those that are left out. */
  decide(workspace: string, batches: readonly Batch[]): Float32Array {
    const weights = new Float32Array(spansOf(batches)).fill(1);
    const sampled = this.#of(workspace);
    if (sampled === undefined) return weights;
    const { share, marked } = sampled;
    let index = 0;
    for (const { body, spans: fields } of batches.filter(isSpans)) {
      for (let at = 0; at < fields.length; at += spanWidth, index++) {
        const idAt = fields[at + spanField.traceIdAt]!;
        if (!marked.has(traceKey(body, idAt))) weights[index] = traceShare(body, idAt) < share ? 1 / share : 0;
      }
    }
    return weights;
  }

  /** Their traces are kept whole from now on. */
  keep(workspace: string, batches: readonly Batch[]): void {
    const sampled = this.#of(workspace);
    if (sampled === undefined) return;
    for (const { body, spans: fields } of batches.filter(isSpans)) {
      for (let at = 0; at < fields.length; at += spanWidth)
        this.#mark(sampled, traceKey(body, fields[at + spanField.traceIdAt]!), 'restart');
    }
  }

  #of(workspace: string): Sampled | undefined {
    const known = this.#workspaces.get(workspace);
    if (known !== undefined) return known;
    const { workspaces } = this.#options;
    const own = Object.hasOwn(workspaces, workspace) ? workspaces[workspace]?.share : undefined;
    const share = own ?? this.#options.share ?? 1;
    if (share >= 1 || this.#workspaces.size >= maxWorkspaces) return undefined;
    const sampled = { share, marked: new MarkedTraces(rememberMs), operations: new KnownOperations(this.#now()) };
    this.#workspaces.set(workspace, sampled);
    return sampled;
  }

  #look(sampled: Sampled, batch: SpanBatch): void {
    const { body, spans: fields } = batch;
    const nameOf = operationNames(batch);
    const nowMs = this.#now();
    for (let at = 0; at < fields.length; at += spanWidth) {
      const isError = fields[at + spanField.statusCode] === 2;
      const seen = isEntry(batch, at) ? sampled.operations.see(nameOf(at), durationNs(batch, at), nowMs) : undefined;
      const why = isError
        ? 'error'
        : seen?.isSlow === true
          ? 'slow'
          : seen !== undefined && seen.timesInMinute <= this.#options.keepRarePerMinute
            ? 'rare'
            : undefined;
      if (why !== undefined) this.#mark(sampled, traceKey(body, fields[at + spanField.traceIdAt]!), why);
    }
  }

  #mark({ marked }: Sampled, key: number, why: KeptFor): void {
    if (marked.has(key)) return;
    marked.add(key, this.#now());
    this.marked[why] += 1;
  }
}

function isSpans(batch: Batch): batch is SpanBatch {
  return batch.signal === 'traces' && 'spans' in batch;
}

/** To within a part in 2^53; 0 without a start or an end. */
function durationNs({ body, spans: fields }: SpanBatch, at: number): number {
  const startAt = fields[at + spanField.startAt]!;
  const endAt = fields[at + spanField.endAt]!;
  if (startAt < 0 || endAt < 0) return 0;
  const seconds = (high32(body, endAt) - high32(body, startAt)) * 0x1_0000_0000;
  return Math.max(0, seconds + low32(body, endAt) - low32(body, startAt));
}
