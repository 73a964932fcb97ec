/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a separator that can be moved is no <hr> */
import type { ReactNode } from 'react';
import styles from './pane-resizer.module.css';

const narrowestPx = 300;
const widestPx = 720;
const stepPx = 16;

type PaneResizerProps = { readonly px: number; readonly onPx: (px: number) => void };

/** The border of the right pane; moves by pointer and arrow keys. Not there where the pane lies over the page. */
export function PaneResizer({ px, onPx }: PaneResizerProps): ReactNode {
  return (
    <div
      className={styles.resizer}
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the pane"
      aria-valuenow={Math.round(px)}
      aria-valuemin={narrowestPx}
      aria-valuemax={widestPx}
      tabIndex={0}
      onPointerDown={event => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={event => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) onPx(bounded(px - event.movementX));
      }}
      onKeyDown={event => {
        const step = event.key === 'ArrowLeft' ? stepPx : event.key === 'ArrowRight' ? -stepPx : 0;
        if (step === 0) return;
        event.preventDefault();
        event.stopPropagation();
        onPx(bounded(px + step));
      }}
    />
  );
}

function bounded(px: number): number {
  return Math.min(Math.max(px, narrowestPx), widestPx);
}
