import { writeTerm } from '../search/write-term.js';

/** Where an event's own name stands, by the name of its kind. */
const nameFields: ReadonlyMap<string, string> = new Map([
  ['business.feature', 'business.feature.name'],
  ['business.event', 'business.event.name'],
  ['business.lifecycle', 'business.lifecycle.stage'],
  ['business.order', 'business.order.status'],
  ['business.payment', 'business.payment.status'],
]);

/** The kinds whose label has the kind before it: `order.paid`. */
const prefixed: ReadonlyMap<string, string> = new Map([
  ['lifecycle', 'business.lifecycle'],
  ['order', 'business.order'],
  ['payment', 'business.payment'],
]);

/** The search text that finds the log records of what the API calls `name`; `event` is their event name. */
export function eventTerms(name: string, event: string): string {
  const field = nameFields.get(event);
  if (field === undefined) return writeTerm('event', event);
  const [kind = '', ...rest] = name.split('.');
  const own = prefixed.get(kind) === event ? rest.join('.') : name;
  return `${writeTerm('event', event)} ${writeTerm(field, own)}`;
}
