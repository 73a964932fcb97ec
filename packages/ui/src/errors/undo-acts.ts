import type { ErrorActs, ErrorDecision, ErrorRow } from '@bellwether/model';
import { alikeActs } from '../parts/alike-acts.js';

/** What makes these errors, as they are now, what they are, once `act` was done with them. A comment stays. */
export function undoOf(rows: readonly ErrorRow[], act: ErrorActs['act']): readonly ErrorActs[] {
  switch (act.kind) {
    case 'decide':
      return alike(rows, row => ({ kind: 'decide', decision: decisionOf(row) }));
    case 'assign':
      return alike(rows, ({ owner }) => ({ kind: 'assign', owner }));
    case 'merge':
      return alike(
        rows.filter(({ id }) => id !== act.into),
        () => ({ kind: 'take-out' }),
      );
    default:
      return [];
  }
}

function alike(rows: readonly ErrorRow[], actOf: (row: ErrorRow) => ErrorActs['act']): readonly ErrorActs[] {
  return alikeActs(rows, actOf, (ids, act) => ({ ids, act }));
}

/** What somebody said of it last. One that came back after it was resolved is open to all. */
function decisionOf(row: ErrorRow): ErrorDecision {
  const { state, ignoredUntilMs, ignoredUntilEvents, ignoredUntilUsers, ignoredWithinMs } = row;
  if (state === 'resolved') return { state };
  if (state !== 'ignored') return { state: 'open' };
  return {
    state,
    ...(ignoredUntilMs !== null && { untilMs: ignoredUntilMs }),
    ...(ignoredUntilEvents !== null && { untilEvents: ignoredUntilEvents }),
    ...(ignoredUntilUsers !== null && { untilUsers: ignoredUntilUsers }),
    ...(ignoredWithinMs !== null && { withinMs: ignoredWithinMs }),
  };
}

/** `2 errors resolved`; `what` is how many. */
export function doneWords(what: string, act: ErrorActs['act']): string {
  switch (act.kind) {
    case 'decide':
      return `${what} ${act.decision.state}`;
    case 'assign':
      return act.owner === '' ? `${what} assigned to nobody` : `${what} assigned to ${act.owner}`;
    case 'merge':
      return `${what} merged into one`;
    default:
      return `Done with ${what}`;
  }
}
