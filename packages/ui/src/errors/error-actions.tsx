import { Menu } from '@base-ui/react/menu';
import type { ErrorDecision, ErrorRow } from '@bellwether/model';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { decideError } from '../api-client.js';
import { formatFull } from '../format.js';
import { useKeys } from '../keys.js';
import { usePageRange } from '../page-range.js';
import { Button, buttonClass } from '../parts/button.js';
import { MenuItem, MenuPopup } from '../parts/menu.js';

const hourMs = 3_600_000;

/** What can be said of an error: that it is resolved, is to be ignored, or is open again. */
export function ErrorActions({ error }: { readonly error: ErrorRow }): ReactNode {
  const queries = useQueryClient();
  const { zone } = usePageRange();
  const [failure, setFailure] = useState<string | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);

  async function decide(decision: ErrorDecision): Promise<void> {
    setBusy(true);
    setFailure(undefined);
    try {
      await decideError(error.id, decision);
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['error', error.id] }),
        queries.invalidateQueries({ queryKey: ['errors'] }),
      ]);
    } catch (reason) {
      setFailure(reason instanceof Error ? reason.message : String(reason));
    } finally {
      setBusy(false);
    }
  }

  const isOpen = error.state === 'open' || error.state === 'regressed';
  const resolve = (): void => void decide({ state: 'resolved' });
  const ignore = (untilMs?: number): void =>
    void decide({ state: 'ignored', ...(untilMs !== undefined && { untilMs }) });
  useKeys(
    isOpen
      ? [
          { keys: 'y', label: 'Resolve', group: 'Error', run: resolve },
          { keys: 'i', label: 'Ignore', group: 'Error', run: () => ignore() },
        ]
      : [{ keys: 'y', label: 'Open again', group: 'Error', run: () => void decide({ state: 'open' }) }],
  );

  return (
    <>
      {failure !== undefined && <span role="alert">{failure}</span>}
      {!isOpen && (
        <Button
          disabled={isBusy}
          onClick={() => void decide({ state: 'open' })}
          title={error.stateSinceMs === null ? undefined : `Since ${formatFull(error.stateSinceMs, zone)}`}
        >
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
              onClick={() => void decide({ state: 'resolved', inNextVersion: true })}
            >
              Resolve in the next version
            </MenuItem>
            <MenuItem onClick={() => ignore(Date.now() + hourMs)}>Ignore for an hour</MenuItem>
            <MenuItem onClick={() => ignore(Date.now() + 24 * hourMs)}>Ignore for a day</MenuItem>
            <MenuItem onClick={() => ignore(Date.now() + 7 * 24 * hourMs)}>Ignore for a week</MenuItem>
            <MenuItem hint="i" onClick={() => ignore()}>
              Ignore for good
            </MenuItem>
          </MenuPopup>
        </Menu.Root>
      )}
    </>
  );
}
