import {
  fieldOf,
  flagOf,
  objectOf,
  reducedValues,
  showValue,
  textOf,
  thresholdValue,
  valueLinks,
  valueText,
  type FollowedLink,
  type ReducedValue,
  type Scope,
  type ShownValue,
} from '@bellwether/dashboards';
import type { ReactNode } from 'react';
import { colourVar } from '../charts/series-colour.js';
import { formatShare } from '../format.js';
import { arcPath } from './arc-path.js';
import styles from './panels.module.css';
import type { PanelBodyProps } from './panel-body.js';
import { ValueLinks } from './value-links.js';
import { chartColour, softGround, textColour } from './panel-colours.js';

/** One big number per series, with the line behind it: Grafana's `stat`. */
export function StatPanel({ panel, frames, widthPx, heightPx, variables }: PanelBodyProps): ReactNode {
  const { options } = panel;
  const values = reducedValues(frames, panel.fieldConfig, options);
  const colourMode = textOf(options, 'colorMode') || 'value';
  const textMode = textOf(options, 'textMode') || 'auto';
  const hasLine = textOf(options, 'graphMode') !== 'none' && heightPx > 70;
  const isWide =
    textOf(options, 'orientation') === 'vertical'
      ? false
      : widthPx >= heightPx || textOf(options, 'orientation') === 'horizontal';
  return (
    // More than fit are scrolled to, by keyboard too.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <ul className={styles['numbers']} data-wide={isWide} tabIndex={0}>
      {values.map((one, at) => {
        const shown = showValue(one.value, one.shown.config);
        const hasName =
          textMode === 'value_and_name' || textMode === 'name' || (textMode === 'auto' && values.length > 1);
        const colour = colourMode === 'none' ? undefined : shown.colour;
        return (
          <li
            className={styles['stat']}
            data-trail={hasLine && heightPx > 90}
            key={`${one.name} ${at}`}
            style={colourMode.startsWith('background') ? { background: softGround(colour) } : undefined}
          >
            {hasLine && <Trail reduced={one} />}
            {hasName && <span className={styles['statname']}>{one.name}</span>}
            {textMode !== 'none' && textMode !== 'name' && (
              <ValueLinks links={linksOf(one, variables)}>
                <BigValue
                  colour={textColour(colour)}
                  postfix={textOf(options, 'postfix')}
                  prefix={textOf(options, 'prefix')}
                  shown={shown}
                  sizePx={sizeFor(
                    widthPx / (isWide ? values.length : 1),
                    heightPx / (isWide ? 1 : values.length),
                    shown,
                  )}
                />
              </ValueLinks>
            )}
            {textMode === 'name' && <span className={styles['statonly']}>{one.name}</span>}
          </li>
        );
      })}
    </ul>
  );
}

function linksOf({ shown, value, row }: ReducedValue, variables: Scope): readonly FollowedLink[] {
  return valueLinks(shown.config.links, { shown, value, row }, variables);
}

type BigValueProps = {
  readonly shown: ShownValue;
  readonly colour: string | undefined;
  readonly sizePx: number;
  readonly prefix?: string;
  readonly postfix?: string;
};

function BigValue({ shown, colour, sizePx, prefix = '', postfix = '' }: BigValueProps): ReactNode {
  return (
    <span
      className={`num ${styles['big']}`}
      style={{ color: colour, fontSize: sizePx, lineHeight: 1.15 }}
      title={shown.isMissing ? 'No data' : undefined}
    >
      {prefix}
      {shown.prefix}
      {shown.text}
      {shown.suffix.trim() !== '' && <small>{shown.suffix}</small>}
      {postfix}
      {shown.isMissing && <span className="unseen"> (no data)</span>}
    </span>
  );
}

/** As large as its room and the length of its text allow, within reason. */
function sizeFor(widthPx: number, heightPx: number, { prefix, text, suffix }: ShownValue): number {
  const letters = lettersOf({ prefix, text, suffix });
  return Math.round(Math.min(Math.max(Math.min(widthPx / (letters * 0.62), heightPx * 0.4), 14), 40));
}

/** How long a value is to read; its unit is drawn smaller. */
function lettersOf({ prefix, text, suffix }: Pick<ShownValue, 'prefix' | 'text' | 'suffix'>): number {
  return Math.max(prefix.length + text.length + suffix.length * 0.6, 2);
}

const trailSteps = 60;

