import type { StatusAnswer } from '@bellwether/model';
import { useState, type ReactNode } from 'react';
import { formatBytes } from '../format.js';
import { Button } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { checks } from './first-steps.js';
import { CheckList, FirstStepsPanel } from './first-steps-panel.js';
import styles from './home.module.css';
import { RejectionList } from './rejection-list.js';

/** What arrives and what it takes on disk; the way to connect more stays at hand. */
export function ArrivalPanel({ status }: { status: StatusAnswer }): ReactNode {
  const [connecting, setConnecting] = useState(false);
  const { walBytes, blocksBytes, storeBytes, freeBytes } = status.disk;
  return (
    <>
      <Card
        note={`${formatBytes(walBytes + blocksBytes + storeBytes)} on disk, ${formatBytes(freeBytes)} free`}
        right={
          <Button aria-expanded={connecting} onClick={() => setConnecting(!connecting)}>
            Connect another service
          </Button>
        }
        title="Arriving"
      >
        <div className={styles['arriving']}>
          <CheckList all={checks(status)} />
        </div>
        <RejectionList status={status} />
      </Card>
      {connecting && <FirstStepsPanel status={status} />}
    </>
  );
}
