import type { SpanColumns } from './span-tree.js';

/** A span as a test writes it; what is left out is 0 or ''. Times in microseconds. */
export type WrittenSpan = {
  readonly id: string;
  readonly under?: string;
  readonly from?: number;
  readonly to?: number;
  readonly service?: number;
  readonly name?: number;
  readonly kind?: number;
  readonly failed?: boolean;
  readonly group?: string;
};

/** Columns as the API sends them. `under` names the parent; a name that is not in the list makes an orphan. */
export function spansOf(written: readonly WrittenSpan[]): SpanColumns {
  const indexOf = new Map(written.map((span, index) => [span.id, index]));
  return {
    id: written.map(span => span.id),
    parent: written.map(span => (span.under === undefined ? -1 : (indexOf.get(span.under) ?? -2))),
    service: written.map(span => span.service ?? 0),
    name: written.map(span => span.name ?? 0),
    kind: written.map(span => span.kind ?? 1),
    status: written.map(span => (span.failed === true ? 2 : 0)),
    startUs: written.map(span => span.from ?? 0),
    durationUs: written.map(span => (span.to ?? 0) - (span.from ?? 0)),
    httpStatus: written.map(() => ''),
    peer: written.map(() => ''),
    group: written.map(span => span.group ?? ''),
    logCount: written.map(() => 0),
  };
}
