import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { fetchSpan } from '../api-client.js';
import { formatCount, formatDurationUs, formatShare } from '../format.js';
import { StatusMark } from '../parts/status-mark.js';
import { groupNoun, isNPlusOne } from './group-words.js';
import { Figure } from './span-pane.js';
import styles from './span-pane.module.css';
import { Statement } from './statement.js';
import type { TraceModel } from './trace-model.js';
import type { SpanGroup } from './waterfall.js';
import { WorkerKey } from './worker-key.js';
import { AttributeList } from './attribute-list.js';
import { Button } from '../parts/button.js';

type GroupPaneProps = {
  readonly model: TraceModel;
  readonly group: SpanGroup;
  /** Opens the group's row. */
  readonly onOpen: () => void;
  readonly isOpen: boolean;
};

/** Many alike spans as one finding. Attributes are those of the first. */
export function GroupPane({ model, group, onOpen, isOpen }: GroupPaneProps): ReactNode {
  const { spans, trace } = model;
  const { first, members, totalUs } = group;
  const spanId = spans.id[first]!;
  const detail = useQuery({
    queryKey: ['span', trace.traceId, spanId],
    queryFn: ({ signal }) => fetchSpan(trace.traceId, spanId, signal),
  });
  const worker = model.workerOf[first]!;
  const service = trace.services[spans.service[first]!] ?? '';
  const noun = groupNoun(spans, group);
  const suspicious = isNPlusOne(spans, group);
  const passedUs = group.endUs - group.startUs;
  const statement = detail.data?.attributes.find(({ key }) => key === 'db.query.text' || key === 'db.statement');
  const attributes = detail.data?.attributes.filter(attribute => attribute !== statement) ?? [];
  let slowestUs = 0;
  for (const member of members) slowestUs = Math.max(slowestUs, spans.durationUs[member]!);
  return (
    <div className={styles.pane}>
      <div className={styles.top}>
        <div className={styles.who}>
          <WorkerKey slot={model.slotOf[worker] ?? 1} />
          {model.workers[worker]}
          {model.workers[worker] !== service && <span className={styles.caller}>called by {service}</span>}
          <span className={styles.space} />
          {suspicious && <StatusMark status="warn" look="chip" word={`N+1 ${noun}`} />}
        </div>
        <h2>
          {formatCount(members.length)} similar {noun}
          {suspicious ? ', one after the other' : ''}
        </h2>
        <div className={styles.figures}>
          <Figure value={formatDurationUs(totalUs)} of="total" />
          <Figure value={formatDurationUs(totalUs / members.length)} of="each" />
          <Figure value={formatDurationUs(slowestUs)} of="slowest" />
          <Figure value={formatShare(trace.durationUs === 0 ? 0 : passedUs / trace.durationUs)} of="of the trace" />
        </div>
        {group.errorCount > 0 && (
          <p className={styles.message}>
            {formatCount(group.errorCount)} of {formatCount(members.length)} failed
          </p>
        )}
      </div>
      <section className={styles.part}>
        <Statement text={statement?.value ?? trace.names[spans.name[first]!] ?? ''} />
        <p className={styles.note}>
          {suspicious
            ? `The same work ${formatCount(members.length)} times, each waiting for the one before. One ${noun === 'queries' ? 'query' : 'call'} for all of them would save up to ${formatDurationUs(Math.max(totalUs - slowestUs, 0))}.`
            : `Ran between ${formatDurationUs(group.startUs)} and ${formatDurationUs(group.endUs)} of the trace.`}
        </p>
        <Button onClick={onOpen}>{isOpen ? 'Fold them' : 'Show each'}</Button>
      </section>
      {attributes.length > 0 && (
        <section className={styles.part}>
          <h3>Attributes of the first</h3>
          <AttributeList attributes={attributes} />
        </section>
      )}
    </div>
  );
}
