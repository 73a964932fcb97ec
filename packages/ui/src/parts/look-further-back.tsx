import type { ReactNode } from 'react';
import { usePageRange } from '../page-range.js';
import { zoomOut } from '../time-range.js';
import { Button } from './button.js';

/** Doubles the time range: what is not in it may have come before. */
export function LookFurtherBack(): ReactNode {
  const { range, setRange } = usePageRange();
  return <Button onClick={() => setRange(zoomOut(range, Date.now()))}>Look further back</Button>;
}
