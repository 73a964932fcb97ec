import type { ServiceRow, ServicesAnswer } from '@bellwether/model';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatAgo, formatCount, formatDuration, formatFull, formatPercent, formatRate } from '../format.js';
import { errorTitle } from '../errors/error-trend.js';
import { usePageRange } from '../page-range.js';
import { Card } from '../parts/card.js';
import { DataTable } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { LookFurtherBack } from '../parts/look-further-back.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { StatusMark } from '../parts/status-mark.js';
import { writeTerm } from '../search/write-term.js';
import { serviceColumns } from '../services/service-columns.js';
import { statusMarks, worstFirst } from '../services/service-status.js';
import { useServices } from '../services/services-query.js';
import { describeRange } from '../range-words.js';
import { useDeploys } from '../use-deploys.js';
import { ErrorNews, useErrorNews } from './error-news.js';
import styles from './home.module.css';
import { OrderLine } from './order-line.js';

const busiestShown = 6;
const troubleShown = 5;
const changesShown = 8;
const recentMs = 24 * 3_600_000;
/** A deploy is looked at with what was before it. */
const besideMs = 1_800_000;

/** What is wrong now, what changed, and who is busiest. */
export function ServiceNews(): ReactNode {
  const query = useServices();
  return (
    <Remote
      query={query}
      skeleton={
        <Card title="Services">
          <Skeleton rows={8} />
        </Card>
      }
    >
      {answer => (
        <div className={styles['news']}>
          <Trouble answer={answer} />
          <Busiest services={answer.services} />
          <Changes />
          <ErrorNews />
          <OrderLine />
        </div>
      )}
    </Remote>
  );
}

function Trouble({ answer }: { answer: ServicesAnswer }): ReactNode {
  const { range, nowMs, zone } = usePageRange();
  const when = describeRange(range, nowMs, zone).toLowerCase();
  const active = answer.services.filter(({ status }) => status !== 'no-data').length;
  const sick = worstFirst(answer.services).filter(({ status }) => status === 'failing' || status === 'degraded');
  if (answer.services.length === 0) {
    return (
      <section aria-label="What is wrong now" className={styles['calm']}>
        <StatusMark status="none" word="No service was active in this range" />
      </section>
    );
  }
  if (sick.length === 0) {
    return (
      <section aria-label="What is wrong now" className={styles['calm']}>
        <StatusMark
          status="ok"
          word={active === 1 ? 'The one active service is healthy' : `All ${active} active services are healthy`}
        />
        <span className={styles['facts']}>{when}: none with 20 requests or more failed 1% of them</span>
      </section>
    );
  }
  const worst = sick.some(({ status }) => status === 'failing') ? 'crit' : 'warn';
  return (
    <section aria-label="What is wrong now" className={styles['trouble']} data-worst={worst}>
      <h2>{sick.length === 1 ? 'One service needs attention' : `${sick.length} services need attention`}</h2>
      <ul>
        {sick.slice(0, troubleShown).map(service => (
          <SickService key={service.name} service={service} />
        ))}
      </ul>
      {sick.length > troubleShown && (
        <Link className="link" search={{}} to="/services">
          {sick.length - troubleShown} more
        </Link>
      )}
    </section>
  );
}

function SickService({ service }: { service: ServiceRow }): ReactNode {
  const { mark, word } = statusMarks[service.status];
  return (
    <li>
      <StatusMark status={mark} word={word} />
      <Link className={styles['name']} params={{ service: service.name }} search={{}} to="/services/$service">
        {service.name}
      </Link>
      <span className="num">
        <Link
          className={styles['number']}
          search={{ q: `${writeTerm('service', service.name)} status:error` }}
          to="/traces"
        >
          {formatPercent(service.errorRatio)} failed
        </Link>
        <span className={styles['facts']}>
          {' '}
          of {formatCount(service.requests)} requests, p95 {formatDuration(service.p95Ms)}
        </span>
      </span>
    </li>
  );
}

