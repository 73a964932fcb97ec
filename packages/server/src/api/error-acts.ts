import type { ErrorActivity, ErrorActs, ErrorDecision } from '@bellwether/model';
import { BadInput } from '../base/bad-input.js';
import type { ControlStore } from '../control/control-store.js';
import { type Doer, noteActivity } from '../control/error-activity.js';
import { groupingOf, joinError, mergeErrors, splitError, takeOut, wholeOf } from '../control/error-grouping.js';
import { assignError } from '../control/error-owners.js';
import { sayOfError } from '../control/error-states.js';
import type { Asker } from '../query/asker.js';
import { fingerprintsOfVariants } from '../query/errors/error-variants.js';
import { lastVersionsOf } from '../query/errors/occurrences.js';
import { NotFound } from './api-failure.js';

/** Does the same with several errors, all or none, and notes it. Returns how many were changed. Throws when one of them is not there, or it can not be done. */
export async function actOnErrors(
  control: ControlStore,
  asker: Asker,
  { ids, act }: ErrorActs,
  doer: Doer,
): Promise<number> {
  const { workspace } = asker.scope;
  const grouping = groupingOf(control, workspace);
  const asked = [...new Set(ids)];
  const note = (error: string, done: Pick<ErrorActivity, 'act' | 'text'>): void =>
    noteActivity(control, workspace, error, { ...doer, ...done });
  // Parts and what was split off are named by their own ids; everything else is done with what an id stands for now.
  if (act.kind === 'take-out' || act.kind === 'join') {
    const undo = act.kind === 'join' ? joinError : takeOut;
    return inOne(control, () => {
      const changed = asked.filter(id => undo(control, workspace, id));
      if (changed.length === 0)
        throw new NotFound(`None of these errors was ${undone[act.kind]}; nothing was changed.`);
      for (const id of changed) {
        const done = {
          act: act.kind === 'join' ? 'joined' : 'taken-out',
          text: `${id} ${undone[act.kind]}, taken back`,
        } as const;
        note(act.kind === 'join' ? (grouping.splits.get(id) ?? id) : wholeOf(grouping, id), done);
        if (act.kind === 'take-out') note(id, done);
      }
      return changed.length;
    });
  }
  if (act.kind === 'split') {
    const from = wholeOf(grouping, act.from);
    const fingerprints = await fingerprintsOfVariants(asker, { grouping, ids: [from] }, asked);
    refuseMissing(
      asked,
      fingerprints,
      id => `The error ${from} has no variant ${id}; its answer names them in \`variants\`.`,
    );
    return inOne(control, () => {
      for (const [id, fingerprint] of fingerprints) {
        if (!splitError(control, workspace, id, fingerprint))
          throw new BadInput('Too many errors were split off already: put some back first.');
        note(id, { act: 'split', text: `split off ${from}` });
        note(from, { act: 'split', text: `${id} was split off` });
      }
      return fingerprints.size;
    });
  }
  const wholes = [...new Set(asked.map(id => wholeOf(grouping, id)))];
  const wanted = act.kind === 'merge' ? [...wholes, wholeOf(grouping, act.into)] : wholes;
  const versions = await lastVersionsOf(asker, grouping, wanted);
  refuseMissing(wanted, versions, id => `There is no error ${id} in what is kept. Look it up in /api/bw/v1/errors.`);
  if (act.kind === 'merge') {
    const into = wholeOf(grouping, act.into);
    const parts = wholes.filter(id => id !== into);
    return inOne(control, () => {
      const refused = mergeErrors(control, workspace, parts, into);
      if (refused !== undefined)
        throw new BadInput(
          `${refused} can not be merged into ${into}: too many errors are merged already. Take some apart first.`,
        );
      for (const part of parts) {
        note(part, { act: 'merged', text: `into ${into}` });
        note(into, { act: 'merged', text: `${part} was merged into it` });
      }
      return parts.length;
    });
  }
  return inOne(control, () => {
    for (const id of wholes) {
      switch (act.kind) {
        case 'decide':
          sayOfError(control, workspace, id, act.decision, { nowMs: doer.nowMs, lastVersion: versions.get(id) ?? '' });
          note(id, decided(act.decision, versions.get(id) ?? ''));
          break;
        case 'assign':
          assignError(control, workspace, id, act.owner);
          note(id, { act: 'assigned', text: act.owner === '' ? 'to nobody' : `to ${act.owner}` });
          break;
        case 'comment':
          note(id, { act: 'commented', text: act.text });
          break;
      }
    }
    return wholes.length;
  });
}

const undone = { 'take-out': 'merged into another one', join: 'split off another one' } as const;

function refuseMissing(ids: readonly string[], found: ReadonlyMap<string, string>, say: (id: string) => string): void {
  const missing = ids.find(id => !found.has(id));
  if (missing !== undefined) throw new NotFound(say(missing));
}

/** All of it or nothing, and on disk once. */
function inOne(control: ControlStore, work: () => number): number {
  return control.db.transaction(work)();
}

const inUtc = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

/** What somebody said, as it is read later. */
function decided(decision: ErrorDecision, lastVersion: string): Pick<ErrorActivity, 'act' | 'text'> {
  switch (decision.state) {
    case 'open':
      return { act: 'opened', text: '' };
    case 'resolved':
      return {
        act: 'resolved',
        text:
          decision.inNextVersion === true
            ? `in the version after ${lastVersion === '' ? 'this one' : lastVersion}`
            : '',
      };
    case 'ignored': {
      const { untilMs, untilEvents, untilUsers, withinMs } = decision;
      const within = withinMs === undefined ? '' : ` within ${withinMs / 60_000} min`;
      const until = [
        ...(untilMs === undefined ? [] : [`${inUtc(untilMs)} UTC`]),
        ...(untilEvents === undefined ? [] : [`${untilEvents} events${within}`]),
        ...(untilUsers === undefined ? [] : [`${untilUsers} users${within}`]),
      ];
      return { act: 'ignored', text: until.length === 0 ? 'for good' : `until ${until.join(' or ')}` };
    }
  }
}
