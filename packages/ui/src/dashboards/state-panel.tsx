import { showFields, showValue, slotColour, fieldOfType, type Cell, type ShownField } from '@bellwether/dashboards';
import type { ReactNode } from 'react';
import { colourVar } from '../charts/series-colour.js';
import { formatRange } from '../format.js';
import { usePageRange } from '../page-range.js';
import type { PanelBodyProps } from './panel-body.js';
import styles from './panels.module.css';
import { chartColour } from './panel-colours.js';

type Stretch = { readonly fromMs: number; readonly toMs: number; readonly value: Cell };

/** Which state held when: Grafana's `state-timeline`, and `status-history`, which is the same with every step apart. */
export function StatePanel({ panel, title, frames, interval: { fromMs, toMs } }: PanelBodyProps): ReactNode {
  const { nowMs, zone } = usePageRange();
  const rows = showFields(frames, panel.fieldConfig).filter(({ field }) => field.type !== 'time');
  if (rows.length === 0) return <p className={styles['empty']}>No data in this range</p>;
  const isApart = panel.kind === 'status-history';
  const place = (ms: number): number =>
    ((Math.min(Math.max(ms, fromMs), toMs) - fromMs) / Math.max(toMs - fromMs, 1)) * 100;
  return (
    // It scrolls by itself, so the keyboard must reach it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div aria-label={`${title}: states over time`} className={styles['states']} role="group" tabIndex={0}>
      {rows.map((row, at) => (
        <div className={styles['state']} key={`${row.name} ${at}`}>
          <span title={row.name}>{row.name}</span>
          <ol>
            {stretches(row, isApart, toMs).map(stretch => {
              const shown = showValue(stretch.value, row.config);
              const left = place(stretch.fromMs);
              const words = `${shown.prefix}${shown.text}${shown.suffix}`;
              const hasColours = row.config.thresholds.steps.length > 1 || row.config.mappings.length > 0;
              // Words differ by colour; a number without thresholds is only there or not.
              const plain = slotColour(typeof stretch.value === 'number' ? 0 : hash(words));
              const colour = hasColours ? (shown.colour ?? plain) : plain;
              return (
                <li
                  key={stretch.fromMs}
                  style={{
                    left: `${left}%`,
                    width: `calc(${place(stretch.toMs) - left}% - 1px)`,
                    background: colourVar(chartColour(colour)),
                  }}
                  title={`${words}, ${formatRange(stretch.fromMs, stretch.toMs, nowMs, zone)}`}
                >
                  <span className="unseen">{words}</span>
                </li>
              );
            })}
          </ol>
        </div>
      ))}
    </div>
  );
}

/** Neighbours with the same value are one stretch; where nothing is known there is a hole. */
function stretches({ field, frame }: ShownField, isApart: boolean, toMs: number): readonly Stretch[] {
  const times = fieldOfType(frame, 'time')?.values.map(Number) ?? [];
  const step = times.length > 1 ? (times[1] ?? 0) - (times[0] ?? 0) : 60_000;
  const found: Stretch[] = [];
  times.forEach((fromMs, at) => {
    const value = field.values[at] ?? null;
    if (value === null) return;
    const before = found.at(-1);
    const end = Math.min(fromMs + step, Math.max(toMs, fromMs + 1));
    if (!isApart && before !== undefined && before.value === value && before.toMs >= fromMs)
      found[found.length - 1] = { ...before, toMs: end };
    else found.push({ fromMs, toMs: end, value });
  });
  return found;
}

function hash(text: string): number {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 997;
  return sum;
}
