import { parseSearch, printSearch, SearchError } from '@bellwether/model';
import type { Place, SearchNode, SearchSignal } from '@bellwether/model';

/** One of the terms that must all hold, as text, and the query that is left without it. */
export type QueryTerm = { readonly text: string; readonly without: string };

/** What the parser says of a query: its terms, or what is wrong and where. */
export type ReadQuery =
  | { readonly ok: true; readonly terms: readonly QueryTerm[] }
  | { readonly ok: false; readonly message: string; readonly place: Place };

/** Reads a query into its terms. */
export function readQuery(query: string, signal: SearchSignal): ReadQuery {
  try {
    return { ok: true, terms: termsOf(parseSearch(query, signal), signal) };
  } catch (error) {
    if (error instanceof SearchError) return { ok: false, message: error.message, place: error.place };
    throw error;
  }
}

function termsOf(node: SearchNode, signal: SearchSignal): readonly QueryTerm[] {
  if (node.kind === 'everything') return [];
  const nodes = node.kind === 'and' ? node.nodes : [node];
  return nodes.map(each => ({
    text: printSearch(each, signal),
    without: printSearch(joined(nodes.filter(other => other !== each)), signal),
  }));
}

function joined(nodes: readonly SearchNode[]): SearchNode {
  const [only] = nodes;
  if (only === undefined) return { kind: 'everything' };
  return nodes.length === 1 ? only : { kind: 'and', nodes };
}
