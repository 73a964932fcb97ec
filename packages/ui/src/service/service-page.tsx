import type { OverviewAnswer } from '@bellwether/model';
import { Link, useParams } from '@tanstack/react-router';
import { useCallback, useState, type ReactNode } from 'react';
import { formatAgo, formatCount, formatFull } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Empty } from '../parts/empty.js';
import { LookFurtherBack } from '../parts/look-further-back.js';
import { Page } from '../parts/page.js';
import { Remote } from '../parts/remote.js';
import { StatusMark } from '../parts/status-mark.js';
import { TabBar } from '../parts/tabs.js';
import { writeTerm } from '../search/write-term.js';
import { statusMarks } from '../services/service-status.js';
import { DeployTab } from './deploy-tab.js';
import { EndpointTab } from './endpoint-tab.js';
import { InstanceTab } from './instance-tab.js';
import { OverviewSkeleton } from './overview-skeleton.js';
import { OverviewTab } from './overview-tab.js';
import { RuntimeTab } from './runtime-tab.js';
import { metricQueries } from './metric-queries.js';
import { useOverview } from './overview-query.js';
import styles from './service.module.css';

const wholeTabs: { readonly [tab: string]: (props: { answer: OverviewAnswer }) => ReactNode } = {
  endpoints: EndpointTab,
  instances: InstanceTab,
  runtime: RuntimeTab,
  deploys: DeployTab,
};

// A link is current on its own address only, not on those below it.
const exactly = { exact: true, includeSearch: false };

/** One service: how it does, what it offers, where it runs, what changed. */
export function ServicePage(): ReactNode {
  const { service = '', tab = 'overview' } = useParams({ strict: false });
  const isOverview = tab === 'overview';
  const [isPainted, setPainted] = useState(false);
  const onPaint = useCallback(() => setPainted(true), []);
  const { query, whole: answer } = useOverview(service, isOverview, isPainted);
  const Tab = Object.hasOwn(wholeTabs, tab) ? wholeTabs[tab] : undefined;
  return (
    <Page
      facts={answer === undefined ? undefined : <Facts answer={answer} />}
      tabs={<Tabs answer={answer} service={service} tab={tab} />}
      title={service}
    >
      <Remote query={query} skeleton={<OverviewSkeleton />}>
        {charts => {
          if (answer?.received.spans === false) return <NoSpans answer={answer} />;
          if (isOverview) return <OverviewTab charts={charts} isPainted={isPainted} onPaint={onPaint} whole={answer} />;
          if (Tab === undefined) return <Empty title={`A service has no view named "${tab}"`} />;
          return answer && <Tab answer={answer} />;
        }}
      </Remote>
    </Page>
  );
}

function Tabs({
  service,
  tab,
  answer,
}: {
  service: string;
  tab: string;
  answer: OverviewAnswer | undefined;
}): ReactNode {
  const counts: { readonly [tab: string]: number | undefined } = {
    endpoints: answer?.endpoints.length,
    instances: answer?.instancesSeen.length,
    deploys: answer?.deploys.length,
  };
  const here = (name: string, title: string): ReactNode => (
    <Link
      activeOptions={exactly}
      aria-current={tab === name ? 'page' : undefined}
      params={{ service, tab: name }}
      search={{}}
      to="/services/$service/$tab"
    >
      {title}
      {counts[name] !== undefined && <i className="num">{formatCount(counts[name])}</i>}
    </Link>
  );
  const q = writeTerm('service', service);
  return (
    <TabBar label="Views of the service">
      <Link
        activeOptions={exactly}
        aria-current={tab === 'overview' ? 'page' : undefined}
        params={{ service }}
        search={{}}
        to="/services/$service"
      >
        Overview
      </Link>
      {here('endpoints', 'Endpoints')}
      <Link search={{ q }} to="/traces">
        Traces
      </Link>
      <Link search={{ q }} to="/logs">
        Logs
      </Link>
      <Link search={{ q: metricQueries(service).requests }} to="/metrics">
        Metrics
      </Link>
      <Link search={{ service }} to="/findings">
        Findings
      </Link>
      {here('instances', 'Instances')}
      {here('runtime', 'Runtime')}
      {here('deploys', 'Deploys')}
    </TabBar>
  );
}

function Facts({ answer }: { answer: OverviewAnswer }): ReactNode {
  const { nowMs, zone } = usePageRange();
  const { mark, word } = statusMarks[answer.status];
  const deploy = answer.deploys.find(({ version }) => version === answer.version);
  return (
    <>
      <StatusMark look="chip" status={mark} word={word} />
      <ul className={styles['facts']}>
        {answer.version !== '' && (
          <li>
            Version <b>{answer.version}</b>
            {deploy !== undefined && (
              <span title={formatFull(deploy.at, zone)}>, {formatAgo(deploy.at, nowMs, zone)}</span>
            )}
          </li>
        )}
        {answer.environments.length > 0 && (
          <li>
            Environment <b>{answer.environments.join(', ')}</b>
          </li>
        )}
        {answer.instances > 0 && (
          <li>
            Instances <b className="num">{formatCount(answer.instances)}</b>
          </li>
        )}
        {answer.runtime !== '' && (
          <li>
            Runtime <b>{answer.runtime}</b>
          </li>
        )}
      </ul>
    </>
  );
}

function NoSpans({ answer }: { answer: OverviewAnswer }): ReactNode {
  const q = writeTerm('service', answer.service);
  return (
    <Empty title={`No spans of ${answer.service} in this range`}>
      {answer.received.logs ? (
        <p>
          It did send logs:{' '}
          <Link className="link" search={{ q }} to="/logs">
            read them
          </Link>
          . For requests, errors and latency it has to send traces too.
        </p>
      ) : (
        <p>It sent nothing in this range and environment. A longer range may show when it was last active.</p>
      )}
      <LookFurtherBack />
    </Empty>
  );
}
