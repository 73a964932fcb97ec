import type { ActiveUsersAnswer, UsageAnswer } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import styles from '../calls/calls.module.css';
import { CallsSkeleton } from '../calls/calls-skeleton.js';
import { NoCalls } from '../calls/no-calls.js';
import { formatCounted } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button, ButtonGroup } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { Chip } from '../parts/chip.js';
import { DataTable } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { Page } from '../parts/page.js';
import { Remote } from '../parts/remote.js';
import { SkeletonBlock } from '../parts/skeleton.js';
import { useUrlState } from '../url-state.js';
import { ActivePanel } from './active-panel.js';
import { FunnelPanel } from './funnel-panel.js';
import { groupColumns, scopeTerms, usageColumns, type GroupRow } from './usage-columns.js';
import { useActiveUsers, useUsage, useUsageScope } from './usage-query.js';

/** Who uses what: active people and tenants, features and events, and how far people get. */
export function UsagePage(): ReactNode {
  const { get } = useUrlState();
  const counts = get('count') === 'tenants' ? 'tenants' : 'users';
  const active = useActiveUsers(counts);
  const usage = useUsage();
  const scope = scopeTerms(useUsageScope());
  return (
    <Page title="Usage">
      <Filters counts={counts} />
      <Remote query={active} skeleton={<Loading />}>
        {answer => <ActivePanel answer={answer} counts={counts} logs={`has:event ${scope}`.trim()} />}
      </Remote>
      <Remote query={usage} skeleton={<CallsSkeleton charts={[]} table="Features and events" />}>
        {answer => (answer.usage.length === 0 ? <Nothing /> : <Used answer={answer} scope={scope} />)}
      </Remote>
      {active.data !== undefined && <Groups answer={active.data} />}
    </Page>
  );
}

function Loading(): ReactNode {
  return (
    <Card title="Active people">
      <SkeletonBlock heightPx={210} />
    </Card>
  );
}

function Filters({ counts }: { readonly counts: 'users' | 'tenants' }): ReactNode {
  const { set } = useUrlState();
  const { tenant, plan } = useUsageScope();
  return (
    <div className={styles['filters']}>
      <ButtonGroup label="Who is counted">
        <Button aria-pressed={counts === 'users'} onClick={() => set({ count: undefined })}>
          People
        </Button>
        <Button aria-pressed={counts === 'tenants'} onClick={() => set({ count: 'tenants' })}>
          Tenants
        </Button>
      </ButtonGroup>
      {plan !== undefined && (
        <Chip onRemove={() => set({ plan: undefined })} removeLabel="All plans">
          Plan {plan}
        </Chip>
      )}
      {tenant !== undefined && (
        <Chip onRemove={() => set({ tenant: undefined })} removeLabel="All tenants">
          Tenant {tenant}
        </Chip>
      )}
    </div>
  );
}

function Nothing(): ReactNode {
  return (
    <NoCalls filter={{ param: 'tenant', all: 'All tenants' }} title="Features and events" what="No event was told">
      <p>
        They are read from business events, <code>{`business.feature({ feature: 'search' })`}</code>, and from log lines
        with a field <code>event</code>.
      </p>
    </NoCalls>
  );
}

function Used({ answer, scope }: { readonly answer: UsageAnswer; readonly scope: string }): ReactNode {
  const { nowMs, zone } = usePageRange();
  const people = formatCounted(answer.users, 'person', 'people');
  const tenants = formatCounted(answer.tenants, 'tenant', 'tenants');
  return (
    <>
      <FunnelPanel scope={scope} usage={answer.usage} />
      <Card
        note={`${people} of ${tenants}${answer.truncated ? '; the 200 most used' : ''}`}
        title="Features and events"
      >
        <DataTable
          columns={usageColumns(nowMs, zone, scope)}
          label="Features and events"
          rowKey={row => `${row.event} ${row.name}`}
          rowPx={46}
          rows={answer.usage}
          sortParam="sort"
          walks
        />
      </Card>
    </>
  );
}

function Groups({ answer }: { readonly answer: ActiveUsersAnswer }): ReactNode {
  const plans = answer.plans.map(({ plan, ...rest }): GroupRow => ({ name: plan, ...rest }));
  const tenants = answer.tenants.map(({ tenant, ...rest }): GroupRow => ({ name: tenant, ...rest }));
  return (
    <div className={styles['two']}>
      <GroupCard param="plan" rows={plans} title="Plans" />
      <GroupCard param="tenant" rows={tenants} title="Tenants" />
    </div>
  );
}

type GroupCardProps = {
  readonly title: string;
  readonly param: 'plan' | 'tenant';
  readonly rows: readonly GroupRow[];
};

function GroupCard({ title, param, rows }: GroupCardProps): ReactNode {
  const { get, set, params } = useUrlState();
  const columns = groupColumns(title.slice(0, -1), (row, children) => (
    <Link className="link" search={{ ...params, [param]: row.name }} title={`Only this ${param}`} to="/usage">
      {children}
    </Link>
  ));
  return (
    <Card note="active; a click narrows the page" title={title}>
      {rows.length === 0 ? (
        <Empty title={`No event names a ${param}`}>
          <p>
            <code>setTenant(id, {'{ plan }'})</code> puts both on everything of a request.
          </p>
        </Empty>
      ) : (
        <DataTable
          columns={columns}
          label={title}
          onOpen={row => set({ [param]: row.name })}
          rowKey={row => row.name}
          rows={rows}
          selectedKey={get(param)}
          sortParam={`${param}sort`}
        />
      )}
    </Card>
  );
}
