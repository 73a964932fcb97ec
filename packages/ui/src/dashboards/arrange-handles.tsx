import {
  columnCount,
  placeAt,
  placePanel,
  steppedPlace,
  type GridPlace,
  type JsonObject,
  type Panel,
} from '@bellwether/dashboards';
import { GripVertical, MoveDiagonal2 } from 'lucide-react';
import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import styles from './arrange.module.css';

/** What moving a panel needs of the page. */
export type Arranging = {
  readonly document: JsonObject;
  /** Shows how it would be. */
  onPreview(document: JsonObject | undefined): void;
  /** Keeps it. */
  onChange(document: JsonObject): void;
  /** Tells those who do not see it where the panel is now. */
  onSaid(sentence: string): void;
};

type ArrangeHandlesProps = {
  readonly arranging: Arranging;
  readonly panel: Panel;
  readonly title: string;
  /** Height of a row of the grid with its gap. */
  readonly rowPx: number;
};

type Drag = {
  readonly start: GridPlace;
  readonly x: number;
  readonly y: number;
  readonly columnPx: number;
  readonly kind: Kind;
};
type Kind = 'move' | 'resize';

const arrows = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' } as const;

/** A grip that moves a panel and a corner that resizes it, by pointer or by the arrow keys. */
export function ArrangeHandles({ arranging, panel, title, rowPx }: ArrangeHandlesProps): ReactNode {
  const { document: dashboard, onPreview, onChange, onSaid } = arranging;
  const drag = useRef<Drag | undefined>(undefined);
  const shown = useRef<JsonObject | undefined>(undefined);

  function tell(next: JsonObject): void {
    const place = placeAt(next, panel.path);
    if (place !== undefined) onSaid(`${title}: ${placeWords(place)}`);
  }

  function begin(event: PointerEvent<HTMLElement>, kind: Kind): void {
    const start = placeAt(dashboard, panel.path);
    const grid = event.currentTarget.closest('[data-grid]');
    if (start === undefined || grid === null || event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.focus();
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = {
      start,
      kind,
      x: event.clientX,
      y: event.clientY + scrollY,
      columnPx: grid.clientWidth / columnCount,
    };
  }

  function move(event: PointerEvent<HTMLElement>): void {
    const from = drag.current;
    if (from === undefined) return;
    const columns = Math.round((event.clientX - from.x) / from.columnPx);
    const rows = Math.round((event.clientY + scrollY - from.y) / rowPx);
    const { x, y, w, h } = from.start;
    const place =
      from.kind === 'move'
        ? { ...from.start, x: Math.min(Math.max(x + columns, 0), columnCount - w), y: y + rows }
        : { ...from.start, w: Math.min(Math.max(w + columns, 1), columnCount - x), h: h + rows };
    const next = placePanel(dashboard, panel.path, place);
    if (shown.current !== undefined && samePlaces(shown.current, next)) return;
    shown.current = next;
    onPreview(next);
  }

  function end(keeps: boolean): void {
    if (drag.current === undefined) return;
    drag.current = undefined;
    const next = shown.current;
    shown.current = undefined;
    onPreview(undefined);
    if (!keeps || next === undefined) return;
    onChange(next);
    tell(next);
  }

  function press(event: KeyboardEvent, kind: Kind): void {
    if (event.key === 'Escape' && drag.current !== undefined) {
      event.stopPropagation();
      end(false);
      return;
    }
    const direction = arrowOf(event.key);
    if (direction === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const resizes = kind === 'resize' || event.shiftKey;
    const now = placeAt(dashboard, panel.path);
    const place = resizes ? resized(now, direction) : steppedPlace(dashboard, panel.path, direction);
    if (place === undefined) return;
    const next = placePanel(dashboard, panel.path, place);
    onChange(next);
    tell(next);
  }

  const handlers = (kind: Kind) => ({
    onKeyDown: (event: KeyboardEvent) => press(event, kind),
    onPointerDown: (event: PointerEvent<HTMLElement>) => begin(event, kind),
    onPointerMove: move,
    onPointerUp: () => end(true),
    onPointerCancel: () => end(false),
  });
  return (
    <>
      <button
        aria-describedby="arrange-keys"
        aria-label={`Move ${title}`}
        className={styles['grip']}
        type="button"
        {...handlers('move')}
      >
        <GripVertical aria-hidden="true" size={16} />
      </button>
      <button
        aria-describedby="arrange-keys"
        aria-label={`Resize ${title}`}
        className={styles['corner']}
        type="button"
        {...handlers('resize')}
      >
        <MoveDiagonal2 aria-hidden="true" size={16} />
      </button>
    </>
  );
}

function arrowOf(key: string): (typeof arrows)[keyof typeof arrows] | undefined {
  return key === 'ArrowLeft' || key === 'ArrowRight' || key === 'ArrowUp' || key === 'ArrowDown'
    ? arrows[key]
    : undefined;
}

function resized(place: GridPlace | undefined, direction: 'left' | 'right' | 'up' | 'down'): GridPlace | undefined {
  if (place === undefined) return undefined;
  const { x, w, h } = place;
  switch (direction) {
    case 'left':
      return { ...place, w: Math.max(w - 1, 1) };
    case 'right':
      return { ...place, w: Math.min(w + 1, columnCount - x) };
    case 'up':
      return { ...place, h: Math.max(h - 1, 2) };
    case 'down':
      return { ...place, h: h + 1 };
  }
}

function placeWords({ x, y, w, h }: GridPlace): string {
  return `columns ${x + 1} to ${x + w} of ${columnCount}, from row ${y + 1}, ${h} rows high`;
}

/** Documents share what was not changed, so their panels are the same list when nothing moved. */
function samePlaces(a: JsonObject, b: JsonObject): boolean {
  return a === b || JSON.stringify(a['panels']) === JSON.stringify(b['panels']);
}
