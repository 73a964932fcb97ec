import type { ServiceRow, ServicesAnswer } from '@bellwether/model';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { comparedName } from '../compared-name.js';
import { usePageRange } from '../page-range.js';
import { Button, ButtonGroup } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { DataTable } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { LookFurtherBack } from '../parts/look-further-back.js';
import { FilterField } from '../parts/filter-field.js';
import { Page } from '../parts/page.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { StatusShape } from '../parts/status-mark.js';
import { useUrlState } from '../url-state.js';
import { OffenderList } from './offender-list.js';
import { serviceColumns } from './service-columns.js';
import { countByStatus, matching, statusMarks, statusOrder, worstFirst } from './service-status.js';
import styles from './services.module.css';
import { useServices } from './services-query.js';

/** Every service that was active in the range, worst first. */
export function ServicesPage(): ReactNode {
  const { get } = useUrlState();
  const isOffenders = get('view') === 'offenders';
  return (
    <Page
      actions={
        <>
          <Link className="link" search={{}} to="/findings">
            Findings
          </Link>
          <Views isOffenders={isOffenders} />
        </>
      }
      title="Services"
    >
      {isOffenders ? <OffenderList /> : <Services />}
    </Page>
  );
}

function Views({ isOffenders }: { readonly isOffenders: boolean }): ReactNode {
  const { set } = useUrlState();
  return (
    <ButtonGroup label="View">
      <Button aria-pressed={!isOffenders} onClick={() => set({ view: undefined, sort: undefined })}>
        Services
      </Button>
      <Button
        aria-pressed={isOffenders}
        onClick={() => set({ view: 'offenders', sort: undefined })}
        title="Endpoints and calls of all services, by total time"
      >
        Top offenders
      </Button>
    </ButtonGroup>
  );
}

function Services(): ReactNode {
  const query = useServices();
  return (
    <Remote
      query={query}
      skeleton={
        <Card title="Services">
          <Skeleton rows={10} />
        </Card>
      }
    >
      {answer => <ServiceList answer={answer} />}
    </Remote>
  );
}

function ServiceList({ answer }: { answer: ServicesAnswer }): ReactNode {
  const page = usePageRange();
  const { nowMs, zone } = page;
  const { get, set } = useUrlState();
  const navigate = useNavigate();
  const text = get('q') ?? '';
  const status = get('status');
  const services = worstFirst(matching(answer.services, text, status));
  if (answer.services.length === 0) return <NoServices />;

  function open(row: ServiceRow): void {
    void navigate({ to: '/services/$service', params: { service: row.name }, search: {} });
  }

  return (
    <>
      <div className={styles['filters']}>
        <FilterField
          label="Filter services"
          onChange={value => set({ q: value }, 'replace')}
          placeholder="Name, version, language, environment"
          value={text}
        />
        <StatusFilter chosen={status} onChoose={next => set({ status: next })} services={answer.services} />
      </div>
      <Card note={`${services.length} of ${answer.services.length}`} title="Services">
        {services.length === 0 ? (
          <Empty title="No service matches the filter">
            <Button onClick={() => set({ q: undefined, status: undefined })}>Remove the filter</Button>
          </Empty>
        ) : (
          <DataTable
            columns={serviceColumns(nowMs, zone, comparedName(page))}
            label="Services"
            onOpen={open}
            rowKey={row => row.name}
            rows={services}
            sortParam="sort"
            walks
          />
        )}
      </Card>
    </>
  );
}

type StatusFilterProps = {
  readonly services: readonly ServiceRow[];
  readonly chosen: string | undefined;
  onChoose(status: string | undefined): void;
};

/** How many are in each status; a click shows only those. */
function StatusFilter({ services, chosen, onChoose }: StatusFilterProps): ReactNode {
  const counts = countByStatus(services);
  return (
    <div aria-label="Filter by status" className={styles['statuses']} role="group">
      {statusOrder.map(status => (
        <Button
          aria-pressed={chosen === status}
          disabled={counts[status] === 0 && chosen !== status}
          key={status}
          onClick={() => onChoose(chosen === status ? undefined : status)}
        >
          <StatusShape status={statusMarks[status].mark} />
          {statusMarks[status].word}
          <span className="num">{counts[status]}</span>
        </Button>
      ))}
    </div>
  );
}

/** Nothing in this range, or nothing ever: Home knows which and what to do. */
function NoServices(): ReactNode {
  const { env } = usePageRange();
  const { set } = useUrlState();
  return (
    <Card title="Services">
      <Empty
        title={
          env === undefined ? 'No service was active in this range' : `No service was active in ${env} in this range`
        }
      >
        <p>Services show up here as soon as they send their first request.</p>
        <div className={styles['ways']}>
          {env !== undefined && <Button onClick={() => set({ env: undefined })}>All environments</Button>}
          <LookFurtherBack />
          <Link className="link" search={{}} to="/">
            How to connect a service
          </Link>
        </div>
      </Empty>
    </Card>
  );
}
