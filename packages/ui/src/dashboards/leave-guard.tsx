import { useBlocker } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Button } from '../parts/button.js';
import { Dialog } from '../parts/dialog.js';
import styles from './dashboards.module.css';

/** Asks before the dashboard is left with changes that are not saved. */
export function LeaveGuard({ isChanged }: { readonly isChanged: boolean }): ReactNode {
  const { status, proceed, reset } = useBlocker({
    // Another panel, range or variable is still the same dashboard.
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname,
    enableBeforeUnload: isChanged,
    disabled: !isChanged,
    withResolver: true,
  });
  if (status !== 'blocked') return undefined;
  return (
    <Dialog onOpenChange={reset} open title="Leave without saving?">
      <p>What you changed in this dashboard is lost when you leave it now.</p>
      <div className={styles['acts']}>
        <Button onClick={proceed}>Leave</Button>
        <Button look="primary" onClick={reset}>
          Stay
        </Button>
      </div>
    </Dialog>
  );
}
