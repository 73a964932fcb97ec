import { Link } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';
import { formatStep } from '../format.js';
import { usePageRange } from '../page-range.js';
import styles from './chart.module.css';
import { differenceOf, type NamedDrill } from './drill.js';
import type { PlotPoint } from './plot.js';
import { SampleLinks } from './sample-links.js';
import { colourVar, type SeriesColour } from './series-colour.js';

export type TooltipLine = {
  readonly name: string;
  /** Undefined for a sum. */
  readonly colour: SeriesColour | undefined;
  readonly text: string;
};

type ChartTooltipProps = {
  readonly point: PlotPoint;
  readonly fromMs: number;
  readonly stepMs: number;
  readonly leadMs?: number;
  readonly lines: readonly TooltipLine[];
  readonly pinned: boolean;
  /** Where the point leads when it is pinned. */
  readonly drills?: readonly NamedDrill[];
  /** What the values of the point lead to besides; shown when it is pinned. */
  readonly links?: readonly { readonly title: string; readonly address: string; readonly newTab: boolean }[];
  readonly widthPx?: number;
  onClose(): void;
};

const besidePx = 12;
/** More would cover the chart; the table lists all. */
const mostLines = 12;

/** The values of one step, beside the point. A click pins it and gives it links; Escape frees it. */
export function ChartTooltip(props: ChartTooltipProps): ReactNode {
  const { point, fromMs, stepMs, leadMs = 0, lines, pinned, drills = [], links = [], widthPx = 190, onClose } = props;
  const { zone } = usePageRange();
  const box = useRef<HTMLDivElement>(null);
  useDismiss(box, pinned, onClose);
  const left =
    point.leftPx - besidePx - widthPx < point.plotLeftPx - 30
      ? point.leftPx + besidePx
      : point.leftPx - besidePx - widthPx;
  const range = { from: String(fromMs - leadMs), to: String(fromMs + stepMs) };
  return (
    <div className={styles['tooltip']} data-pinned={pinned} ref={box} style={{ left, width: widthPx }}>
      <p className={`num ${styles['when']}`}>{formatStep(fromMs, stepMs, zone)}</p>
      <dl className="num">
        {lines.slice(0, mostLines).map(({ name, colour, text }) => (
          <div key={name}>
            <dt>
              <i
                className={colour === 'prev' ? styles['dashed'] : undefined}
                style={colour === undefined || colour === 'prev' ? undefined : { background: colourVar(colour) }}
              />
              {name}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {lines.length > mostLines && <p className={styles['rest']}>and {lines.length - mostLines} more</p>}
      {pinned
        ? drills.map(drill => <Ways drill={drill} key={drill.name ?? ''} range={range} />)
        : drills.some(({ traces }) => traces !== undefined) && (
            <p className={styles['ways']}>Click for traces and logs</p>
          )}
      {links.length > 0 &&
        (pinned ? (
          <div className={styles['ways']}>
            {links.map(({ title, address, newTab }) => (
              <a
                className="link"
                href={address}
                key={`${title} ${address}`}
                rel="noreferrer"
                target={newTab ? '_blank' : undefined}
              >
                {title}
              </a>
            ))}
          </div>
        ) : (
          <p className={styles['ways']}>Click for links</p>
        ))}
    </div>
  );
}

type WaysProps = { readonly drill: NamedDrill; readonly range: { readonly from: string; readonly to: string } };

function Ways({ drill, range }: WaysProps): ReactNode {
  const { name, traces, logs, spans = traces } = drill;
  const different = differenceOf(drill, range.from, range.to);
  if (traces === undefined && logs === undefined) return undefined;
  return (
    <>
      {name !== undefined && <p className={styles['of']}>{name}</p>}
      {spans !== undefined && <SampleLinks fromMs={Number(range.from)} q={spans} toMs={Number(range.to)} />}
      <div className={styles['ways']}>
        {traces !== undefined && (
          <Link className="link" search={{ ...range, q: traces }} to="/traces">
            Open traces
          </Link>
        )}
        {logs !== undefined && (
          <Link className="link" search={{ ...range, q: logs }} to="/logs">
            Open logs
          </Link>
        )}
        {different !== undefined && (
          <Link className="link" search={different} to="/difference">
            What is different
          </Link>
        )}
      </div>
    </>
  );
}

/** Escape or a click elsewhere closes what is open. */
export function useDismiss(box: { readonly current: HTMLElement | null }, open: boolean, onClose: () => void): void {
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });
  useEffect(() => {
    if (!open) return undefined;
    const key = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') close.current();
    };
    const press = (event: PointerEvent): void => {
      if (event.target instanceof Node && box.current?.contains(event.target) !== true) close.current();
    };
    document.addEventListener('keydown', key);
    document.addEventListener('pointerdown', press, true);
    return () => {
      document.removeEventListener('keydown', key);
      document.removeEventListener('pointerdown', press, true);
    };
  }, [open, box]);
}
