import { useSyncExternalStore, type ReactNode } from 'react';
import { createPortal } from 'react-dom';

/** Where the top bar leaves room for the page's own controls. */
export const topBarActionsId = 'top-bar-actions';

/** Puts controls of the page into the top bar, left of the time range. */
export function TopBarActions({ children }: { children: ReactNode }): ReactNode {
  const slot = useSyncExternalStore(neverChanges, () => document.getElementById(topBarActionsId));
  return slot === null ? undefined : createPortal(children, slot);
}

// The slot comes and goes with the frame itself.
function neverChanges(): () => void {
  return () => {};
}
