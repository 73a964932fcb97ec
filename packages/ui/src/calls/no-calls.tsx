import type { ReactNode } from 'react';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { Empty } from '../parts/empty.js';
import { LookFurtherBack } from '../parts/look-further-back.js';
import { useUrlState } from '../url-state.js';
import styles from './calls.module.css';

type NoCallsProps = {
  readonly title: string;
  /** What is missing: `No cache was read`. */
  readonly what: string;
  /** The param that narrows the page to one thing, and what all of them are called. */
  readonly filter: { readonly param: string; readonly all: string };
  readonly children: ReactNode;
};

/** Nothing in this range, or nothing ever: what would have to be sent are the children. */
export function NoCalls({ title, what, filter, children }: NoCallsProps): ReactNode {
  const { env } = usePageRange();
  const { get, set } = useUrlState();
  return (
    <Card title={title}>
      <Empty title={`${what}${env === undefined ? '' : ` in ${env}`} in this range`}>
        {children}
        <div className={styles['ways']}>
          {get(filter.param) !== undefined && (
            <Button onClick={() => set({ [filter.param]: undefined })}>{filter.all}</Button>
          )}
          {env !== undefined && <Button onClick={() => set({ env: undefined })}>All environments</Button>}
          <LookFurtherBack />
        </div>
      </Empty>
    </Card>
  );
}
