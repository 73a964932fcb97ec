import type { FindingKind } from '../detector.js';
import type { Draft } from './draft.js';
import type { GivenSpan } from '../trace-spans.js';

/** A trace that is told, and what is wrong with it. */
export interface Story {
  readonly name: string;
  readonly faults: readonly FindingKind[];
  tell(draft: Draft): readonly GivenSpan[];
}

/** A story in which something is wrong. */
export const fault = (kind: FindingKind | readonly FindingKind[], name: string, tell: Story['tell']): Story => ({
  name,
  faults: typeof kind === 'string' ? [kind] : kind,
  tell,
});

/** A story that looks as if something were wrong, and nothing is. */
export const innocent = (name: string, tell: Story['tell']): Story => ({ name, faults: [], tell });
