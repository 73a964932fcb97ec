import type { SearchSignal } from '@bellwether/model';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fragment, type ReactNode } from 'react';
import { fetchLogHistogram, fetchStatus, fetchTraceHistogram, type HistogramParams } from '../api-client.js';
import { formatAgo, formatCount } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import { Empty } from '../parts/empty.js';
import { CopyButton } from '../trace/attribute-list.js';
import { useUrlState } from '../url-state.js';
import styles from './nothing-found.module.css';
import type { QueryTerm } from './query-terms.js';

/** For so many terms we ask what would be found without each. */
const weighedAtMost = 6;
const aroundMs = 15 * 60_000;
const dayMs = 86_400_000;

type NothingFoundProps = { readonly signal: SearchSignal };

const nouns = { spans: 'spans', logs: 'log lines' };

/** An empty list says why it is empty: nothing was ever received, nothing in this range, or a filter leaves nothing. */
export function NothingFound({ signal }: NothingFoundProps): ReactNode {
  const { get } = useUrlState();
  const query = get('q') ?? '';
  const status = useQuery({
    queryKey: ['status'],
    queryFn: ({ signal: abort }) => fetchStatus(abort),
    staleTime: 5000,
  });
  const received = status.data?.signals[signal === 'spans' ? 'traces' : 'logs'];
  if (received?.stored === false) return <NeverReceived signal={signal} endpoint={status.data?.receiver.otlpHttp} />;
  if (query !== '') return <FilteredOut signal={signal} query={query} lastMs={received?.lastAcceptedAt} />;
  return <NotInRange signal={signal} lastMs={received?.lastAcceptedAt} />;
}

function NeverReceived({
  signal,
  endpoint,
}: {
  readonly signal: SearchSignal;
  readonly endpoint: string | null | undefined;
}): ReactNode {
  const line = `export OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint ?? 'http://127.0.0.1:4318'}`;
  return (
    <Empty title={`No ${nouns[signal]} have arrived yet`}>
      <p>Point an OpenTelemetry SDK here and restart your application:</p>
      <p className={styles.snippet}>
        {line} <CopyButton text={line} label="Copy the line" />
      </p>
      <p>
        <Link className="link" to="/">
          Home shows what arrives, and why something is refused
        </Link>
      </p>
    </Empty>
  );
}

function NotInRange({
  signal,
  lastMs,
}: {
  readonly signal: SearchSignal;
  readonly lastMs: number | null | undefined;
}): ReactNode {
  const { fromMs, nowMs, setRange, zone } = usePageRange();
  const outside = typeof lastMs === 'number' && lastMs < fromMs;
  return (
    <Empty title={`No ${nouns[signal]} in this range`}>
      {outside && <p>Last data {formatAgo(lastMs, nowMs, zone)}.</p>}
      <div className={styles.acts}>
        {outside && (
          <Button onClick={() => setRange({ kind: 'fixed', fromMs: lastMs - aroundMs, toMs: lastMs + aroundMs })}>
            Jump there
          </Button>
        )}
        <Button onClick={() => setRange({ kind: 'sliding', lengthMs: dayMs })}>Last 24 hours</Button>
        <Button onClick={() => setRange({ kind: 'sliding', lengthMs: 7 * dayMs })}>Last 7 days</Button>
      </div>
    </Empty>
  );
}

type FilteredOutProps = {
  readonly signal: SearchSignal;
  readonly query: string;
  readonly lastMs: number | null | undefined;
};

function FilteredOut({ signal, query, lastMs }: FilteredOutProps): ReactNode {
  const { params } = usePageRange();
  const { set } = useUrlState();
  const terms = useQuery({ queryKey: ['query-terms', signal, query], queryFn: () => loadTerms(query, signal) });
  const weighed = (terms.data ?? []).slice(0, weighedAtMost);
  const totals = useQueries({
    queries: [...weighed.map(({ without }) => without), ''].map(q => ({
      queryKey: ['total', signal, params.from, params.to, params.env ?? '', q],
      queryFn: ({ signal: abort }: { readonly signal: AbortSignal }) =>
        fetchTotal(signal, { ...params, q, steps: 1 }, abort),
      retry: false,
    })),
  });
  const unfiltered = totals.at(-1)?.data;
  if (unfiltered === 0) return <NotInRange signal={signal} lastMs={lastMs} />;
  const helpful = weighed
    .map((term, index) => ({ ...term, total: totals[index]?.data ?? 0 }))
    .filter(({ total }) => total > 0)
    .sort((a, b) => b.total - a.total);
  return (
    <Empty title="The filter leaves nothing">
      {unfiltered !== undefined && (
        <p>
          {formatCount(unfiltered)} {nouns[signal]} lie in this range.
        </p>
      )}
      {weighed.length > 1 && helpful.length > 0 && (
        <div className={styles.terms}>
          {helpful.map(({ text, without, total }) => (
            <Fragment key={text}>
              <span>
                without <code>{text}</code>
              </span>
              <span className={styles.count}>{formatCount(total)}</span>
              <Button onClick={() => set({ q: without === '' ? undefined : without })}>Remove it</Button>
            </Fragment>
          ))}
        </div>
      )}
      <div className={styles.acts}>
        <Button onClick={() => set({ q: undefined })}>Remove the whole filter</Button>
      </div>
    </Empty>
  );
}

async function loadTerms(query: string, signal: SearchSignal): Promise<readonly QueryTerm[]> {
  const { searchLanguages } = await import('./search-languages.js');
  const read = searchLanguages[signal].readQuery(query);
  return read.ok ? read.terms : [];
}

async function fetchTotal(signal: SearchSignal, params: HistogramParams, abort: AbortSignal): Promise<number> {
  const answer = await (signal === 'spans' ? fetchTraceHistogram(params, abort) : fetchLogHistogram(params, abort));
  return answer.total;
}
