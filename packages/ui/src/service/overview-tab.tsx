import type { OverviewAnswer, ServiceChartsAnswer } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import { startTransition, useEffect, type ReactNode } from 'react';
import { Card } from '../parts/card.js';
import { ChangePanel } from './change-panel.js';
import { DependencyPanel } from './dependency-panel.js';
import { DifferencePanel } from './difference-panel.js';
import { EndpointTable } from './endpoint-table.js';
import { ErrorPanel } from './error-panel.js';
import { OverviewCharts } from './overview-charts.js';
import { EndpointSkeleton } from './overview-skeleton.js';
import { ServiceStanding } from './service-standing.js';
import styles from './service.module.css';

const shownEndpoints = 7;
/** Shorter steps are made from the spans themselves. */
const minuteMs = 60_000;

/** How the service does now, and where its time and errors come from. */
export function OverviewTab({
  charts,
  whole,
  isPainted,
  onPaint,
}: {
  readonly charts: ServiceChartsAnswer;
  /** Undefined while it is on its way. */
  readonly whole: OverviewAnswer | undefined;
  /** The charts are in sight: then comes what stands below them. All at once takes a third of a second. */
  readonly isPainted: boolean;
  readonly onPaint: () => void;
}): ReactNode {
  useEffect(() => startTransition(onPaint), [onPaint]);
  return (
    <>
      <ServiceStanding isPainted={isPainted} service={charts.service} />
      {charts.isScaled && (
        <p className={styles['scaled']}>
          {charts.stepMs < minuteMs
            ? 'Sampled, scaled: in a range this short, rates and durations are estimated from the traces that were kept. Ranges of more than 15 minutes count all that was received.'
            : 'Sampled, scaled: this service sends a share of its traces, and rates and durations are estimated from them.'}
        </p>
      )}
      <OverviewCharts answer={charts} isPainted={isPainted} whole={whole} />
      {isPainted && whole !== undefined ? <BelowCharts answer={whole} /> : <EndpointSkeleton />}
    </>
  );
}

function BelowCharts({ answer }: { readonly answer: OverviewAnswer }): ReactNode {
  const { endpoints, service } = answer;
  const shown = endpoints.slice(0, shownEndpoints);
  return (
    <>
      <div className={styles['beside']}>
        <Card
          note={
            endpoints.length > shown.length ? `${shown.length} of ${endpoints.length}, by total time` : 'by total time'
          }
          right={
            <Link className="link" params={{ service, tab: 'endpoints' }} search={{}} to="/services/$service/$tab">
              View all
            </Link>
          }
          title="Endpoints"
        >
          <EndpointTable answer={answer} rows={shown} />
        </Card>
        <DifferencePanel answer={answer} />
      </div>
      <div className={styles['three']}>
        <ErrorPanel answer={answer} />
        <DependencyPanel answer={answer} />
        <ChangePanel answer={answer} />
      </div>
    </>
  );
}
