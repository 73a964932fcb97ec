import type { ReactNode } from 'react';
import { Card } from '../parts/card.js';
import { Skeleton, SkeletonBlock } from '../parts/skeleton.js';
import { panelTitles } from './overview-charts.js';
import styles from './service.module.css';

/** The overview's panels at their final size, still empty. */
export function OverviewSkeleton(): ReactNode {
  return (
    <>
      <div className={styles['charts']}>
        {panelTitles.map(title => (
          <Card key={title} title={title}>
            <SkeletonBlock heightPx={164} />
          </Card>
        ))}
      </div>
      <EndpointSkeleton />
    </>
  );
}

/** The table below the charts. */
export function EndpointSkeleton(): ReactNode {
  return (
    <Card title="Endpoints">
      <Skeleton rows={7} />
    </Card>
  );
}
