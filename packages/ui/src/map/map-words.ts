import type { MapEdge, MapNode } from '@bellwether/model';
import { formatDuration, formatPercent, formatRate } from '../format.js';
import { productName } from '../databases/database-names.js';
import { peerTerms } from '../service/peer-terms.js';
import { writeTerm } from '../search/write-term.js';
import type { ShownNode } from './shown-map.js';

export const kindWords: { readonly [kind in MapNode['kind']]: string } = {
  service: 'Service',
  database: 'Database',
  cache: 'Cache',
  queue: 'Queue',
  external: 'External service',
};

/** `PostgreSQL shop`: what a node is called on the pages of its kind. */
export function nodeTitle({ kind, name }: Pick<MapNode, 'kind' | 'name'>): string {
  if (kind === 'service' || kind === 'external') return name;
  const [system = '', ...rest] = name.split(' ');
  return [productName(system), ...rest].join(' ');
}

const peerKinds = { database: 'db', cache: 'cache', queue: 'queue', external: 'http', service: 'http' } as const;

/** `41.8/s · 2.41% · p95 806 ms`; what is not there is left out. */
export function figureWords({
  callsPerSecond,
  errorRatio,
  p95Ms,
  calls,
}: Pick<MapEdge, 'calls' | 'callsPerSecond' | 'errorRatio' | 'p95Ms'>): string {
  if (calls === 0) return 'no traffic';
  const parts = [formatRate(callsPerSecond)];
  if (errorRatio !== null && errorRatio > 0) parts.push(`${formatPercent(errorRatio)} errors`);
  if (p95Ms !== null) parts.push(`p95 ${formatDuration(p95Ms)}`);
  return parts.join(' · ');
}

/** The search that finds the traces of a node; undefined for a group. */
export function nodeQuery(node: ShownNode): string | undefined {
  if (node.members.length > 1) return undefined;
  return node.kind === 'service' ? writeTerm('service', node.name) : peerTerms(node.name, peerKinds[node.kind]);
}

/** The search for the traces behind an edge: by the caller where the called one sends no spans of its own. */
export function edgeQuery(from: ShownNode, to: ShownNode): string | undefined {
  if (from.members.length > 1 || to.members.length > 1) return undefined;
  if (to.kind === 'service') return writeTerm('service', to.name);
  return `${writeTerm('service', from.name)} ${peerTerms(to.name, peerKinds[to.kind])}`;
}