/** The course of the values as a soft ground. */
function Trail({ reduced }: { reduced: ReducedValue }): ReactNode {
  const numbers = reduced.values.filter(value => typeof value === 'number' && Number.isFinite(value)).map(Number);
  if (numbers.length < 2) return undefined;
  const every = Math.max(1, Math.ceil(numbers.length / trailSteps));
  const picked = numbers.filter((_, at) => at % every === 0 || at === numbers.length - 1);
  const low = Math.min(...picked);
  const high = Math.max(...picked);
  const y = (value: number): string => (high === low ? 14 : 27 - ((value - low) / (high - low)) * 25).toFixed(1);
  const points = picked.map((value, at) => `${((at / (picked.length - 1)) * 100).toFixed(1)},${y(value)}`);
  const colour = showValue(reduced.value, reduced.shown.config).colour ?? reduced.shown.colour;
  const stroke = colourVar(chartColour(colour));
  return (
    <svg aria-hidden="true" className={styles['trail']} preserveAspectRatio="none" viewBox="0 0 100 28">
      <path d={`M0,28 L${points.join(' L')} L100,28 Z`} fill={stroke} opacity="0.1" />
      <polyline
        fill="none"
        opacity="0.7"
        points={points.join(' ')}
        stroke={stroke}
        strokeWidth="1.2"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

/** Where a value stands between the least and the most: 0 to 1. Bounds that are not said come from the values. */
function shareOf(one: ReducedValue, all: readonly ReducedValue[]): number {
  const { min, max } = boundsOf(one, all);
  const value = typeof one.value === 'number' ? one.value : min;
  return max === min ? 0 : Math.min(Math.max((value - min) / (max - min), 0), 1);
}

function boundsOf(
  { shown: { config } }: ReducedValue,
  all: readonly ReducedValue[],
): { readonly min: number; readonly max: number } {
  const numbers = all.flatMap(({ value }) => (typeof value === 'number' && Number.isFinite(value) ? [value] : []));
  const isShare = config.unit === 'percentunit';
  const min = config.min ?? Math.min(0, ...numbers);
  const fallback = config.unit === 'percent' ? 100 : isShare ? 1 : Math.max(...numbers, min);
  return { min, max: config.max ?? (Number.isFinite(fallback) ? fallback : 100) };
}

/** As large as so many fit beside and below each other. */
function gaugeSize(count: number, widthPx: number, heightPx: number): number {
  let best = 0;
  for (let perRow = 1; perRow <= Math.max(count, 1); perRow += 1) {
    const rows = Math.ceil(count / perRow);
    best = Math.max(best, Math.min(widthPx / perRow - 14, (heightPx / rows - (count > 1 ? 26 : 10)) * 1.25));
  }
  return Math.max(56, Math.min(best, 220));
}

/** Arcs with the thresholds around them: Grafana's `gauge`. */
export function GaugePanel({ panel, frames, widthPx, heightPx, variables }: PanelBodyProps): ReactNode {
  const values = reducedValues(frames, panel.fieldConfig, panel.options);
  const hasMarks = fieldOf(panel.options, 'showThresholdMarkers') !== false;
  const sizePx = gaugeSize(values.length, widthPx, heightPx);
  return (
    <ul className={styles['gauges']}>
      {values.map((one, at) => {
        const { config } = one.shown;
        const shown = showValue(one.value, config);
        const share = shareOf(one, values);
        const { min, max } = boundsOf(one, values);
        const colour = shown.colour ?? one.shown.colour;
        return (
          <li key={`${one.name} ${at}`} style={{ width: sizePx }}>
            <svg aria-hidden="true" viewBox="0 0 100 78">
              <path d={arcPath(0, 1, 38)} fill="none" stroke="var(--raised)" strokeWidth="9" />
              {share > 0 && !shown.isMissing && (
                <path d={arcPath(0, share, 38)} fill="none" stroke={colourVar(chartColour(colour))} strokeWidth="9" />
              )}
              {hasMarks &&
                config.thresholds.steps.map((step, index, steps) => {
                  const next = steps[index + 1];
                  const from = Math.min(
                    Math.max((thresholdValue(step, { ...config, min, max }) - min) / (max - min), 0),
                    1,
                  );
                  const to =
                    next === undefined
                      ? 1
                      : Math.min(Math.max((thresholdValue(next, { ...config, min, max }) - min) / (max - min), 0), 1);
                  if (step.colour === undefined || !(to > from)) return undefined;
                  return (
                    <path
                      d={arcPath(Number.isFinite(from) ? from : 0, to, 45)}
                      fill="none"
                      key={step.from}
                      stroke={colourVar(chartColour(step.colour))}
                      strokeWidth="2"
                    />
                  );
                })}
            </svg>
            <span className={styles['gaugevalue']}>
              <ValueLinks links={linksOf(one, variables)}>
                <BigValue
                  colour={textColour(shown.colour)}
                  shown={shown}
                  sizePx={Math.max(10, Math.min((sizePx * 0.62) / (lettersOf(shown) * 0.6), sizePx / 5, 26))}
                />
              </ValueLinks>
            </span>
            {(values.length > 1 || flagOf(panel.options, 'showThresholdLabels')) && (
              <span className={styles['gaugename']}>{one.name}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** One bar per series: Grafana's `bargauge`. Vertical bars stand here as rows too, since names are read that way. */
export function BarGaugePanel({ panel, frames, variables }: PanelBodyProps): ReactNode {
  const values = reducedValues(frames, panel.fieldConfig, panel.options);
  return (
    <ul className={styles['bargauge']}>
      {values.map((one, at) => {
        const shown = showValue(one.value, one.shown.config);
        return (
          <li key={`${one.name} ${at}`}>
            {(values.length > 1 || panel.title === '') && <span className={styles['barname']}>{one.name}</span>}
            <span className={styles['track']}>
              <i
                style={{
                  width: `${shareOf(one, values) * 100}%`,
                  background: colourVar(chartColour(shown.colour ?? one.shown.colour)),
                }}
              />
            </span>
            <span className={`num ${styles['barvalue']}`}>
              <ValueLinks links={linksOf(one, variables)}>{valueText(shown)}</ValueLinks>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** Shares of a whole, with the table that says which is which: Grafana's `piechart`. */
export function PiePanel({ panel, title, frames, heightPx, widthPx, variables }: PanelBodyProps): ReactNode {
  const values = reducedValues(frames, panel.fieldConfig, panel.options).filter(
    ({ value }) => typeof value === 'number' && value > 0,
  );
  const sorted = values.toSorted((a, b) => Number(b.value) - Number(a.value));
  const sum = sorted.reduce((total, { value }) => total + Number(value), 0);
  const isDonut = textOf(panel.options, 'pieType') === 'donut';
  const legend = objectOf(panel.options, 'legend');
  return (
    <div className={styles['pie']} data-below={widthPx < 300}>
      <svg
        aria-label={`${title}: ${sorted
          .slice(0, 5)
          .map(one => `${one.name} ${formatShare(Number(one.value) / sum)}`)
          .join(', ')}`}
        role="img"
        style={{ width: Math.min(heightPx - 8, widthPx * 0.45, 220) }}
        viewBox="0 0 100 100"
      >
        {sorted.map((one, at) => {
          const from = sorted.slice(0, at).reduce((before, { value }) => before + Number(value), 0) / sum;
          const path = slicePath(from, from + Number(one.value) / sum, isDonut ? 26 : 0);
          return (
            <path
              d={path}
              fill={colourVar(chartColour(one.shown.colour))}
              key={`${one.name} ${at}`}
              stroke="var(--surface)"
              strokeWidth="0.8"
            >
              <title>{one.name}</title>
            </path>
          );
        })}
      </svg>
      {fieldOf(legend, 'showLegend') !== false && (
        // It scrolls by itself, so the keyboard must reach it.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div aria-label={`Shares of ${title}`} className={styles['legendtable']} role="group" tabIndex={0}>
          <table>
            <tbody>
              {sorted.map((one, at) => {
                const shown = showValue(one.value, one.shown.config);
                return (
                  <tr key={`${one.name} ${at}`}>
                    <th aria-label={one.name} scope="row">
                      <span className={styles['key']}>
                        <i data-bar="true" style={{ background: colourVar(chartColour(one.shown.colour)) }} />
                        <span>{one.name}</span>
                      </span>
                    </th>
                    <td className={`num ${styles['right']}`}>
                      <ValueLinks links={linksOf(one, variables)}>{valueText(shown)}</ValueLinks>
                    </td>
                    <td className={`num ${styles['right']}`}>{formatShare(Number(one.value) / sum)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

function onCircle(share: number, radius: number): string {
  const angle = share * 2 * Math.PI - Math.PI / 2;
  return `${(50 + radius * Math.cos(angle)).toFixed(2)} ${(50 + radius * Math.sin(angle)).toFixed(2)}`;
}

function slicePath(from: number, to: number, hole: number): string {
  // A whole circle has no end to draw an arc to; two digits behind the point must still tell it from the beginning.
  const end = Math.min(to, from + 0.9998);
  const large = end - from > 0.5 ? 1 : 0;
  if (hole === 0) return `M50 50 L${onCircle(from, 48)} A48 48 0 ${large} 1 ${onCircle(end, 48)} Z`;
  return `M${onCircle(from, 48)} A48 48 0 ${large} 1 ${onCircle(end, 48)} L${onCircle(end, hole)} A${hole} ${hole} 0 ${large} 0 ${onCircle(from, hole)} Z`;
}
