import { useSyncExternalStore } from 'react';

const narrow = matchMedia('(max-width: 999px)');

/** True where the list of metrics would leave no room for the answer. */
export function useIsNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => narrow.matches);
}

function subscribe(listener: () => void): () => void {
  narrow.addEventListener('change', listener);
  return () => narrow.removeEventListener('change', listener);
}
