import type { ControlStore } from './control-store.js';
import { type ErrorGrouping, groupingOf, noGrouping } from './error-grouping.js';
import { ownersOfErrors } from './error-owners.js';
import { type SaidOfError, saidOfErrors } from './error-states.js';

/** Everything that people decided of the errors of a workspace; maps are by id. */
export interface ErrorDecisions {
  readonly said: ReadonlyMap<string, SaidOfError>;
  readonly owners: ReadonlyMap<string, string>;
  readonly grouping: ErrorGrouping;
}

export const noDecisions: ErrorDecisions = { said: new Map(), owners: new Map(), grouping: noGrouping };

/** Without a control store nobody decided anything. */
export function errorDecisions(control: ControlStore | undefined, workspace: string): ErrorDecisions {
  if (control === undefined) return noDecisions;
  return {
    said: saidOfErrors(control, workspace),
    owners: ownersOfErrors(control, workspace),
    grouping: groupingOf(control, workspace),
  };
}
