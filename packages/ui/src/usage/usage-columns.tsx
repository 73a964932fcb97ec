import type { ActiveUsersAnswer, UsageAnswer } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ShareBar } from '../calls/call-columns.js';
import styles from '../calls/calls.module.css';
import { Sparkline } from '../charts/sparkline.js';
import { formatAgo, formatCount, formatExact, formatFull, formatShare, type Zone } from '../format.js';
import type { Column } from '../parts/data-table.js';
import { Missing } from '../parts/missing.js';
import { writeTerm } from '../search/write-term.js';
import { eventTerms } from './event-terms.js';

type UsageRow = UsageAnswer['usage'][number];

/** The terms that the page's tenant and plan add to every way out of it. */
export function scopeTerms({
  tenant,
  plan,
}: {
  readonly tenant: string | undefined;
  readonly plan: string | undefined;
}): string {
  return [
    tenant === undefined ? '' : writeTerm('tenant', tenant),
    plan === undefined ? '' : writeTerm('tenant.plan', plan),
  ]
    .filter(term => term !== '')
    .join(' ');
}

/** The columns of what is used. `scope` narrows where they lead. */
export function usageColumns(nowMs: number, zone: Zone, scope: string): readonly Column<UsageRow>[] {
  const q = (row: UsageRow): string => `${eventTerms(row.name, row.event)} ${scope}`.trim();
  return [
    {
      key: 'name',
      title: 'Feature or event',
      value: row => row.name,
      cell: row => (
        <span className={styles['name']}>
          <Link search={{ q: q(row) }} title="See its events" to="/logs">
            {row.name}
          </Link>
          <span className={styles['sub']}>{row.event}</span>
        </span>
      ),
    },
    {
      key: 'events',
      title: 'Times',
      right: true,
      width: '76px',
      largestFirst: true,
      value: row => row.events,
      unit: '',
      cell: row => (
        <Link
          className={styles['number']}
          search={{ q: q(row) }}
          title={`${formatExact(row.events)} in this range: see them`}
          to="/logs"
        >
          {formatCount(row.events)}
        </Link>
      ),
    },
    {
      key: 'users',
      title: 'People',
      right: true,
      width: '76px',
      largestFirst: true,
      value: row => row.users,
      unit: '',
      cell: row =>
        row.users === 0 ? (
          <Missing why="Its events name nobody" />
        ) : (
          <span title={formatExact(row.users)}>{formatCount(row.users)}</span>
        ),
    },
    {
      key: 'adoption',
      title: 'Of all',
      hint: 'Of the people that did anything in this range',
      width: '112px',
      fromPx: 600,
      largestFirst: true,
      value: row => row.adoption,
      unit: 'ratio',
      cell: row =>
        row.adoption === null || row.users === 0 ? (
          <Missing why="Its events name nobody" />
        ) : (
          <ShareBar share={row.adoption} />
        ),
    },
    {
      key: 'tenants',
      title: 'Tenants',
      right: true,
      width: '76px',
      fromPx: 800,
      largestFirst: true,
      value: row => row.tenants,
      unit: '',
      cell: row => (row.tenants === 0 ? <Missing why="Its events name no tenant" /> : formatCount(row.tenants)),
    },
    {
      key: 'spark',
      title: 'Trend',
      hint: 'Times, over the range',
      width: '96px',
      fromPx: 800,
      cell: row => <Sparkline colour={1} values={row.trend} />,
    },
    {
      key: 'last',
      title: 'Last',
      right: true,
      width: '110px',
      fromPx: 1000,
      largestFirst: true,
      value: row => row.lastMs,
      unit: 'time',
      cell: row => <span title={formatFull(row.lastMs, zone)}>{formatAgo(row.lastMs, nowMs, zone)}</span>,
    },
  ];
}

/** A tenant or a plan with its active people. */
export type GroupRow = Omit<ActiveUsersAnswer['tenants'][number], 'tenant'> & { readonly name: string };

/** The columns of tenants and of plans; `open` is a link's way to narrow the page to one. */
export function groupColumns(
  title: string,
  open: (row: GroupRow, children: ReactNode) => ReactNode,
): readonly Column<GroupRow>[] {
  return [
    { key: 'name', title, value: row => row.name, cell: row => open(row, row.name) },
    activeColumn('daily', 'Day', 'Active in the last 24 hours'),
    activeColumn('weekly', '7 days', 'Active in the last 7 days'),
    activeColumn('monthly', '30 days', 'Active in the last 30 days'),
    {
      key: 'sticky',
      title: 'Daily of monthly',
      hint: 'How many of those of 30 days were active in the last 24 hours',
      right: true,
      width: '124px',
      fromPx: 600,
      largestFirst: true,
      value: row => (row.monthly === 0 ? null : row.daily / row.monthly),
      unit: 'ratio',
      cell: row => formatShare(row.monthly === 0 ? null : row.daily / row.monthly),
    },
  ];
}

function activeColumn(key: 'daily' | 'weekly' | 'monthly', heading: string, hint: string): Column<GroupRow> {
  return {
    key,
    title: heading,
    hint,
    right: true,
    width: '76px',
    largestFirst: true,
    value: row => row[key],
    unit: '',
    cell: row => <span title={formatExact(row[key])}>{formatCount(row[key])}</span>,
  };
}
