import { useEffect } from 'react';
import { usePageRange } from './page-range.js';

/** Stops the automatic refresh while `holds`: a person brushes or reads, and nothing may move under the pointer. */
export function useHold(holds: boolean): void {
  const { hold } = usePageRange();
  useEffect(() => (holds ? hold() : undefined), [holds, hold]);
}
