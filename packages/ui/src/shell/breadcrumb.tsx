import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import styles from './top-bar.module.css';

const names: { readonly [segment: string]: string } = {
  services: 'Services',
  map: 'Service map',
  uptime: 'Uptime',
  profiles: 'Profiles',
  flame: 'Flame graph of traces',
  traces: 'Traces',
  logs: 'Logs',
  difference: 'What is different',
  errors: 'Errors',
  findings: 'Findings',
  metrics: 'Metrics',
  dashboards: 'Dashboards',
  databases: 'Databases',
  caches: 'Caches',
  tasks: 'Tasks & queues',
  external: 'External services',
  usage: 'Usage',
};

/** Sections whose pages each show one thing. */
type Nested = 'services' | 'traces' | 'errors' | 'findings' | 'dashboards' | 'databases' | 'uptime';

const isNested = (section: string): section is Nested =>
  section === 'services' ||
  section === 'traces' ||
  section === 'errors' ||
  section === 'findings' ||
  section === 'dashboards' ||
  section === 'databases' ||
  section === 'uptime';

/** `Services / checkout`: the way back up. */
export function Breadcrumb({ path }: { path: string }): ReactNode {
  const [section = '', ...rest] = path.split('/').filter(Boolean);
  const name = section === '' ? 'Home' : (names[section] ?? 'Not found');
  const below = rest[0];
  if (section === 'settings' && below === 'data') return <Crumbs last="Data">Settings </Crumbs>;
  if (below === undefined || !isNested(section)) {
    return <Crumbs last={name} />;
  }
  return (
    <Crumbs
      last={section === 'traces' ? shortId(below) : decoded(below)}
      mono={section === 'traces' || section === 'errors' || section === 'findings'}
    >
      <Link search={{}} to={`/${section}`}>
        {name}
      </Link>
    </Crumbs>
  );
}

function Crumbs({ children, last, mono = false }: { children?: ReactNode; last: string; mono?: boolean }): ReactNode {
  return (
    <nav aria-label="Breadcrumb">
      <ol className={styles['crumbs']}>
        {children !== undefined && (
          <li>
            {children}
            <span aria-hidden="true">/</span>
          </li>
        )}
        <li>
          <b aria-current="page" className={mono ? 'mono' : undefined}>
            {last}
          </b>
        </li>
      </ol>
    </nav>
  );
}

function shortId(id: string): string {
  return id.length > 20 ? `${id.slice(0, 8)}…${id.slice(-7)}` : id;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
