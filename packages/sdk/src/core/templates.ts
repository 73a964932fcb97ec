import type { Attributes } from '@opentelemetry/api';
import { ByteWriter } from '../otlp/byte-writer.js';
import { attributeBytes } from '../otlp/key-value.js';
import type { Metric, Point } from './metrics.js';

/** `Span.SpanKind` on the wire. */
export const spanKind = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

export interface TemplateSpec {
  readonly name: string;
  readonly kind: number;
  readonly attributes: Attributes;
  /** The histogram of its durations, and the attributes that these carry beside the outcome's. */
  readonly metric: Metric;
  readonly metricAttributes: Attributes;
}

/**
 * All that is the same for every span of one route, query or origin, encoded once.
 * Its duration histograms hang off it, one per outcome (a status code, an error type, or `ok`), so that nothing is hashed per span.
 */
export interface Template {
  readonly spec: TemplateSpec;
  /** name, kind and attributes of an OTLP Span. */
  readonly spanBytes: Uint8Array;
  readonly points: Map<string | number, Point>;
}

/** Templates in all. Cardinality is bounded by construction: what is over shares a template per kind and name, and is counted. */
export const maxTemplates = 4000;

export class Templates {
  #count = 0;
  readonly #shared = new Map<string, Template>();
  /** Times a template was wanted and there were too many already. */
  overflowed = 0;

  /**
   * A template for `spec`, or when there are too many the shared one for `overflow`, whose name must be one of a few.
   * Callers keep what they get by their own key.
   */
  create(spec: TemplateSpec, overflow: TemplateSpec): Template {
    if (this.#count < maxTemplates) {
      this.#count++;
      return newTemplate(spec);
    }
    this.overflowed++;
    const key = `${overflow.kind} ${overflow.name}`;
    let shared = this.#shared.get(key);
    if (shared === undefined) {
      shared = newTemplate(overflow);
      this.#shared.set(key, shared);
    }
    return shared;
  }

  /** Whether `create` still makes templates; when not, a caller's own map must not grow either. */
  get full(): boolean {
    return this.#count >= maxTemplates;
  }
}

function newTemplate(spec: TemplateSpec): Template {
  const out = new ByteWriter(256);
  out.text(0x2a, spec.name);
  out.byte(0x30);
  out.byte(spec.kind);
  out.raw(attributeBytes(0x4a, spec.attributes));
  return { spec, spanBytes: out.take(), points: new Map() };
}

/** Counts one span's duration, under its outcome, in the series that is given back. `outcomeAttributes` is only called for an outcome that is new. */
export function observeDuration(
  template: Template,
  outcome: string | number,
  durationMs: number,
  outcomeAttributes: (outcome: string | number) => Attributes,
): Point {
  let point = template.points.get(outcome);
  if (point === undefined) {
    const { metric, metricAttributes } = template.spec;
    point = metric.point({ ...metricAttributes, ...outcomeAttributes(outcome) });
    if (template.points.size < 100) template.points.set(outcome, point);
  }
  point.histogram?.record(durationMs / 1000);
  return point;
}
