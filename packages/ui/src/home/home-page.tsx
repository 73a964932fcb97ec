import type { StatusAnswer } from '@bellwether/model';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState, type ReactNode } from 'react';
import { Card } from '../parts/card.js';
import { Chip } from '../parts/chip.js';
import { Page } from '../parts/page.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { ArrivalPanel } from './arrival-panel.js';
import { FirstStepsPanel } from './first-steps-panel.js';
import { hasData } from './first-steps.js';
import { ServiceNews } from './service-news.js';
import { useStatus } from './status-query.js';

/** What is wrong now and what changed; before anything was received, how to begin. */
export function HomePage(): ReactNode {
  const query = useStatus();
  return (
    <Page
      facts={query.data?.demo === true ? <Chip tone="accent">Sample data from the demo shop</Chip> : undefined}
      title="Home"
    >
      <Remote
        query={query}
        skeleton={
          <Card title="Services">
            <Skeleton rows={8} />
          </Card>
        }
      >
        {status => <Ready status={status} />}
      </Remote>
    </Page>
  );
}

function Ready({ status }: { status: StatusAnswer }): ReactNode {
  useJumpToFirstTrace(status);
  if (!hasData(status)) return <FirstStepsPanel status={status} />;
  return (
    <>
      <ServiceNews />
      <ArrivalPanel status={status} />
    </>
  );
}

/** Who waits here for the first trace is taken to it when it comes. Back leads here again. */
function useJumpToFirstTrace(status: StatusAnswer): void {
  const navigate = useNavigate();
  const [waited] = useState(!hasData(status) && !status.demo);
  const traceId = status.firstTraceId;
  useEffect(() => {
    if (waited && traceId !== null) void navigate({ to: '/traces/$traceId', params: { traceId }, search: {} });
  }, [waited, traceId, navigate]);
}
