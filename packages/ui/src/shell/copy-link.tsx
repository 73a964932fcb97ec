import { Menu } from '@base-ui/react/menu';
import { Link2 } from 'lucide-react';
import { useSyncExternalStore, type ReactNode } from 'react';
import { usePageRange } from '../page-range.js';
import { buttonClass } from '../parts/button.js';
import { MenuItem, MenuPopup } from '../parts/menu.js';
import { parseSearch, stringifySearch } from '../search-params.js';
import { freezeRange, writeRange, type Range } from '../time-range.js';
import styles from './copy-link.module.css';

const shownMs = 2000;
const listeners = new Set<() => void>();
let message = '';
let hideTimer: ReturnType<typeof setTimeout> | undefined;

/** Puts the page's address into the clipboard; `frozen` turns `now` into moments, so that it shows the same forever. */
export async function copyLink(range: Range, kind: 'frozen' | 'live'): Promise<void> {
  const url = new URL(location.href);
  if (kind === 'frozen') {
    url.search = stringifySearch({ ...parseSearch(url.search), ...writeRange(freezeRange(range, Date.now())) });
  }
  try {
    await navigator.clipboard.writeText(url.href);
    say('Link copied');
  } catch {
    say('The browser does not let pages copy. Take the address from its address bar.');
  }
}

function say(text: string): void {
  message = text;
  for (const listener of listeners) listener();
  clearTimeout(hideTimer);
  if (text !== '') hideTimer = setTimeout(() => say(''), shownMs);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The button that shares this view, and the note that it worked. */
export function CopyLink(): ReactNode {
  const { range } = usePageRange();
  const said = useSyncExternalStore(subscribe, () => message);
  return (
    <>
      <Menu.Root>
        <Menu.Trigger aria-label="Copy link" className={buttonClass('ghost')} title="Copy link (Shift+C)">
          <Link2 aria-hidden="true" />
        </Menu.Trigger>
        <MenuPopup>
          <MenuItem hint="Shift+C" onClick={() => void copyLink(range, 'frozen')}>
            Copy link to these times
          </MenuItem>
          <MenuItem onClick={() => void copyLink(range, 'live')}>Copy live link</MenuItem>
        </MenuPopup>
      </Menu.Root>
      <div className={styles['note']} data-shown={said !== ''} role="status">
        {said}
      </div>
    </>
  );
}
