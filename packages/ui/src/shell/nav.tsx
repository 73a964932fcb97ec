import { Link, useRouterState } from '@tanstack/react-router';
import {
  Box,
  Bug,
  ChartLine,
  Database,
  Globe,
  HardDrive,
  House,
  Keyboard,
  LayoutDashboard,
  ListChecks,
  ListTree,
  Network,
  ScrollText,
  Search,
  HeartPulse,
  Flame,
  Users,
  Zap,
  type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { useKeys } from '../keys.js';
import { BrandMark } from './brand-mark.js';
import { useOpenPage } from './default-view.js';
import styles from './nav.module.css';
import { openPalette } from './palette-gate.js';
import { ThemeSwitch } from './theme-switch.js';

/** A page of the navigation. */
export type Entry = {
  readonly to:
    | '/'
    | '/services'
    | '/map'
    | '/traces'
    | '/logs'
    | '/errors'
    | '/metrics'
    | '/dashboards'
    | '/databases'
    | '/uptime'
    | '/profiles'
    | '/caches'
    | '/tasks'
    | '/external'
    | '/usage'
    | '/settings/data';
  readonly name: string;
  readonly icon: LucideIcon;
};

const home: Entry = { to: '/', name: 'Home', icon: House };
const explore: readonly Entry[] = [
  { to: '/services', name: 'Services', icon: Box },
  { to: '/map', name: 'Service map', icon: Network },
  { to: '/traces', name: 'Traces', icon: ListTree },
  { to: '/logs', name: 'Logs', icon: ScrollText },
  { to: '/errors', name: 'Errors', icon: Bug },
  { to: '/metrics', name: 'Metrics', icon: ChartLine },
  { to: '/profiles', name: 'Profiles', icon: Flame },
  { to: '/dashboards', name: 'Dashboards', icon: LayoutDashboard },
];

const respond: readonly Entry[] = [{ to: '/uptime', name: 'Uptime', icon: HeartPulse }];

const stores: readonly Entry[] = [
  { to: '/databases', name: 'Databases', icon: Database },
  { to: '/caches', name: 'Caches', icon: Zap },
  { to: '/tasks', name: 'Tasks & queues', icon: ListChecks },
  { to: '/external', name: 'External services', icon: Globe },
];

const business: readonly Entry[] = [{ to: '/usage', name: 'Usage', icon: Users }];

const settings: Entry = { to: '/settings/data', name: 'Data', icon: HardDrive };

/** Every page of the navigation, as the palette lists them. */
export const navEntries: readonly Entry[] = [home, ...explore, ...respond, ...stores, ...business, settings];

type NavProps = { readonly drawerOpen: boolean; onClose(): void; onHelp(): void };

/** Every page that works, always in sight: names from 1100 px up, icons below, a drawer on a phone. */
export function Nav({ drawerOpen, onClose, onHelp }: NavProps): ReactNode {
  useKeys(drawerOpen ? [{ keys: 'Escape', label: 'Close navigation', group: 'Page', run: onClose }] : []);
  return (
    <>
      {drawerOpen && (
        <button aria-label="Close navigation" className={styles['scrim']} onClick={onClose} type="button" />
      )}
      <nav aria-label="Main" className={styles['nav']} data-open={drawerOpen}>
        <Link className={styles['brand']} search={{}} to="/">
          <BrandMark />
          <span className={styles['word']}>Bellwether</span>
        </Link>
        <button
          aria-label="Go to… Ctrl K"
          className={styles['item']}
          onClick={() => openPalette()}
          title="Go anywhere, do anything (Ctrl+K)"
          type="button"
        >
          <Search aria-hidden="true" />
          <span className={styles['word']}>Go to…</span>
          <kbd className={styles['key']}>Ctrl K</kbd>
        </button>
        <NavLink {...home} />
        <div className={styles['section']}>Explore</div>
        {explore.map(entry => (
          <NavLink key={entry.to} {...entry} />
        ))}
        <div className={styles['section']}>Respond</div>
        {respond.map(entry => (
          <NavLink key={entry.to} {...entry} />
        ))}
        <div className={styles['section']}>Data stores</div>
        {stores.map(entry => (
          <NavLink key={entry.to} {...entry} />
        ))}
        <div className={styles['section']}>Business</div>
        {business.map(entry => (
          <NavLink key={entry.to} {...entry} />
        ))}
        <div className={styles['space']} />
        <NavLink {...settings} />
        <button
          aria-label="Keyboard shortcuts"
          className={styles['item']}
          onClick={onHelp}
          title="Keyboard shortcuts (?)"
          type="button"
        >
          <Keyboard aria-hidden="true" />
          <span className={styles['word']}>Keyboard</span>
          <kbd className={styles['key']}>?</kbd>
        </button>
        <ThemeSwitch itemClass={styles['item'] ?? ''} wordClass={styles['word'] ?? ''} />
      </nav>
    </>
  );
}

function NavLink({ to, name, icon: Icon }: Entry): ReactNode {
  const path = useRouterState({ select: state => state.location.pathname });
  const { open, prepare } = useOpenPage();
  const current = to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`);
  return (
    <Link
      aria-current={current ? 'page' : undefined}
      aria-label={name}
      className={styles['item']}
      onClick={event => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        open(to);
      }}
      onFocus={prepare}
      onPointerEnter={prepare}
      search={{}}
      title={name}
      to={to}
    >
      <Icon aria-hidden="true" />
      <span className={styles['word']}>{name}</span>
    </Link>
  );
}
