import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { fetchStatus } from '../api-client.js';
import { formatAgo } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import { Empty } from '../parts/empty.js';
import { knownMetric, metricsSince, useMetricList, type MetricList } from './metric-list.js';
import { metricsOf, parsedQuery } from './parsed-query.js';
import type { AskedQuery } from './result-query.js';

const aroundMs = 15 * 60_000;
const dayMs = 86_400_000;

/** An empty answer says why: no metric ever came, none in this range, the metric is not there, or the labels leave nothing. */
export function NoSamples({ asked }: { readonly asked: readonly AskedQuery[] }): ReactNode {
  const { fromMs, nowMs, zone, setRange } = usePageRange();
  const status = useQuery({ queryKey: ['status'], queryFn: ({ signal }) => fetchStatus(signal), staleTime: 5000 });
  const list = useMetricList().data;
  const inRange = list === undefined ? undefined : metricsSince(list, fromMs);
  const metrics = status.data?.signals.metrics;
  if (metrics?.stored === false) return <NeverReceived endpoint={status.data?.receiver.otlpHttp} />;
  const lastMs = metrics?.lastAcceptedAt;
  const longer = <Button onClick={() => setRange({ kind: 'sliding', lengthMs: dayMs })}>Last 24 hours</Button>;
  if (inRange?.length === 0) {
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
  const unknown = asked.flatMap(({ query }) => {
    const parsed = parsedQuery(query.expr);
    return parsed === undefined
      ? []
      : metricsOf(parsed).filter(
          name => list !== undefined && knownMetric(name, list) === undefined && !isOriginal(name, list),
        );
  });
  if (unknown.length > 0) {
    return (
      <Empty title={`No metric is named ${[...new Set(unknown)].join(' or ')}`}>
        <p>The list of metrics has those that are there.</p>
        {longer}
      </Empty>
    );
  }
  const parts = asked.flatMap(({ query }) => partOfHistogram(query.expr, list));
  return (
    <Empty title="The query leaves nothing">
      <p>
        The metrics are there, but no series fits all labels and conditions of the query. Take conditions away one by
        one; a rate needs two samples in its range.
      </p>
      {parts.slice(0, 1).map(({ name, base, instead }) => (
        <p key={name}>
          If <code>{base}</code> came as a native histogram, it has no <code>{name}</code>: ask <code>{instead}</code>.
        </p>
      ))}
      {longer}
    </Empty>
  );
}

type Part = { readonly name: string; readonly base: string; readonly instead: string };

/** A part of a classic histogram that is asked for although only the whole is in the list. */
function partOfHistogram(expr: string, list: MetricList | undefined): readonly Part[] {
  const parsed = parsedQuery(expr);
  if (parsed === undefined || list === undefined) return [];
  return metricsOf(parsed).flatMap((name): readonly Part[] => {
    const found = /^(.+)_(bucket|sum|count)$/.exec(name);
    const base = found?.[1] ?? '';
    if (list.byName.has(name) || list.byName.get(base)?.type !== 'histogram') return [];
    const call = found?.[2] === 'bucket' ? 'histogram_quantile(0.95, ' : `histogram_${found?.[2] ?? ''}(`;
    return [{ name, base, instead: `${call}sum(rate(${base}[5m])))` }];
  });
}

/** `http.server.duration`: a metric may be asked for by the name it came with. */
function isOriginal(name: string, { metrics }: MetricList): boolean {
  return metrics.some(({ metric }) => metric === name);
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
