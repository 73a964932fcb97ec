import type { LogLevel, LogPattern } from '@bellwether/model';
import { EyeOff } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import { Sparkline } from '../charts/sparkline.js';
import { formatAgo, formatChange, formatCount, formatExact, formatFull, formatPercent, type Zone } from '../format.js';
import { Button } from '../parts/button.js';
import type { Column } from '../parts/data-table.js';
import { Missing } from '../parts/missing.js';
import { StatusMark } from '../parts/status-mark.js';
import { LevelMark } from './level-mark.js';
import { patternTrendOrder, patternTrends } from './pattern-trend.js';
import styles from './patterns.module.css';

type Shown = {
  /** What ages are counted from. */
  readonly nowMs: number;
  readonly zone: Zone;
  /** Start of the range: what came before it is no news. */
  readonly fromMs: number;
  /** Is there a range before to compare with. */
  readonly comparable: boolean;
  /** Leaves the lines of a pattern out. */
  onHide(pattern: string): void;
};

/** The columns of the list of patterns. */
export function patternColumns({ nowMs, zone, fromMs, comparable, onHide }: Shown): readonly Column<LogPattern>[] {
  return [
    {
      key: 'trend',
      title: 'State',
      width: '96px',
      fromPx: 600,
      value: row => patternTrendOrder.indexOf(row.trend),
      cell: row => {
        const { mark, word, why } = patternTrends[row.trend];
        return (
          <span title={why}>
            <StatusMark status={mark} word={word} />
          </span>
        );
      },
    },
    { key: 'pattern', title: 'Pattern', value: row => row.pattern, cell: row => <PatternText row={row} /> },
    {
      key: 'spark',
      title: 'Trend',
      hint: 'Lines over the range',
      width: '104px',
      fromPx: 800,
      cell: row => <Sparkline colour={row.trend === 'ongoing' ? 'prev' : 2} values={row.counts} widthPx={88} />,
    },
    {
      key: 'count',
      title: 'Lines',
      right: true,
      width: '76px',
      largestFirst: true,
      value: row => row.count,
      unit: '',
      cell: row => <span title={formatExact(row.count)}>{formatCount(row.count)}</span>,
    },
    {
      key: 'share',
      title: 'Share',
      hint: 'Of all lines that match',
      right: true,
      width: '76px',
      fromPx: 600,
      largestFirst: true,
      value: row => row.share,
      unit: 'ratio',
      cell: row => formatPercent(row.share),
    },
    {
      key: 'change',
      title: 'vs previous',
      hint: 'Against the range of the same length before',
      right: true,
      width: '96px',
      fromPx: 800,
      largestFirst: true,
      value: row => (comparable && row.previous > 0 ? row.count / row.previous : null),
      cell: row => <Change comparable={comparable} row={row} />,
    },
    {
      key: 'repeated',
      title: 'Repeats',
      hint: 'Lines whose whole text another line has too: they could be counted instead of written',
      right: true,
      width: '84px',
      fromPx: 1000,
      largestFirst: true,
      value: row => row.repeated,
      unit: '',
      cell: row =>
        row.repeated === null ? (
          <Missing why="Not every line was looked at" />
        ) : (
          <span title={formatExact(row.repeated)}>{formatCount(row.repeated)}</span>
        ),
    },
    {
      key: 'first',
      title: 'First seen',
      width: '120px',
      fromPx: 1000,
      value: row => row.firstMs,
      unit: 'time',
      cell: row =>
        row.firstMs < fromMs ? (
          <span title={`In the range before, at ${formatFull(row.firstMs, zone)}`}>before</span>
        ) : (
          <span title={formatFull(row.firstMs, zone)}>{formatAgo(row.firstMs, nowMs, zone)}</span>
        ),
    },
    {
      key: 'hide',
      title: 'Hide',
      width: '52px',
      cell: row => (
        <Button
          aria-label={`Hide ${row.pattern}`}
          look="ghost"
          onClick={() => onHide(row.pattern)}
          title="Leave its lines out; the search says so"
        >
          <EyeOff aria-hidden="true" />
        </Button>
      ),
    },
  ];
}

/** The level that most lines of it have, when it is one to look at; its text; who writes it. */
function PatternText({ row }: { readonly row: LogPattern }): ReactNode {
  return (
    <span className={styles.name}>
      <span className={styles.line}>
        <LevelMark level={mostLines(row)} />
        <code className={styles.pattern} title={row.pattern}>
          {row.pattern === '' ? '(no text)' : <Values pattern={row.pattern} />}
        </code>
      </span>
      <span className={styles.place}>
        {row.services.map(name => (name === '' ? 'no service' : name)).join(', ') || 'in the range before'}
      </span>
    </span>
  );
}

function Values({ pattern }: { readonly pattern: string }): ReactNode {
  return pattern.split('<*>').map((text, i) => (
    // Texts between values have no other name than their place.
    // oxlint-disable-next-line react/no-array-index-key
    <Fragment key={i}>
      {i > 0 && <i>{'<*>'}</i>}
      {text}
    </Fragment>
  ));
}

function mostLines({ levels }: LogPattern): LogLevel {
  return levels.toSorted((a, b) => b.count - a.count)[0]?.level ?? 'unset';
}

function Change({ row, comparable }: { readonly row: LogPattern; readonly comparable: boolean }): ReactNode {
  if (!comparable) return <Missing why="The range before has too few lines to compare with" />;
  if (row.previous === 0) return <Missing why="None in the range before" />;
  return <span title={`${formatExact(row.previous)} before`}>{formatChange(row.count / row.previous - 1)}</span>;
}
