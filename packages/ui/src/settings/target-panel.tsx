import type { StatusAnswer } from '@bellwether/model';
import type { ReactNode } from 'react';
import { formatAgo, formatCount, formatDuration, formatExact } from '../format.js';
import { Card } from '../parts/card.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Missing } from '../parts/missing.js';
import { StatusMark } from '../parts/status-mark.js';
import styles from './data.module.css';

type Target = StatusAnswer['scrapeTargets'][number];

/** What is scraped, those that fail first; nothing when nothing is. */
export function TargetPanel({ status: { scrapeTargets, nowMs } }: { status: StatusAnswer }): ReactNode {
  if (scrapeTargets.length === 0) return undefined;
  return (
    <Card note={`${scrapeTargets.length}`} title="Scrape targets">
      <DataTable
        columns={targetColumns(nowMs)}
        label="Scrape targets"
        rowKey={row => `${row.job} ${row.url}`}
        rows={scrapeTargets}
      />
    </Card>
  );
}

const marks = {
  up: { mark: 'ok', word: 'Up' },
  down: { mark: 'crit', word: 'Down' },
  unknown: { mark: 'none', word: 'Not yet' },
} as const;

const neverYet = 'It was not scraped yet';

function targetColumns(nowMs: number): readonly Column<Target>[] {
  return [
    {
      key: 'state',
      title: 'State',
      width: '96px',
      cell: row => <StatusMark status={marks[row.state].mark} word={marks[row.state].word} />,
    },
    {
      key: 'url',
      title: 'Target',
      cell: row => (
        <div className={styles['why']}>
          <b>{row.url}</b>
          {row.error !== null && <span className={styles['trouble']}>{row.error}</span>}
          {row.rejected > 0 && (
            <span>{`${formatExact(row.rejected)} samples are not kept: ${row.rejectedReason}`}</span>
          )}
        </div>
      ),
    },
    { key: 'job', title: 'Job', width: '150px', fromPx: 600, cell: row => row.job },
    { key: 'samples', title: 'Samples', right: true, width: '90px', cell: row => formatCount(row.samples) },
    {
      key: 'took',
      title: 'Took',
      right: true,
      width: '90px',
      fromPx: 600,
      cell: row => (row.durationMs === null ? <Missing why={neverYet} /> : formatDuration(row.durationMs)),
    },
    {
      key: 'last',
      title: 'Last',
      right: true,
      width: '90px',
      cell: row => (row.lastScrape === null ? <Missing why={neverYet} /> : formatAgo(row.lastScrape, nowMs)),
    },
  ];
}
