import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import {
  formatClockMs,
  formatCount,
  formatDay,
  formatDuration,
  formatDurationUs,
  formatFull,
  nsToMs,
  zoneName,
} from '../format.js';
import type { Zone } from '../format.js';
import { TraceFindings } from '../findings/trace-findings.js';
import { Button } from '../parts/button.js';
import { StatusMark } from '../parts/status-mark.js';
import { writeTerm } from '../search/write-term.js';
import { rememberTrace } from './recent-traces.js';
import { ProfileLink } from './profile-link.js';
import { statusError } from './span-tree.js';
import type { TraceModel } from './trace-model.js';
import styles from './trace-page.module.css';

/** From twice as long as usual a trace is called slow. */
const slowFrom = 2;

type TraceTitleProps = {
  readonly model: TraceModel;
  readonly zone: Zone;
  readonly onLogs: () => void;
  readonly onNextError: () => void;
};

/** What the trace is, how it went, and for whom. */
export function TraceTitle({ model, zone, onLogs, onNextError }: TraceTitleProps): ReactNode {
  const { trace, spans } = model;
  const { facts, traceId } = trace;
  const root = facts.rootIndex;
  const name = trace.names[spans.name[root] ?? -1] ?? 'Trace';
  useEffect(() => {
    document.title = `${name} · Bellwether`;
    rememberTrace({ traceId, name });
  }, [name, traceId]);
  return (
    <header>
      <div className={styles.title}>
        <RootStatus model={model} />
        <h1>{name}</h1>
        <span className={styles.duration}>{formatDurationUs(trace.durationUs)}</span>
        <AgainstUsual rootMs={(spans.durationUs[root] ?? 0) / 1000} usualMs={facts.usualMs} />
        {trace.arriving && <StatusMark status="none" look="chip" word="Trace is still arriving" />}
        <TraceFindings traceId={trace.traceId} />
        <div className={styles.actions}>
          <ProfileLink startMs={nsToMs(trace.startNs)} traceId={trace.traceId} />
          <Button onClick={onLogs}>
            Logs <span className={styles.badge}>{formatCount(model.logCount)}</span>
          </Button>
          <Button onClick={onNextError} disabled={model.errorCount === 0} title="Next error (e)">
            Errors <span className={styles.badge}>{formatCount(model.errorCount)}</span>
          </Button>
        </div>
      </div>
      <Facts model={model} zone={zone} />
    </header>
  );
}

function RootStatus({ model }: { readonly model: TraceModel }): ReactNode {
  const { spans, trace } = model;
  const root = trace.facts.rootIndex;
  const httpStatus = spans.httpStatus[root] ?? '';
  if (spans.status[root] === statusError || httpStatus.startsWith('5')) {
    return <StatusMark status="crit" look="chip" word={httpStatus || 'Error'} />;
  }
  if (httpStatus.startsWith('4')) return <StatusMark status="warn" look="chip" word={httpStatus} />;
  if (model.errorCount > 0) return <StatusMark status="warn" look="chip" word="Errors inside" />;
  return <StatusMark status="ok" look="chip" word={httpStatus || 'OK'} />;
}

function AgainstUsual({ rootMs, usualMs }: { readonly rootMs: number; readonly usualMs: number | null }): ReactNode {
  if (usualMs === null || usualMs <= 0) return null;
  const times = rootMs / usualMs;
  if (times >= slowFrom) {
    const factor = times < 10 ? times.toFixed(1) : formatCount(times);
    return <StatusMark status="warn" look="chip" word={`${factor} times the usual ${formatDuration(usualMs)}`} />;
  }
  return <span className={styles.usual}>usually {formatDuration(usualMs)}</span>;
}

function Facts({ model, zone }: { readonly model: TraceModel; readonly zone: Zone }): ReactNode {
  const { trace, tree } = model;
  const { facts } = trace;
  const startMs = nsToMs(trace.startNs);
  const linked = [
    { label: 'Tenant', key: 'tenant', value: facts.tenantId },
    { label: 'User', key: 'user.id', value: facts.userId },
    { label: 'Version', key: 'version', value: facts.version },
    { label: 'Environment', key: 'env', value: facts.environment },
  ].filter(({ value }) => value !== '');
  return (
    <div className={styles.facts}>
      <span title={formatFull(startMs, zone)}>
        {formatDay(startMs, zone)}, <b>{formatClockMs(startMs, zone)}</b> {zoneName(startMs, zone)}
      </span>
      <span>
        <b>{formatCount(trace.spanCount)}</b> {trace.spanCount === 1 ? 'span' : 'spans'}, <b>{trace.services.length}</b>{' '}
        {trace.services.length === 1 ? 'service' : 'services'}, depth <b>{tree.levels}</b>
      </span>
      {linked.map(({ label, key, value }) => (
        <Link key={key} to="/traces" search={{ q: writeTerm(key, value) }} title={`Traces with ${key} ${value}`}>
          {label} <b>{value}</b>
        </Link>
      ))}
    </div>
  );
}
