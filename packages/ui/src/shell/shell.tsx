import { Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { PageRangeProvider } from '../page-range.js';
import { KeyHelp } from './key-help.js';
import { Nav } from './nav.js';
import { ShellKeys } from './shell-keys.js';
import styles from './shell.module.css';
import { TopBar } from './top-bar.js';

/** The frame around every page: navigation, the bar with the time range, and what the keyboard does everywhere. */
export function Shell(): ReactNode {
  const [drawerOpen, setDrawerOpen] = useState(false);
  const [helpOpen, setHelpOpen] = useState(false);
  const path = useRouterState({ select: state => state.location.pathname });
  const main = useRef<HTMLElement>(null);

  // On a phone the drawer has done its work once a page was picked.
  useEffect(() => setDrawerOpen(false), [path]);

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
        <Nav drawerOpen={drawerOpen} onClose={() => setDrawerOpen(false)} onHelp={() => setHelpOpen(true)} />
        <div className={styles['column']}>
          <TopBar onMenu={() => setDrawerOpen(true)} />
          <main className={styles['main']} id="content" ref={main} tabIndex={-1}>
            <Outlet />
          </main>
        </div>
      </div>
      <ShellKeys onHelp={() => setHelpOpen(true)} />
      <KeyHelp open={helpOpen} onOpenChange={setHelpOpen} />
    </PageRangeProvider>
  );
}
