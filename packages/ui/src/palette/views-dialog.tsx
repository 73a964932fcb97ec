import type { SavedView, ViewChange } from '@bellwether/model';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter, useRouterState } from '@tanstack/react-router';
import { Pencil, Star, Trash2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { apiUrl, fetchJson, fetchViews, removeView, saveView } from '../api-client.js';
import { formatFull } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import { Dialog } from '../parts/dialog.js';
import { Failure } from '../parts/failure.js';
import { pageOf } from '../shell/default-view.js';
import { navEntries } from '../shell/nav.js';
import styles from './palette.module.css';

/** Saves this page with its filters under a name, and lists what was saved. */
export function ViewsDialog({ onClose }: { onClose(): void }): ReactNode {
  return (
    <Dialog onOpenChange={open => !open && onClose()} open title="Saved views">
      <SaveForm />
      <ViewList onClose={onClose} />
    </Dialog>
  );
}

function SaveForm(): ReactNode {
  const client = useQueryClient();
  const address = useRouterState({ select: state => state.location.href });
  const [name, setName] = useState('');
  const save = useMutation({
    mutationFn: saveView,
    onSuccess: () => {
      setName('');
      void client.invalidateQueries({ queryKey: ['views'] });
    },
  });
  return (
    <form
      className={styles.save}
      onSubmit={event => {
        event.preventDefault();
        if (name.trim() !== '') save.mutate({ name: name.trim(), address });
      }}
    >
      <label>
        Name of this page with its filters
        <input
          autoComplete="off"
          maxLength={100}
          onChange={event => setName(event.target.value)}
          placeholder="Slow checkouts"
          value={name}
        />
      </label>
      <Button disabled={name.trim() === '' || save.isPending} look="primary" type="submit">
        Save
      </Button>
      {save.isError && (
        <p className={styles.wrong} role="alert">
          {save.error.message}
        </p>
      )}
    </form>
  );
}

function ViewList({ onClose }: { onClose(): void }): ReactNode {
  const client = useQueryClient();
  const router = useRouter();
  const { zone } = usePageRange();
  const views = useQuery({ queryKey: ['views'], queryFn: ({ signal }) => fetchViews(signal) });
  const [changing, setChanging] = useState<string | undefined>(undefined);
  const remove = useMutation({
    mutationFn: removeView,
    onSuccess: answer => client.setQueryData(['views'], answer),
  });
  const choose = useMutation({
    mutationFn: ({ id, isDefault }: { readonly id: string; readonly isDefault: boolean }) =>
      changeView(id, { isDefault }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['views'] }),
  });
  if (views.data === undefined) {
    return views.isError ? (
      <Failure error={views.error} onRetry={() => void views.refetch()} />
    ) : (
      <p className={styles.none}>Loading…</p>
    );
  }
  if (views.data.views.length === 0) {
    return <p className={styles.none}>Nothing is saved yet. Everybody who uses this workspace sees what you save.</p>;
  }
  return (
    <ul className={styles.views}>
      {remove.isError && <Failure error={remove.error} onRetry={() => remove.reset()} />}
      {choose.isError && <Failure error={choose.error} onRetry={() => choose.reset()} />}
      {views.data.views.map(view => {
        const { id, name, address, savedMs, isDefault } = view;
        const page = navEntries.find(({ to }) => to === pageOf(address))?.name;
        if (id === changing)
          return (
            <li key={id}>
              <ChangeForm onDone={() => setChanging(undefined)} view={view} />
            </li>
          );
        return (
          <li key={id}>
            <a
              className="link"
              href={address}
              onClick={event => {
                if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
                event.preventDefault();
                onClose();
                router.history.push(address);
              }}
              title={`Saved ${formatFull(savedMs, zone)}`}
            >
              {name}
            </a>
            <code title={address}>{address}</code>
            <span>
              {page !== undefined && (
                <Button
                  aria-label={`Open ${page} with ${name}`}
                  aria-pressed={isDefault}
                  look="ghost"
                  onClick={() => choose.mutate({ id, isDefault: !isDefault })}
                  title={
                    isDefault
                      ? `The navigation opens ${page} with it: take that back, for everybody`
                      : `Let the navigation open ${page} with it, for everybody`
                  }
                >
                  <Star aria-hidden="true" fill={isDefault ? 'currentColor' : 'none'} />
                </Button>
              )}
              <Button
                aria-label={`Change ${name}`}
                look="ghost"
                onClick={() => setChanging(id)}
                title="Give it another name, or this page"
              >
                <Pencil aria-hidden="true" />
              </Button>
              <Button
                aria-label={`Remove ${name}`}
                look="ghost"
                onClick={() => remove.mutate(id)}
                title="Remove it for everybody"
              >
                <Trash2 aria-hidden="true" />
              </Button>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** Another name for a view, or the page that is open now in place of its own. */
function ChangeForm({ view, onDone }: { readonly view: SavedView; onDone(): void }): ReactNode {
  const client = useQueryClient();
  const here = useRouterState({ select: state => state.location.href });
  const [name, setName] = useState(view.name);
  const change = useMutation({
    mutationFn: (wanted: ViewChange) => changeView(view.id, wanted),
    onSuccess() {
      onDone();
      void client.invalidateQueries({ queryKey: ['views'] });
    },
  });
  return (
    <form
      className={styles.save}
      onSubmit={event => {
        event.preventDefault();
        if (name.trim() !== '') change.mutate({ name: name.trim() });
      }}
    >
      <label>
        New name, for everybody
        <input
          autoComplete="off"
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the button that was pressed is gone, and this stands in its place
          autoFocus
          maxLength={100}
          onChange={event => setName(event.target.value)}
          value={name}
        />
      </label>
      <Button disabled={name.trim() === '' || change.isPending} look="primary" type="submit">
        Rename
      </Button>
      <Button
        disabled={here === view.address || change.isPending}
        onClick={() => change.mutate({ address: here })}
        title={`It leads to ${here} from then on`}
      >
        Use this page
      </Button>
      <Button onClick={onDone}>Cancel</Button>
      {change.isError && (
        <p className={styles.wrong} role="alert">
          {change.error.message}
        </p>
      )}
    </form>
  );
}

function changeView(id: string, wanted: ViewChange): Promise<unknown> {
  return fetchJson(apiUrl(`/views/${encodeURIComponent(id)}`), {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wanted),
  });
}
