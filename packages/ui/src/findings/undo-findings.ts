import type { FindingActs, FindingRow } from '@bellwether/model';
import { alikeActs } from '../parts/alike-acts.js';

/** What makes these findings, as they are now, what they are. One that came back after it was resolved is open to all. */
export function undoFindings(rows: readonly FindingRow[]): readonly FindingActs[] {
  return alikeActs(rows, stateOf, (ids, state) => ({ ids, decision: { state } }));
}

const stateOf = ({ state }: FindingRow): FindingActs['decision']['state'] => (state === 'regressed' ? 'open' : state);
