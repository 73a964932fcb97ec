import type { QueueRow } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import { ShareBar } from '../calls/call-columns.js';
import styles from '../calls/calls.module.css';
import { Sparkline } from '../charts/sparkline.js';
import { productName } from '../databases/database-names.js';
import { formatCount, formatDuration, formatExact, formatRate } from '../format.js';
import type { Column } from '../parts/data-table.js';
import { Missing } from '../parts/missing.js';
import { StatusMark } from '../parts/status-mark.js';
import { drainWords } from './drain-words.js';
import { queueTerms } from './task-terms.js';

const notTold = 'Nobody tells how many wait';

/** The columns of the list of queues. */
export const queueColumns: readonly Column<QueueRow>[] = [
  {
    key: 'queue',
    title: 'Queue',
    value: row => row.queue,
    cell: row => (
      <span className={styles['name']}>
        <Link search={{ q: queueTerms(row) }} title="See the traces of its messages" to="/traces">
          {row.queue}
        </Link>
        <span className={styles['sub']}>
          {[productName(row.system), ...row.states.map(({ state, messages }) => `${formatCount(messages)} ${state}`)]
            .filter(text => text !== '')
            .join(', ')}
        </span>
      </span>
    ),
  },
  {
    key: 'waiting',
    title: 'Waiting',
    right: true,
    width: '80px',
    largestFirst: true,
    value: row => row.waiting,
    unit: '',
    cell: row =>
      row.waiting === null ? (
        <Missing why={notTold} />
      ) : (
        <Link
          className={styles['number']}
          search={{ q: `messaging_queue_depth{messaging_destination_name=${JSON.stringify(row.queue)}}` }}
          title={`${formatExact(row.waiting)} messages wait: see their course`}
          to="/metrics"
        >
          {formatCount(row.waiting)}
        </Link>
      ),
  },
  {
    key: 'spark',
    title: 'Trend',
    hint: 'Messages that wait, over the range',
    width: '88px',
    fromPx: 600,
    cell: row => <Sparkline values={row.spark} />,
  },
  {
    key: 'oldest',
    title: 'Oldest',
    hint: 'Age of the message that waits longest',
    right: true,
    width: '88px',
    largestFirst: true,
    value: row => row.oldestSeconds,
    unit: 's',
    cell: row =>
      row.oldestSeconds === null ? <Missing why="Its age is not told" /> : formatDuration(row.oldestSeconds * 1000),
  },
  {
    key: 'drain',
    title: 'Empty in',
    hint: 'Messages that wait by how many more are done than come',
    width: '116px',
    value: row => row.drain.seconds,
    cell: row => {
      const { mark, word, why } = drainWords(row.drain);
      return (
        <span title={why}>
          <StatusMark status={mark} word={word} />
        </span>
      );
    },
  },
  {
    key: 'sent',
    title: 'Sent',
    right: true,
    width: '80px',
    fromPx: 800,
    largestFirst: true,
    value: row => row.sentPerSecond,
    unit: 'per second',
    cell: row =>
      row.sentPerSecond === null ? <Missing why="No span of a sender in this range" /> : formatRate(row.sentPerSecond),
  },
  {
    key: 'done',
    title: 'Done',
    right: true,
    width: '80px',
    fromPx: 600,
    largestFirst: true,
    value: row => row.donePerSecond,
    unit: 'per second',
    cell: row =>
      row.donePerSecond === null ? <Missing why="No worker ran in this range" /> : formatRate(row.donePerSecond),
  },
  {
    key: 'utilization',
    title: 'Workers busy',
    hint: 'Share of what workers can do at once that they do',
    width: '116px',
    fromPx: 800,
    largestFirst: true,
    value: row => row.utilization,
    unit: 'ratio',
    cell: row =>
      row.utilization === null ? <Missing why="Workers do not tell" /> : <ShareBar share={row.utilization} />,
  },
  {
    key: 'dead',
    title: 'Dead letters',
    hint: 'Messages that failed and are not run again, in this range',
    right: true,
    width: '96px',
    fromPx: 800,
    largestFirst: true,
    value: row => row.deadLetters,
    unit: '',
    cell: row =>
      row.deadLetters === null ? (
        <Missing why="Workers do not tell, or have only begun to: a count needs two of their reports" />
      ) : (
        <Link
          className={row.deadLetters > 0 ? styles['trouble'] : styles['number']}
          search={{ q: `${queueTerms(row)} kind:consumer status:error` }}
          title="See the runs that failed"
          to="/traces"
        >
          {formatCount(row.deadLetters)}
        </Link>
      ),
  },
];
