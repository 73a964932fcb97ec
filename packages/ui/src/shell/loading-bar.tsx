import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { Button } from '../parts/button.js';
import styles from './top-bar.module.css';

const quietMs = 150;
const slowMs = 5000;

/** A thin line while anything loads; after five seconds how long it takes, and a way out. */
export function LoadingBar(): ReactNode {
  // Polls that keep an open page current say so with `meta.quiet`.
  const busy = useIsFetching({ predicate: query => query.meta?.['quiet'] !== true }) > 0;
  return busy ? <Running /> : undefined;
}

function Running(): ReactNode {
  const client = useQueryClient();
  const [elapsedMs, setElapsedMs] = useState(0);
  useEffect(() => {
    const startMs = performance.now();
    const timers = [
      setTimeout(() => setElapsedMs(quietMs), quietMs),
      setInterval(() => setElapsedMs(performance.now() - startMs), 1000),
    ];
    return () => timers.forEach(clearTimeout);
  }, []);
  if (elapsedMs < quietMs) return undefined;
  return (
    <>
      <div className={styles['loading']} />
      {elapsedMs >= slowMs && (
        <div className={styles['slow']} role="status">
          Reading for {Math.floor(elapsedMs / 1000)} s
          <Button onClick={() => void client.cancelQueries()}>Cancel</Button>
        </div>
      )}
    </>
  );
}
