import type { ReactNode } from 'react';
import { Card } from '../parts/card.js';
import { Skeleton, SkeletonBlock } from '../parts/skeleton.js';
import styles from './calls.module.css';

/** Two charts and a table at their final size, still empty. */
export function CallsSkeleton({
  charts,
  table,
}: {
  readonly charts: readonly string[];
  readonly table: string;
}): ReactNode {
  return (
    <>
      <div className={styles[charts.length > 2 ? 'three' : 'two']}>
        {charts.map(title => (
          <Card key={title} title={title}>
            <SkeletonBlock heightPx={164} />
          </Card>
        ))}
      </div>
      <Card title={table}>
        <Skeleton rowPx={46} rows={8} />
      </Card>
    </>
  );
}
