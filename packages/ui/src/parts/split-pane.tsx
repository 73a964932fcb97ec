import { X } from 'lucide-react';
import {
  useEffect,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
} from 'react';
import { Button } from './button.js';
import styles from './split-pane.module.css';

type SplitPaneProps = {
  readonly children: ReactNode;
  /** What stands at the right; undefined when the pane is closed. */
  readonly pane: ReactNode | undefined;
  readonly paneLabel: string;
  onClose?(): void;
  /** Left and right scroll for themselves and fill the window below `topPx`; else the page scrolls and the pane sticks. */
  readonly fill?: boolean;
};

const storageKey = 'bellwether.pane';
const narrowestPx = 360;
const widestPx = 560;
const stepPx = 20;

function storedWidth(): number {
  try {
    return clamp(Number(localStorage.getItem(storageKey) ?? 420) || 420);
  } catch {
    return 420;
  }
}

function clamp(widthPx: number): number {
  return Math.min(Math.max(Math.round(widthPx), narrowestPx), widestPx);
}

/** A list that keeps its place, and detail in a pane beside it: 360 to 560 px wide, by pointer or arrow keys. */
export function SplitPane({ children, pane, paneLabel, onClose, fill = false }: SplitPaneProps): ReactNode {
  const [widthPx, setWidthPx] = useState(storedWidth);
  const dragFrom = useRef<{ x: number; widthPx: number } | undefined>(undefined);

  useEffect(() => {
    try {
      localStorage.setItem(storageKey, String(widthPx));
    } catch {
      // Without storage the width holds until the page is left.
    }
  }, [widthPx]);

  function drag(event: PointerEvent): void {
    const start = dragFrom.current;
    if (start !== undefined) setWidthPx(clamp(start.widthPx + start.x - event.clientX));
  }

  function keys(event: KeyboardEvent): void {
    const change = event.key === 'ArrowLeft' ? stepPx : event.key === 'ArrowRight' ? -stepPx : 0;
    if (change === 0) return;
    event.preventDefault();
    setWidthPx(clamp(widthPx + change));
  }

  // A custom property, so that the style sheet can leave it out on narrow screens.
  const style = { '--pane': `${widthPx}px` } as CSSProperties;
  return (
    <div className={styles['split']} data-fill={fill} data-open={pane !== undefined} style={style}>
      <div className={styles['left']}>{children}</div>
      {pane !== undefined && (
        <>
          <div
            aria-label={`Width of ${paneLabel}`}
            aria-orientation="vertical"
            aria-valuemax={widestPx}
            aria-valuemin={narrowestPx}
            aria-valuenow={widthPx}
            className={styles['handle']}
            onKeyDown={keys}
            onPointerDown={event => {
              dragFrom.current = { x: event.clientX, widthPx };
              event.currentTarget.setPointerCapture(event.pointerId);
            }}
            onPointerMove={drag}
            onPointerUp={() => {
              dragFrom.current = undefined;
            }}
            role="slider"
            tabIndex={0}
          />
          <aside aria-label={paneLabel} className={styles['pane']}>
            {onClose !== undefined && (
              <Button
                aria-label={`Close ${paneLabel}`}
                className={styles['close']}
                look="ghost"
                onClick={onClose}
                title="Close (Esc)"
              >
                <X aria-hidden="true" />
              </Button>
            )}
            {pane}
          </aside>
        </>
      )}
    </div>
  );
}