function Busiest({ services }: { services: readonly ServiceRow[] }): ReactNode {
  const { nowMs, zone } = usePageRange();
  const navigate = useNavigate();
  const busiest = services.toSorted((a, b) => b.requestsPerSecond - a.requestsPerSecond).slice(0, busiestShown);
  const together = services.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0);
  const columns = serviceColumns(nowMs, zone).filter(({ key }) => key !== 'version' && key !== 'p50');
  return (
    <Card
      note={`${formatRate(together)} together`}
      right={
        <Link className="link" search={{}} to="/services">
          All services
        </Link>
      }
      title="Busiest services"
    >
      {busiest.length === 0 ? (
        <Empty title="No service was active in this range">
          <LookFurtherBack />
        </Empty>
      ) : (
        <div className={styles['table']}>
          <DataTable
            columns={columns}
            label="Busiest services"
            onOpen={row => void navigate({ to: '/services/$service', params: { service: row.name }, search: {} })}
            rowKey={row => row.name}
            rows={busiest}
            walks
          />
        </div>
      )}
    </Card>
  );
}

/** Something that is new: a deploy, or an error that was not there before. */
type NewThing = { readonly key: string; readonly at: number; readonly what: ReactNode };

/** `charge (/srv/src/pay.ts:4:2)` as `charge`, and without a name `pay.ts:4:2`. */
function shortPlace(culprit: string): string {
  const [place = ''] = culprit.split(' (', 1);
  return place.slice(place.lastIndexOf('/') + 1);
}

/** Deploys as they happened, those that were taken back too, and errors that are new or came back. */
function Changes(): ReactNode {
  const { nowMs, zone } = usePageRange();
  const errors = useErrorNews().data ?? [];
  const deploys = useDeploys({ fromMs: nowMs - recentMs, toMs: nowMs }).data ?? [];
  const versions = deploys.map((deploy): NewThing => {
    const { service, version, previous, environment, atMs, isRollback, source } = deploy;
    const search = { from: String(Math.floor(atMs - besideMs)), to: undefined };
    const what = (
      <>
        {service === '' ? (
          'All services'
        ) : (
          <Link className={styles['name']} params={{ service }} search={{}} to="/services/$service">
            {service}
          </Link>
        )}{' '}
        {isRollback && 'back to '}
        {service === '' ? (
          <b>{version}</b>
        ) : (
          <Link
            params={{ service, tab: 'deploys' }}
            search={search}
            title="Its requests before and after"
            to="/services/$service/$tab"
          >
            {version}
          </Link>
        )}
        {(previous !== '' || environment !== '') && (
          <span className={styles['facts']}>
            {' '}
            {[...(previous === '' ? [] : [`after ${previous}`]), ...(environment === '' ? [] : [environment])].join(
              ', ',
            )}
          </span>
        )}
      </>
    );
    return { key: `${source} ${service} ${version} ${environment} ${atMs}`, at: atMs, what };
  });
  const newErrors = errors.flatMap((error): NewThing[] => {
    const isBack = error.state === 'regressed';
    if (!isBack && error.trend !== 'new') return [];
    const what = (
      <>
        {isBack ? 'Back again: ' : 'First seen: '}
        <Link
          className={styles['name']}
          params={{ id: error.id }}
          search={{ from: 'now-24h', to: undefined }}
          title={errorTitle(error)}
          to="/errors/$id"
        >
          {error.type === '' ? errorTitle(error) : error.type}
        </Link>
        {error.culprit !== '' && <span className={styles['facts']}> in {shortPlace(error.culprit)}</span>}
      </>
    );
    return [{ key: `error ${error.id}`, at: isBack ? error.firstMs : error.firstEverMs, what }];
  });
  const changes = [...versions, ...newErrors].toSorted((a, b) => b.at - a.at);
  return (
    <Card note="last 24 hours" title="Changes">
      {changes.length === 0 ? (
        <Empty title="No deploys and no new errors in the last 24 hours">
          <p>A deploy shows up here when a service sends another service.version, or a pipeline tells of it.</p>
        </Empty>
      ) : (
        <ul className={styles['changes']}>
          {changes.slice(0, changesShown).map(({ key, at, what }) => (
            <li key={key}>
              <span className={`num ${styles['facts']}`} title={formatFull(at, zone)}>
                {formatAgo(at, nowMs, zone)}
              </span>
              <span>{what}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
