import { useRouterState } from '@tanstack/react-router';
import { Bookmark, Menu as MenuIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../parts/button.js';
import { topBarActionsId } from '../parts/top-bar-actions.js';
import { Breadcrumb } from './breadcrumb.js';
import { ComparePicker } from './compare-picker.js';
import { CopyLink } from './copy-link.js';
import { EnvironmentPicker } from './environment-picker.js';
import { hasRange } from './has-range.js';
import { LoadingBar } from './loading-bar.js';
import { openPalette } from './palette-gate.js';
import { RangeField } from './range-field.js';
import { RefreshControl } from './refresh-control.js';
import styles from './top-bar.module.css';

/** Where one is, and the one time range of the application. */
export function TopBar({ onMenu }: { onMenu(): void }): ReactNode {
  const path = useRouterState({ select: state => state.location.pathname });
  return (
    <header className={styles['bar']}>
      <Button aria-label="Open navigation" className={styles['menu']} look="ghost" onClick={onMenu}>
        <MenuIcon aria-hidden="true" />
      </Button>
      <Breadcrumb path={path} />
      <div className={styles['controls']}>
        <div className={styles['slot']} id={topBarActionsId} />
        {hasRange(path) && (
          <>
            <EnvironmentPicker />
            <RangeField />
            <ComparePicker />
            <RefreshControl />
          </>
        )}
        {/* A phone has no room for it: there "Go to…" lists and saves them. */}
        <span className={styles['wide']}>
          <Button aria-label="Saved views" look="ghost" onClick={() => openPalette('views')} title="Saved views (s)">
            <Bookmark aria-hidden="true" />
          </Button>
        </span>
        <CopyLink />
      </div>
      <LoadingBar />
    </header>
  );
}
