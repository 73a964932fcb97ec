import type { Fields } from './field.js';

/** A metric that is kept beside the events of one kind. Its labels are the fields named here, so it holds no ids. */
export interface EventMetric {
  readonly name: string;
  readonly kind: 'counter' | 'histogram';
  readonly unit: string;
  readonly doc: string;
  /** Names of fields, and the label each becomes. */
  readonly labels: Readonly<Record<string, string>>;
  /** The field that is measured; without it, events are counted by one. */
  readonly value?: string;
  /** What a value is multiplied by to be in `unit`. */
  readonly scale?: number;
  /** Only events whose field has this value. */
  readonly when?: readonly [field: string, value: string];
}

/** One kind of business event. One object in one file, and a line in `events/list.ts`; types, checks, metrics and the guide follow from it. */
export interface EventDefinition<F extends Fields = Fields> {
  /** The OTLP event name. */
  readonly name: `business.${string}`;
  readonly doc: string;
  readonly fields: F;
  readonly metrics: readonly EventMetric[];
}

export function defineEvent<const F extends Fields>(
  definition: Omit<EventDefinition<F>, 'metrics'> & { readonly metrics?: readonly EventMetric[] },
): EventDefinition<F> {
  return { ...definition, metrics: definition.metrics ?? [] };
}
