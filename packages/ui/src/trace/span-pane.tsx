/* oxlint-disable jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keys (WCAG 2.1.1) */
import {
  type Attribute,
  type LogRow,
  queryHash,
  type SpanAnswer,
  type SpanEvent,
  type SpanLink,
} from '@bellwether/model';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { ListFilter } from 'lucide-react';
import type { ReactNode } from 'react';
import { fetchSpan } from '../api-client.js';
import { formatClockMs, formatDurationUs, formatShare, nsToMs, type Zone } from '../format.js';
import { LevelMark } from '../logs/level-mark.js';
import { Failure } from '../parts/failure.js';
import { StatusMark } from '../parts/status-mark.js';
import { writeTerm } from '../search/write-term.js';
import { type AttributeAct, AttributeList, CopyButton } from './attribute-list.js';
import { ProfileLink } from './profile-link.js';
import { statusError } from './span-tree.js';
import { Statement } from './statement.js';
import type { TraceModel } from './trace-model.js';
import styles from './span-pane.module.css';
import { WorkerKey } from './worker-key.js';

const serverKind = 2;
const clientKind = 3;
const queryAroundMs = 1_800_000;
/** What has its page among caches. */
const caches = /^(?:redis|valkey|memcached|hazelcast|dragonfly)/i;
const kindWords = ['', 'internal', 'server', 'client', 'producer', 'consumer'];

type SpanPaneProps = {
  readonly model: TraceModel;
  readonly span: number;
  /** Log lines of the whole trace; undefined while they load. */
  readonly logs: readonly LogRow[] | undefined;
  readonly zone: Zone;
};

/** All that is known of one span. The first lines are in the trace already; attributes come on selection. */
export function SpanPane({ model, span, logs, zone }: SpanPaneProps): ReactNode {
  const { spans, trace, path } = model;
  const spanId = spans.id[span]!;
  const detail = useQuery({
    queryKey: ['span', trace.traceId, spanId],
    queryFn: ({ signal }) => fetchSpan(trace.traceId, spanId, signal),
  });
  const worker = model.workerOf[span]!;
  const parent = model.tree.parent[span]!;
  const durationUs = spans.durationUs[span]!;
  const failed = spans.status[span] === statusError;
  const service = trace.services[spans.service[span]!] ?? '';
  const kind = kindWords[spans.kind[span]!] ?? '';
  const spanLogs = logs?.filter(log => log.spanId === spanId) ?? [];
  return (
    <div className={styles.pane}>
      <div className={styles.top}>
        <div className={styles.who}>
          <WorkerKey slot={model.slotOf[worker] ?? 1} />
          {model.workers[worker]}
          <span className={styles.caller}>
            {model.workers[worker] !== service
              ? `called by ${service}`
              : parent >= 0 && spans.service[parent] !== spans.service[span]
                ? `called by ${trace.services[spans.service[parent]!]}`
                : kind}
          </span>
          <span className={styles.space} />
          {failed && <StatusMark status="crit" look="chip" word={spans.httpStatus[span] || 'Error'} />}
        </div>
        <h2>{trace.names[spans.name[span]!]}</h2>
        <div className={styles.figures}>
          <Figure value={formatDurationUs(durationUs)} of="total" />
          <Figure value={formatDurationUs(model.selfUs[span])} of="itself" />
          <Figure value={formatShare(trace.durationUs === 0 ? 0 : durationUs / trace.durationUs)} of="of the trace" />
          {path.onPath[span] === 1 && <Figure value={formatDurationUs(path.selfUs[span])} of="critical path" />}
        </div>
        {spans.kind[span] === serverKind && (
          <ProfileLink span={{ id: spanId, service }} startMs={nsToMs(trace.startNs)} traceId={trace.traceId} />
        )}
        {detail.data !== undefined && detail.data.statusMessage !== '' && (
          <p className={styles.message}>{detail.data.statusMessage}</p>
        )}
      </div>
      {detail.data !== undefined && (
        <SpanDetail detail={detail.data} peer={spans.peer[span] ?? ''} trace={model} logs={spanLogs} zone={zone} />
      )}
      {detail.isPending && <p className={styles.part}>Loading its attributes…</p>}
      {detail.isError && <Failure error={detail.error} onRetry={() => void detail.refetch()} />}
    </div>
  );
}

