/* oxlint-disable jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keys (WCAG 2.1.1) */
import type { Attribute, LogDetailAnswer, LogRow } from '@bellwether/model';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Columns3, Minus, Plus, Waypoints } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { ApiFailure, fetchLogContext, fetchLogDetail } from '../api-client.js';
import { formatClockMs, formatDay, nsToMs, type Zone, zoneName } from '../format.js';
import { Button, buttonClass } from '../parts/button.js';
import { Failure } from '../parts/failure.js';
import { Skeleton } from '../parts/skeleton.js';
import { StatusMark } from '../parts/status-mark.js';
import { type AttributeAct, AttributeList, CopyButton } from '../trace/attribute-list.js';
import type { LogSelection } from './log-selection.js';
import { LevelMark } from './level-mark.js';
import styles from './log-pane.module.css';

/** A line of the live tail may take a moment until the store has it. */
const retriesUntilStored = 4;
const linesAround = 50;

type LogPaneProps = {
  readonly selection: LogSelection;
  /** The line as the list has it, if it is in the list. */
  readonly line: LogRow | undefined;
  readonly zone: Zone;
  readonly onTerm: (key: string, value: string, how: 'include' | 'exclude') => void;
  readonly onColumn: (key: string) => void;
};

/** Everything about one line; each value can be searched for, left out, or made a column. */
export function LogPane({ selection, line, zone, onTerm, onColumn }: LogPaneProps): ReactNode {
  const detail = useQuery({
    queryKey: ['log', selection.id, selection.timeNs],
    queryFn: ({ signal }) => fetchLogDetail(selection.id, selection.timeNs, signal),
    retry: (failures, error) => failures < retriesUntilStored && error instanceof ApiFailure && error.status === 404,
    retryDelay: 700,
  });
  const shown: LogRow | undefined = detail.data ?? line;
  if (shown === undefined) {
    return detail.isError ? (
      <Failure error={detail.error} onRetry={() => void detail.refetch()} />
    ) : (
      <Skeleton rows={10} />
    );
  }
  const acts =
    (prefix: string) =>
    ({ key, value }: Attribute): readonly AttributeAct[] => [
      {
        label: 'Only this value',
        icon: <Plus aria-hidden="true" />,
        run: () => onTerm(prefix + key, value, 'include'),
      },
      {
        label: 'Without this value',
        icon: <Minus aria-hidden="true" />,
        run: () => onTerm(prefix + key, value, 'exclude'),
      },
      ...(prefix === ''
        ? [{ label: 'As a column', icon: <Columns3 aria-hidden="true" />, run: () => onColumn(key) }]
        : []),
    ];
  return (
    <div className={styles.pane}>
      <div className={styles.top}>
        <Head line={shown} zone={zone} />
        <pre className={styles.body} tabIndex={0} aria-label="Message">
          {readable(shown.body)}
        </pre>
        <div className={styles.acts}>
          {shown.traceId !== '' && (
            <Link
              className={buttonClass()}
              to="/traces/$traceId"
              params={{ traceId: shown.traceId }}
              search={{ span: shown.spanId === '' ? undefined : shown.spanId }}
            >
              <Waypoints aria-hidden="true" />
              Open trace
            </Link>
          )}
          <CopyButton text={shown.body} label="Copy message" />
        </div>
      </div>
      <section className={styles.part}>
        <h2>Line</h2>
        <AttributeList attributes={builtinFields(shown, detail.data)} acts={acts('')} />
      </section>
      {shown.attributes.length > 0 && (
        <section className={styles.part}>
          <h2>
            Attributes <span className={styles.count}>{shown.attributes.length}</span>
          </h2>
          <AttributeList attributes={shown.attributes} acts={acts('')} />
        </section>
      )}
      {detail.data !== undefined && detail.data.resource.length > 0 && (
        <section className={styles.part}>
          <h2>
            Resource <span className={styles.count}>{detail.data.resource.length}</span>
          </h2>
          <AttributeList attributes={detail.data.resource} acts={acts('resource.')} />
        </section>
      )}
      <LogContext key={shown.id} line={shown} zone={zone} />
    </div>
  );
}

function Head({ line, zone }: { readonly line: LogRow; readonly zone: Zone }): ReactNode {
  const timeMs = nsToMs(line.timeNs);
  return (
    <div className={styles.head}>
      <LevelWord line={line} />
      <b>{line.service}</b>
      <span className={styles.when}>
        {formatDay(timeMs, zone)}, {formatClockMs(timeMs, zone)} {zoneName(timeMs, zone)}
      </span>
    </div>
  );
}

function LevelWord({ line }: { readonly line: LogRow }): ReactNode {
  const word = line.severityText === '' ? line.level : line.severityText;
  switch (line.level) {
    case 'error':
    case 'fatal':
      return <StatusMark status="crit" look="chip" word={word} />;
    case 'warn':
      return <StatusMark status="warn" look="chip" word={word} />;
    default:
      return word === 'unset' ? undefined : <span>{word}</span>;
  }
}

function builtinFields(line: LogRow, detail: LogDetailAnswer | undefined): readonly Attribute[] {
  const fields = [
    ['service', line.service],
    ['level', line.level],
    ['event', line.eventName],
    ['tenant', line.tenantId],
    ['env', detail?.environment ?? ''],
    ['version', detail?.version ?? ''],
    ['trace_id', line.traceId],
    ['span_id', line.spanId],
  ] as const;
  return fields.filter(([, value]) => value !== '').map(([key, value]): Attribute => ({ key, value, type: 'string' }));
}

/** JSON is laid out, everything else stays as it was written. */
function readable(body: string): string {
  if (!/^\s*[{[]/.test(body)) return body;
  try {
    const value: unknown = JSON.parse(body);
    return JSON.stringify(value, undefined, 2);
  } catch {
    return body;
  }
}

function LogContext({ line, zone }: { readonly line: LogRow; readonly zone: Zone }): ReactNode {
  const [open, setOpen] = useState(false);
  const around = useQuery({
    queryKey: ['log-context', line.id, line.timeNs],
    queryFn: ({ signal }) =>
      fetchLogContext({ timeNs: line.timeNs, id: line.id, service: line.service, lines: linesAround }, signal),
    enabled: open,
  });
  const here = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (around.data !== undefined) here.current?.scrollIntoView({ block: 'center' });
  }, [around.data]);
  return (
    <section className={styles.part}>
      <h2>Around this line</h2>
      {!open && <Button onClick={() => setOpen(true)}>The {linesAround} lines before and after</Button>}
      {open && around.isPending && <Skeleton rows={8} rowPx={19} />}
      {around.isError && <Failure error={around.error} onRetry={() => void around.refetch()} />}
      {around.data !== undefined && (
        <ol className={styles.context}>
          {around.data.logs.map(each => {
            const isHere = each.id === line.id;
            return (
              <li key={each.id} ref={isHere ? here : undefined} className={isHere ? styles.this : undefined}>
                <span className={styles.at}>{formatClockMs(nsToMs(each.timeNs), zone)}</span>
                <LevelMark level={each.level} />
                <span title={each.body}>{each.body === '' ? each.eventName : each.body}</span>
              </li>
            );
          })}
        </ol>
      )}
    </section>
  );
}
