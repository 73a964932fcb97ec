import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { fetchStatus } from '../api-client.js';
import { formatAgo } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import { Empty } from '../parts/empty.js';
import { useMetricNames } from './metric-list.js';
import { metricsOf, parsedQuery } from './parsed-query.js';
import type { AskedQuery } from './result-query.js';

const aroundMs = 15 * 60_000;
const dayMs = 86_400_000;

/** An empty answer says why: no metric ever came, none in this range, the metric is not there, or the labels leave nothing. */
export function NoSamples({ asked }: { readonly asked: readonly AskedQuery[] }): ReactNode {
  const { fromMs, nowMs, zone, setRange } = usePageRange();
  const status = useQuery({ queryKey: ['status'], queryFn: ({ signal }) => fetchStatus(signal), staleTime: 5000 });
  const names = useMetricNames();
  const metrics = status.data?.signals.metrics;
  if (metrics?.stored === false) return <NeverReceived endpoint={status.data?.receiver.otlpHttp} />;
  const lastMs = metrics?.lastAcceptedAt;
  const longer = <Button onClick={() => setRange({ kind: 'sliding', lengthMs: dayMs })}>Last 24 hours</Button>;
  if (names.data?.length === 0) {
    return (
      <Empty title="No metrics in this range">
        {typeof lastMs === 'number' && lastMs < fromMs ? (
          <>
            <p>Last data {formatAgo(lastMs, nowMs, zone)}.</p>
            <Button onClick={() => setRange({ kind: 'fixed', fromMs: lastMs - aroundMs, toMs: lastMs + aroundMs })}>
              Jump there
            </Button>
          </>
        ) : (
          longer
        )}
      </Empty>
    );
  }
  const known = new Set(names.data ?? []);
  const unknown = asked.flatMap(({ query }) => {
    const parsed = parsedQuery(query.expr);
    return parsed === undefined ? [] : metricsOf(parsed).filter(name => names.data !== undefined && !known.has(name));
  });
  if (unknown.length > 0) {
    return (
      <Empty title={`No metric named ${[...new Set(unknown)].join(' or ')} in this range`}>
        <p>The list at the left has those that are there.</p>
        {longer}
      </Empty>
    );
  }
  return (
    <Empty title="The query leaves nothing">
      <p>
        The metrics are there, but no series fits all labels and conditions of the query. Take conditions away one by
        one; a rate needs two samples in its range.
      </p>
      {longer}
    </Empty>
  );
}

function NeverReceived({ endpoint }: { readonly endpoint: string | null | undefined }): ReactNode {
  return (
    <Empty title="No metrics have arrived yet">
      <p>
        Point an OpenTelemetry SDK at <code>{endpoint ?? 'http://127.0.0.1:4318'}</code>, or let Prometheus write here:{' '}
        <code>{endpoint ?? 'http://127.0.0.1:4318'}/api/v1/write</code>.
      </p>
      <p>
        <Link className="link" to="/">
          Home shows what arrives, and why something is refused
        </Link>
      </p>
    </Empty>
  );
}
