import { Outlet, useRouterState } from '@tanstack/react-router';
import { useRef, useState, type ReactNode } from 'react';
import { PageRangeProvider } from '../page-range.js';
import { KeyHelp } from './key-help.js';
import { Nav } from './nav.js';
import { PaletteGate } from './palette-gate.js';
import { ShellKeys } from './shell-keys.js';
import styles from './shell.module.css';
import { TopBar } from './top-bar.js';

/** The frame around every page: navigation, the bar with the time range, and what the keyboard does everywhere. */
export function Shell(): ReactNode {
  const [helpOpen, setHelpOpen] = useState(false);
  const path = useRouterState({ select: state => state.location.pathname });
  const main = useRef<HTMLElement>(null);

  // On a phone the drawer is open on the page where it was opened: picking another one closes it.
  const [drawerPath, setDrawerPath] = useState<string | undefined>(undefined);
  const drawerOpen = drawerPath === path;
  const closeDrawer = (): void => setDrawerPath(undefined);

  return (
    <PageRangeProvider>
      <a
        className={styles['skip']}
        href="#content"
        onClick={event => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to content
      </a>
      <div className={styles['app']}>
        <Nav drawerOpen={drawerOpen} onClose={closeDrawer} onHelp={() => setHelpOpen(true)} />
        <div className={styles['column']}>
          <TopBar onMenu={() => setDrawerPath(path)} />
          <main className={styles['main']} id="content" ref={main} tabIndex={-1}>
            <Outlet />
          </main>
        </div>
      </div>
      <ShellKeys onHelp={() => setHelpOpen(true)} />
      <PaletteGate onHelp={() => setHelpOpen(true)} />
      <KeyHelp open={helpOpen} onOpenChange={setHelpOpen} />
    </PageRangeProvider>
  );
}
