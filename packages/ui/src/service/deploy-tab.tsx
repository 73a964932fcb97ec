import type { OverviewAnswer, ServiceDeploysAnswer } from '@bellwether/model';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { apiUrl, fetchJson } from '../api-client.js';
import {
  formatCounted,
  formatDateTime,
  formatDuration,
  formatExact,
  formatFull,
  formatPercent,
  type Zone,
} from '../format.js';
import { usePageRange } from '../page-range.js';
import { Card } from '../parts/card.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { Missing } from '../parts/missing.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { writeTerm } from '../search/write-term.js';

type Deploy = ServiceDeploysAnswer['deploys'][number];

/** The deploys of a service, told of or seen, with its requests before and after each. */
export function DeployTab({ answer }: { answer: OverviewAnswer }): ReactNode {
  const { params, nowMs, toMs, zone } = usePageRange();
  const query = useQuery({
    queryKey: ['service-deploys', answer.service, params.from, params.to, params.env ?? ''],
    queryFn: ({ signal }) =>
      fetchJson<ServiceDeploysAnswer>(apiUrl(`/services/${encodeURIComponent(answer.service)}/deploys`, params), {
        signal,
      }),
    placeholderData: keepPreviousData,
  });
  return (
    <Card note="the half hour before and after, or to the next one" title="Deploys">
      <Remote query={query} skeleton={<Skeleton rows={4} />}>
        {({ deploys }) =>
          deploys.length === 0 ? (
            <Empty title="No deploys in this range">
              <p>
                {answer.version === ''
                  ? 'The service sends no service.version, so deploys cannot be seen; tell of them with bellwether releases deploy.'
                  : `${answer.version} was running whenever the service was seen.`}
              </p>
            </Empty>
          ) : (
            <DataTable
              columns={deployColumns(answer.service, { nowMs, toMs, zone })}
              label="Deploys"
              rowKey={({ version, atMs, environment }) => `${version} ${environment} ${atMs}`}
              rows={deploys}
              walks
            />
          )
        }
      </Remote>
    </Card>
  );
}

function deployColumns(
  service: string,
  { nowMs, toMs, zone }: { readonly nowMs: number; readonly toMs: number; readonly zone: Zone },
): readonly Column<Deploy>[] {
  return [
    {
      key: 'at',
      title: 'When',
      width: '140px',
      cell: ({ atMs }) => (
        <span className="num" title={formatFull(atMs, zone)}>
          {formatDateTime(atMs, zone, nowMs)}
        </span>
      ),
    },
    {
      key: 'version',
      title: 'Version',
      cell: ({ version, url, previous, isRollback }) => (
        <span title={previous === '' ? undefined : `After ${previous}`}>
          {isRollback && 'back to '}
          {url === '' ? (
            <b>{version}</b>
          ) : (
            <a className="link" href={url} rel="noreferrer" target="_blank">
              {version}
            </a>
          )}
        </span>
      ),
    },
    {
      key: 'source',
      title: 'How it is known',
      width: '190px',
      fromPx: 800,
      cell: ({ source, environment, commits }) =>
        [
          source === 'told' ? 'told' : 'seen',
          ...(environment === '' ? [] : [environment]),
          ...(commits === 0 ? [] : [formatCounted(commits, 'commit', 'commits')]),
        ].join(', '),
    },
    beforeAfter('errors', 'Errors', ({ errorRatio }) => formatPercent(errorRatio)),
    beforeAfter('p95', 'p95', ({ p95Ms }) => formatDuration(p95Ms)),
    {
      key: 'traces',
      title: 'Traces',
      width: '96px',
      fromPx: 600,
      cell: ({ version, atMs }) => (
        <Link
          className="link"
          search={{
            q: `${writeTerm('service', service)} ${writeTerm('version', version)}`,
            from: String(atMs),
            to: String(Math.round(toMs)),
          }}
          to="/traces"
        >
          Its traces
        </Link>
      ),
    },
  ];
}

function beforeAfter(
  key: string,
  title: string,
  show: (figures: NonNullable<Deploy['before']>) => string,
): Column<Deploy> {
  return {
    key,
    title: `${title}, before and after`,
    right: true,
    width: '170px',
    cell: ({ before, after }) => {
      if (before === null && after === null) return <Missing why="No requests around it" />;
      const requests = `${formatExact(before?.requests ?? 0)} requests before, ${formatExact(after?.requests ?? 0)} after`;
      return (
        <span className="num" title={requests}>
          {before === null ? '–' : show(before)} → <b>{after === null ? '–' : show(after)}</b>
        </span>
      );
    },
  };
}
