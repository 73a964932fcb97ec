import type { MapAnswer } from '@bellwether/model';
import { Pause, Play } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { formatCount, formatRange, formatStep } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import styles from './map.module.css';

type MapScrubberProps = {
  readonly answer: Pick<MapAnswer, 'stepMs' | 'stepsMs' | 'requests' | 'errors'>;
  /** The step that is shown; undefined: the whole range. */
  readonly atMs: number | undefined;
  /** The figures of the step are there: playing goes on only then. */
  readonly isReady: boolean;
  onMove(atMs: number | undefined): void;
};

const playEveryMs = 900;

/** A slider over the range: the map as it was in one step of it, or played step by step. */
export function MapScrubber({ answer, atMs, isReady, onMove }: MapScrubberProps): ReactNode {
  const { stepMs, stepsMs, requests, errors } = answer;
  const { nowMs, zone, hold, fromMs, toMs } = usePageRange();
  const [isPlaying, setPlaying] = useState(false);
  const last = stepsMs.length - 1;
  const found = atMs === undefined ? -1 : stepsMs.findIndex(step => step + stepMs > atMs);
  const at = found < 0 ? last : found;

  // A refresh would move the range away under the slider.
  useEffect(() => (atMs === undefined ? undefined : hold()), [atMs, hold]);

  useEffect(() => {
    if (!isPlaying || !isReady) return undefined;
    const timer = setTimeout(() => {
      const next = atMs === undefined ? 0 : at + 1;
      if (next > last) setPlaying(false);
      else onMove(stepsMs[next]);
    }, playEveryMs);
    return () => clearTimeout(timer);
  }, [isPlaying, isReady, at, atMs, last, onMove, stepsMs]);

  const most = Math.max(...requests, 1);
  const shownStep = stepsMs[at];
  const said =
    atMs === undefined || shownStep === undefined
      ? `${formatRange(fromMs, toMs, nowMs, zone)}, all of it`
      : `${formatStep(shownStep, stepMs, zone)}, ${formatCount(requests[at])} requests, ${formatCount(errors[at])} failed`;
  return (
    <div className={styles['scrubber']}>
      <Button
        aria-label={isPlaying ? 'Pause' : 'Play the range step by step'}
        onClick={() => setPlaying(!isPlaying)}
        title={isPlaying ? 'Pause' : 'Play the range step by step'}
      >
        {isPlaying ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />}
      </Button>
      <div className={styles['track']}>
        <svg aria-hidden="true" preserveAspectRatio="none" viewBox={`0 0 ${Math.max(last, 1)} 20`}>
          {stepsMs.map((step, i) => {
            // The first and the last bar stick out by half of their width: a few pixels.
            const width = Math.min(0.8, last * 0.03);
            const height = (20 * (requests[i] ?? 0)) / most;
            const failed = (20 * (errors[i] ?? 0)) / most;
            return (
              <g data-at={atMs !== undefined && i === at} key={step}>
                <rect className={styles['all']} height={height} width={width} x={i - width / 2} y={20 - height} />
                <rect className={styles['failed']} height={failed} width={width} x={i - width / 2} y={20 - failed} />
              </g>
            );
          })}
        </svg>
        <input
          aria-label="Step of the range"
          aria-valuetext={said}
          max={Math.max(last, 0)}
          min={0}
          onChange={event => onMove(stepsMs[Number(event.target.value)])}
          type="range"
          value={at}
        />
      </div>
      <span className={styles['said']}>{said}</span>
      {atMs !== undefined && (
        <Button
          onClick={() => {
            setPlaying(false);
            onMove(undefined);
          }}
        >
          Whole range
        </Button>
      )}
    </div>
  );
}
