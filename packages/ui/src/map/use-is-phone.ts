import { useSyncExternalStore } from 'react';

const phone = matchMedia('(max-width: 719px)');

/** True where a map of boxes would be too small to read. */
export function useIsPhone(): boolean {
  return useSyncExternalStore(subscribe, () => phone.matches);
}

function subscribe(listener: () => void): () => void {
  phone.addEventListener('change', listener);
  return () => phone.removeEventListener('change', listener);
}