/** A figure with its meaning below. */
export function Figure({ value, of }: { readonly value: string; readonly of: string }): ReactNode {
  return (
    <span>
      <b>{value}</b>
      {of}
    </span>
  );
}

type SpanDetailProps = {
  readonly detail: SpanAnswer;
  /** What it calls; '' when it calls nothing. */
  readonly peer: string;
  readonly trace: TraceModel;
  readonly logs: readonly LogRow[];
  readonly zone: Zone;
};

function SpanDetail({ detail, peer, trace, logs, zone }: SpanDetailProps): ReactNode {
  const navigate = useNavigate();
  const search = (term: string): void => void navigate({ to: '/traces', search: { q: term } });
  const filterBy =
    (prefix: string) =>
    ({ key, value }: Attribute): readonly AttributeAct[] => [
      {
        label: 'Traces with this value',
        icon: <ListFilter aria-hidden="true" />,
        run: () => search(writeTerm(prefix + key, value)),
      },
    ];
  const statement = detail.attributes.find(({ key }) => key === 'db.query.text' || key === 'db.statement');
  const attributes = detail.attributes.filter(attribute => attribute !== statement);
  const exceptions = detail.events.filter(event => event.name === 'exception');
  const events = detail.events.filter(event => event.name !== 'exception');
  return (
    <>
      {statement !== undefined && (
        <section className={styles.part} aria-label="Statement">
          <Statement text={statement.value} />
          {detail.kind === clientKind && peer !== '' && !caches.test(peer) && (
            <QueryLink database={peer} summary={detail.name} startMs={nsToMs(detail.startNs)} />
          )}
        </section>
      )}
      {exceptions.map(event => (
        <Exception key={`${event.timeNs} ${valueOf(event, 'exception.type')}`} event={event} />
      ))}
      {logs.length > 0 && (
        <section className={styles.part}>
          <h3>
            Logs <span className={`${styles.count} num`}>{logs.length}</span>
            <OpenInLogs trace={trace} spanId={detail.spanId} />
          </h3>
          {logs.slice(0, 20).map(log => (
            <SpanLog key={log.id} log={log} zone={zone} />
          ))}
        </section>
      )}
      {attributes.length > 0 && (
        <section className={styles.part}>
          <h3>
            Attributes <span className={`${styles.count} num`}>{attributes.length}</span>
          </h3>
          <AttributeList attributes={attributes} acts={filterBy('')} />
        </section>
      )}
      {events.length > 0 && (
        <section className={styles.part}>
          <h3>
            Events <span className={`${styles.count} num`}>{events.length}</span>
          </h3>
          {events.map((event, index) => (
            <Event key={`${index} ${event.timeNs}`} event={event} startNs={trace.trace.startNs} />
          ))}
        </section>
      )}
      {detail.links.length > 0 && (
        <section className={styles.part}>
          <h3>Linked traces</h3>
          {detail.links.map(link => (
            <LinkedTrace key={`${link.traceId} ${link.spanId}`} link={link} />
          ))}
        </section>
      )}
      <section className={styles.part}>
        <h3>
          Resource <span className={`${styles.count} num`}>{detail.resource.length}</span>
        </h3>
        <AttributeList attributes={detail.resource} acts={filterBy('resource.')} />
      </section>
      <section className={styles.part}>
        <h3>Identity</h3>
        <p className={styles.ids}>
          Span <span className="mono">{detail.spanId}</span> <CopyButton text={detail.spanId} label="Copy span id" />
        </p>
        <p className={styles.ids}>
          Trace <span className="mono">{detail.traceId}</span>{' '}
          <CopyButton text={detail.traceId} label="Copy trace id" />
        </p>
        {detail.scopeName !== '' && (
          <p className={styles.ids}>
            Written by {detail.scopeName} {detail.scopeVersion}
          </p>
        )}
      </section>
    </>
  );
}

