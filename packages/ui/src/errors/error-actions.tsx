import { Menu } from '@base-ui/react/menu';
import type { ErrorDecision, ErrorRow } from '@bellwether/model';
import { useState, type ReactNode } from 'react';
import { formatExact, formatFull } from '../format.js';
import { useKeys } from '../keys.js';
import { usePageRange } from '../page-range.js';
import { Button, buttonClass } from '../parts/button.js';
import { MenuItem, MenuPopup } from '../parts/menu.js';
import { AssignDialog } from './assign-dialog.js';
import { IgnoreDialog } from './ignore-dialog.js';
import { useActs } from './use-acts.js';

const hourMs = 3_600_000;

/** What can be said of an error: that it is resolved, is to be ignored, is somebody's, or is open again. */
export function ErrorActions({ error }: { readonly error: ErrorRow }): ReactNode {
  const { zone } = usePageRange();
  const { actOn, isBusy, failure } = useActs();
  const [asks, setAsks] = useState<'owner' | 'until' | undefined>(undefined);
  const decide = (decision: ErrorDecision): void => void actOn([error.id], { kind: 'decide', decision });

  const isOpen = error.state === 'open' || error.state === 'regressed';
  const resolve = (): void => decide({ state: 'resolved' });
  const ignore = (untilMs?: number): void => decide({ state: 'ignored', ...(untilMs !== undefined && { untilMs }) });
  useKeys([
    { keys: 'a', label: 'Assign', group: 'Error', run: () => setAsks('owner') },
    ...(isOpen
      ? [
          { keys: 'y', label: 'Resolve', group: 'Error', run: resolve },
          { keys: 'i', label: 'Ignore', group: 'Error', run: () => ignore() },
        ]
      : [{ keys: 'y', label: 'Open again', group: 'Error', run: () => decide({ state: 'open' }) }]),
  ]);

  return (
    <>
      {failure !== undefined && <span role="alert">{failure}</span>}
      <Button disabled={isBusy} onClick={() => setAsks('owner')} title="Who takes care of it (a)">
        {error.owner === '' ? 'Assign' : `Assigned to ${error.owner}`}
      </Button>
      {!isOpen && (
        <Button disabled={isBusy} onClick={() => decide({ state: 'open' })} title={sinceWhen(error, zone)}>
          Open again
        </Button>
      )}
      {isOpen && (
        <Button disabled={isBusy} look="primary" onClick={resolve} title="Comes back when it is seen again (y)">
          Resolve
        </Button>
      )}
      {isOpen && (
        <Menu.Root>
          <Menu.Trigger aria-label="More to say of this error" className={buttonClass()} disabled={isBusy}>
            …
          </Menu.Trigger>
          <MenuPopup>
            <MenuItem
              hint={error.lastVersion === '' ? '' : `after ${error.lastVersion}`}
              onClick={() => decide({ state: 'resolved', inNextVersion: true })}
            >
              Resolve in the next version
            </MenuItem>
            <MenuItem onClick={() => ignore(Date.now() + hourMs)}>Ignore for an hour</MenuItem>
            <MenuItem onClick={() => ignore(Date.now() + 24 * hourMs)}>Ignore for a day</MenuItem>
            <MenuItem onClick={() => ignore(Date.now() + 7 * 24 * hourMs)}>Ignore for a week</MenuItem>
            <MenuItem onClick={() => setAsks('until')}>Ignore until…</MenuItem>
            <MenuItem hint="i" onClick={() => ignore()}>
              Ignore for good
            </MenuItem>
          </MenuPopup>
        </Menu.Root>
      )}
      {asks === 'owner' && (
        <AssignDialog
          onAssign={owner => {
            setAsks(undefined);
            void actOn([error.id], { kind: 'assign', owner });
          }}
          onClose={() => setAsks(undefined)}
          owner={error.owner}
          what="this error"
        />
      )}
      {asks === 'until' && (
        <IgnoreDialog
          onClose={() => setAsks(undefined)}
          onIgnore={decision => {
            setAsks(undefined);
            decide(decision);
          }}
          what="this error"
        />
      )}
    </>
  );
}

/** Since when it is not open, and what opens it again. */
function sinceWhen(error: ErrorRow, zone: string | undefined): string | undefined {
  const { stateSinceMs, ignoredUntilMs, ignoredUntilEvents, ignoredUntilUsers } = error;
  if (stateSinceMs === null) return undefined;
  const until = [
    ...(ignoredUntilMs === null ? [] : [formatFull(ignoredUntilMs, zone)]),
    ...(ignoredUntilEvents === null ? [] : [`${formatExact(ignoredUntilEvents)} events`]),
    ...(ignoredUntilUsers === null ? [] : [`${formatExact(ignoredUntilUsers)} users`]),
  ];
  return `Since ${formatFull(stateSinceMs, zone)}${until.length === 0 ? '' : `, until ${until.join(' or ')}`}`;
}
