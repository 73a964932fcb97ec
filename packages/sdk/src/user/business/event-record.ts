import { randomUUID } from 'node:crypto';
import type { Attributes } from '@opentelemetry/api';
import { nowMs } from '../../core/clock.js';
import type { Recorder } from '../../core/recorder.js';
import { noShared, type Scope, scopes, type Shared, withShared } from '../../core/scope.js';
import { setTenantOf } from '../../core/tenant.js';
import { commonFields } from './common-fields.js';
import type { EventDefinition, EventMetric } from './define-event.js';
import type { Field, Fields } from './field.js';

/** An event that was checked and is ready to be recorded. */
export interface EventRecord {
  readonly definition: EventDefinition;
  readonly id: string;
  /** Whether the caller gave the id: only then the same id means the same fact. */
  readonly ownId: boolean;
  readonly unixMs: number;
  readonly scope: Scope | undefined;
  /** The accepted facts, by their names in code. */
  readonly facts: ReadonlyMap<string, unknown>;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A sentence for whoever wrote the call. */
export interface Refusal {
  readonly refused: string;
}

const maxOwnAttributes = 32;
const maxKeyChars = 64;

/**
 * Checks what a caller said about an event. What cannot be right in a fact that the event needs refuses it; another fact is left out and `leftOut` is told why.
 * The trace, the tenant and the time are those of the call.
 */
export function eventRecord(
  recorder: Recorder,
  definition: EventDefinition,
  input: unknown,
  leftOut: (sentence: string) => void,
): EventRecord | Refusal {
  if (typeof input !== 'object' || input === null)
    return { refused: `${definition.name}: its facts should be an object, not ${shown(input)}` };
  const given = new Map<string, unknown>(Object.entries(input));
  const fields: Fields = { ...commonFields, ...definition.fields };
  const facts = new Map<string, unknown>();
  const attributes: Record<string, unknown> = ownAttributes(definition, given.get('attributes'), leftOut);
  for (const [name, field] of Object.entries(fields)) {
    const value = given.get(name);
    if (value === undefined && !field.required) continue;
    if (field.accepts(value)) {
      facts.set(name, value);
      if (name !== 'tenant') attributes[field.attribute] = value;
      continue;
    }
    const sentence = sentenceOf(definition, name, field, value);
    if (field.strict) return { refused: sentence };
    leftOut(`${sentence}; it was left out`);
  }
  const halfMoney = ['amountMinor', 'currency'].find(name => name in fields && !facts.has(name));
  if (halfMoney !== undefined && (facts.has('amountMinor') || facts.has('currency')))
    return { refused: `${definition.name}: amountMinor and currency go together; ${halfMoney} is missing` };
  for (const name of given.keys())
    if (!(name in fields) && name !== 'attributes' && name !== 'at')
      leftOut(
        `${definition.name}: it has no "${name.slice(0, maxKeyChars)}"; put what is yours alone into \`attributes\``,
      );

  const key = facts.get('idempotencyKey');
  const id = typeof key === 'string' ? key : randomUUID();
  attributes[commonFields.idempotencyKey.attribute] = id;
  const at = given.get('at');
  const isMoment = at instanceof Date && !Number.isNaN(at.getTime());
  if (at !== undefined && !isMoment) leftOut(`${definition.name}: \`at\` should be a valid Date; now took its place`);
  const active = scopes.getStore();
  const tenant = facts.get('tenant');
  if (typeof tenant !== 'string' && active?.shared.tenantId !== undefined) facts.set('tenant', active.shared.tenantId);
  return {
    definition,
    id,
    ownId: key !== undefined,
    unixMs: isMoment ? at.getTime() : recorder.logs.unixMs(nowMs()),
    scope: typeof tenant === 'string' ? scopeFor(active, tenant) : active,
    facts,
    attributes,
  };
}

/** The series of `metric` that an event counts in; texts that could be anything become `_other`. */
export function metricLabels(metric: EventMetric, facts: ReadonlyMap<string, unknown>): Attributes {
  const labels: Attributes = {};
  for (const [name, label] of Object.entries(metric.labels)) {
    const value = facts.get(name);
    if (typeof value === 'string') labels[label] = /^[\w.:/-]{1,64}$/.test(value) ? value : '_other';
  }
  return labels;
}

/** The caller's trace, with the tenant that the event names in the place of the request's. */
function scopeFor(active: Scope | undefined, tenant: string): Scope {
  const shared: Shared = { ...(active?.shared ?? noShared()) };
  setTenantOf(shared, tenant, shared.tenantId === tenant ? shared.plan : undefined);
  return withShared(active, shared);
}

function ownAttributes(
  definition: EventDefinition,
  given: unknown,
  leftOut: (sentence: string) => void,
): Record<string, unknown> {
  const own: Record<string, unknown> = {};
  if (given === undefined) return own;
  if (typeof given !== 'object' || given === null) {
    leftOut(`${definition.name}: attributes should be an object, not ${shown(given)}; it was left out`);
    return own;
  }
  for (const [key, value] of Object.entries(given)) {
    const known = ['string', 'number', 'boolean'].includes(typeof value) && key !== '' && key.length <= maxKeyChars;
    // `tenant.id` is the tenant's, and each key stands once.
    if (known && key !== 'tenant.id' && Object.keys(own).length < maxOwnAttributes) own[key] = value;
    else if (value !== undefined)
      leftOut(
        `${definition.name}: attributes are at most ${maxOwnAttributes} texts, numbers or booleans under keys of ${maxKeyChars} characters; "${key.slice(0, maxKeyChars)}" was left out`,
      );
  }
  return own;
}

function sentenceOf(definition: EventDefinition, name: string, field: Field<unknown>, value: unknown): string {
  return `${definition.name}: ${name} should be ${field.shape}, not ${shown(value)}`;
}

/** Numbers as they are; of everything else only the kind, for it may be private. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'number') return String(value);
  if (value === null) return 'null';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