/** The query has a page of its own, which is about a range: the link names half an hour around the span. */
function QueryLink({
  database,
  summary,
  startMs,
}: {
  readonly database: string;
  readonly summary: string;
  readonly startMs: number;
}): ReactNode {
  const search = { from: String(Math.floor(startMs) - queryAroundMs), to: String(Math.ceil(startMs) + queryAroundMs) };
  return (
    <Link
      className="link"
      params={{ name: database, hash: queryHash(summary) }}
      search={search}
      to="/databases/$name/queries/$hash"
    >
      All calls of this query
    </Link>
  );
}

function valueOf(event: SpanEvent, key: string): string {
  return event.attributes.find(attribute => attribute.key === key)?.value ?? '';
}

function Exception({ event }: { readonly event: SpanEvent }): ReactNode {
  const stack = valueOf(event, 'exception.stacktrace');
  const type = valueOf(event, 'exception.type');
  const message = valueOf(event, 'exception.message');
  const lines = stack.split('\n');
  const rest = event.attributes.filter(({ key }) => !key.startsWith('exception.'));
  return (
    <section className={styles.part} aria-label="Exception">
      <p className={styles.exception}>{[type, message].filter(Boolean).join(': ') || 'Exception'}</p>
      {stack !== '' && (
        <pre className={styles.stack} tabIndex={0} aria-label="Stack trace">
          {lines.map((line, index) => (
            <span key={`${index} ${line}`} className={isOutside(line) ? styles.outside : undefined}>
              {line}
              {'\n'}
            </span>
          ))}
        </pre>
      )}
      {rest.length > 0 && <AttributeList attributes={rest} />}
    </section>
  );
}

/** Frames of libraries and of Node itself are drawn lighter than those of the application. */
function isOutside(line: string): boolean {
  return /node_modules|\(node:|at node:|<anonymous>/.test(line);
}

function Event({ event, startNs }: { readonly event: SpanEvent; readonly startNs: string }): ReactNode {
  const sinceUs = Number(BigInt(event.timeNs) - BigInt(startNs)) / 1000;
  return (
    <div className={styles.event}>
      <p className={styles.eventHead}>
        <b>{event.name}</b>
        <span className={styles.at}>{formatDurationUs(sinceUs)}</span>
      </p>
      {event.attributes.length > 0 && <AttributeList attributes={event.attributes} />}
    </div>
  );
}

function LinkedTrace({ link }: { readonly link: SpanLink }): ReactNode {
  return (
    <div className={styles.event}>
      <Link
        className="link mono"
        to="/traces/$traceId"
        params={{ traceId: link.traceId }}
        search={{ span: link.spanId }}
      >
        {link.traceId.slice(0, 8)}…{link.traceId.slice(-7)}
      </Link>
      {link.attributes.length > 0 && <AttributeList attributes={link.attributes} />}
    </div>
  );
}

function SpanLog({ log, zone }: { readonly log: LogRow; readonly zone: Zone }): ReactNode {
  return (
    <p className={styles.log}>
      <span className={styles.at}>{formatClockMs(nsToMs(log.timeNs), zone)}</span>
      <LevelMark level={log.level} />
      <span className={styles.body} title={log.body}>
        {log.body}
      </span>
    </p>
  );
}

/** The trace lies somewhere in time: the link names five minutes around it. */
export function OpenInLogs({ trace, spanId }: { readonly trace: TraceModel; readonly spanId?: string }): ReactNode {
  const startMs = nsToMs(trace.trace.startNs);
  const terms = [writeTerm('trace_id', trace.trace.traceId)];
  if (spanId !== undefined) terms.push(writeTerm('span_id', spanId));
  const search = {
    q: terms.join(' '),
    from: String(startMs - 300_000),
    to: String(Math.ceil(startMs + trace.trace.durationUs / 1000) + 300_000),
  };
  return (
    <Link className="link" to="/logs" search={search}>
      Open in logs
    </Link>
  );
}
