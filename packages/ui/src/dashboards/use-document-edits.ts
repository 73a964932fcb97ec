import type { JsonObject } from '@bellwether/dashboards';
import { useCallback, useMemo, useState } from 'react';

const mostKept = 100;

type Edits = {
  /** As it was before each change, oldest first. */
  readonly past: readonly JsonObject[];
  readonly now: JsonObject | undefined;
  /** What was taken back, the latest first. */
  readonly future: readonly JsonObject[];
};

const untouched: Edits = { past: [], now: undefined, future: [] };

/** A document with the changes that are not saved yet, which can be taken back one by one. */
export type DocumentEdits = {
  readonly document: JsonObject;
  readonly isChanged: boolean;
  change(next: JsonObject): void;
  /** Undefined when there is nothing to take back. */
  readonly undo: (() => void) | undefined;
  readonly redo: (() => void) | undefined;
  /** Forgets all changes: they were saved, or given up. */
  forget(): void;
};

export function useDocumentEdits(saved: JsonObject): DocumentEdits {
  const [edits, setEdits] = useState(untouched);
  const change = useCallback(
    (next: JsonObject) =>
      setEdits(({ past, now }) => {
        const before = now ?? saved;
        return next === before
          ? { past, now, future: [] }
          : { past: [...past, before].slice(-mostKept), now: next, future: [] };
      }),
    [saved],
  );
  const forget = useCallback(() => setEdits(untouched), []);
  return useMemo(() => {
    const { past, now, future } = edits;
    const document = now ?? saved;
    const [next, ...rest] = future;
    const last = past.at(-1);
    return {
      document,
      isChanged: now !== undefined,
      change,
      forget,
      undo:
        last === undefined
          ? undefined
          : () =>
              setEdits({
                past: past.slice(0, -1),
                // What was saved is no change.
                now: last === saved ? undefined : last,
                future: [document, ...future],
              }),
      redo: next === undefined ? undefined : () => setEdits({ past: [...past, document], now: next, future: rest }),
    };
  }, [edits, saved, change, forget]);
}
