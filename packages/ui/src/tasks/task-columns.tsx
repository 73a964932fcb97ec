import type { TaskRow } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import { errorColumn, rateColumn, timeColumn } from '../calls/call-columns.js';
import styles from '../calls/calls.module.css';
import { formatCount, formatDuration } from '../format.js';
import type { Column } from '../parts/data-table.js';
import { Missing } from '../parts/missing.js';
import { taskTerms } from './task-terms.js';

function waitColumn(title: string, of: (row: TaskRow) => number | null, fromPx?: 800): Column<TaskRow> {
  return {
    key: title,
    title,
    hint: 'From when it could have run to when it did',
    right: true,
    width: '88px',
    ...(fromPx !== undefined && { fromPx }),
    largestFirst: true,
    value: of,
    unit: 'ms',
    cell: row => (of(row) === null ? <Missing why="Its worker does not tell" /> : formatDuration(of(row))),
  };
}

function countColumn(
  title: string,
  hint: string,
  of: (row: TaskRow) => number | null,
  isTrouble: boolean,
): Column<TaskRow> {
  return {
    key: title,
    title,
    hint,
    right: true,
    width: '92px',
    fromPx: 800,
    largestFirst: true,
    value: of,
    unit: '',
    cell: row => {
      const count = of(row);
      if (count === null) return <Missing why="Its worker does not tell" />;
      return <span className={isTrouble && count > 0 ? styles['trouble'] : undefined}>{formatCount(count)}</span>;
    },
  };
}

/** The columns of the list of tasks. */
export const taskColumns: readonly Column<TaskRow>[] = [
  {
    key: 'task',
    title: 'Task',
    value: row => row.task,
    cell: row => (
      <span className={styles['name']}>
        <Link search={{ q: taskTerms(row) }} title="See its traces, from sender to worker" to="/traces">
          {row.task === '' ? row.queue : row.task}
        </Link>
        <span className={styles['sub']}>
          {[row.task === '' ? '' : row.queue, ...row.services].filter(text => text !== '').join(', ')}
          {row.source === 'spans' && ', read from spans'}
        </span>
      </span>
    ),
  },
  rateColumn<TaskRow>(taskTerms, 'Runs'),
  waitColumn('Wait p50', row => row.waitP50Ms, 800),
  waitColumn('Wait p95', row => row.waitP95Ms),
  { ...timeColumn<TaskRow>('p50', taskTerms, 800), title: 'Run p50', width: '88px' },
  { ...timeColumn<TaskRow>('p95', taskTerms), title: 'Run p95', width: '88px' },
  { ...errorColumn<TaskRow>(taskTerms), title: 'Failed' },
  countColumn('Retries', 'Runs that are not the first of their message', row => row.retries, false),
  countColumn('Dead letters', 'Messages that failed and are not run again', row => row.deadLetters, true),
];
