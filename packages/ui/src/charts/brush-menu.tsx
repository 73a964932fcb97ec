import { Link } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';
import { formatClockSeconds } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button, buttonClass } from '../parts/button.js';
import { useUrlState } from '../url-state.js';
import { writeRange, type Range } from '../time-range.js';
import { useDismiss } from './chart-tooltip.js';
import styles from './chart.module.css';
import { differenceOf, type Drill } from './drill.js';
import type { Selection } from './plot.js';

type BrushMenuProps = {
  readonly selection: Selection;
  /** A selection is at least one step long. */
  readonly shortestMs: number;
  readonly drill: Drill;
  /** What else is to be said of it: why it leads to no spans. */
  readonly note?: string | undefined;
  /** Does the page draw an earlier period? */
  readonly compares?: boolean;
  onClose(): void;
};

/** What can be done with a selected stretch of time. Enter zooms; Escape lets go. */
export function BrushMenu({ selection, shortestMs, drill, note, compares = true, onClose }: BrushMenuProps): ReactNode {
  const { zone } = usePageRange();
  const { set } = useUrlState();
  const box = useRef<HTMLDivElement>(null);
  const zoom = useRef<HTMLButtonElement>(null);
  useDismiss(box, true, onClose);
  useEffect(() => zoom.current?.focus({ preventScroll: true }), []);
  const range = selectedRange(selection, shortestMs);
  const params = writeRange(range);
  const different = differenceOf(drill, String(range.fromMs), String(range.toMs));
  return (
    <div
      aria-label="Selected time"
      className={styles['brush']}
      ref={box}
      role="dialog"
      style={{ left: selection.leftPx }}
    >
      <p className={`num ${styles['when']}`}>
        {formatClockSeconds(range.fromMs, zone)} to {formatClockSeconds(range.toMs, zone)}
      </p>
      <button
        className={buttonClass('primary')}
        onClick={() => {
          set(params);
          onClose();
        }}
        ref={zoom}
        type="button"
      >
        Zoom
      </button>
      {compares && (
        <Button
          onClick={() => {
            set({ ...params, cmp: 'prev' });
            onClose();
          }}
        >
          Compare with before
        </Button>
      )}
      {drill.traces !== undefined && (
        <Link className={buttonClass()} search={{ ...params, q: drill.traces }} to="/traces">
          Open traces
        </Link>
      )}
      {drill.logs !== undefined && (
        <Link className={buttonClass()} search={{ ...params, q: drill.logs }} to="/logs">
          Open logs
        </Link>
      )}
      {different !== undefined && (
        <Link className={buttonClass()} search={different} to="/difference">
          What is different
        </Link>
      )}
      {note !== undefined && <p>{note}</p>}
    </div>
  );
}

/** Whole milliseconds, and no shorter than a step. */
export function selectedRange({ fromMs, toMs }: Selection, shortestMs: number): Range & { readonly kind: 'fixed' } {
  const from = Math.round(fromMs);
  return { kind: 'fixed', fromMs: from, toMs: Math.max(Math.round(toMs), from + shortestMs) };
}
