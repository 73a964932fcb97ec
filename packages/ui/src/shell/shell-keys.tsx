import { useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useKeys, type KeyBinding } from '../keys.js';
import { usePageRange, type PageRange } from '../page-range.js';
import { shiftRange, zoomOut } from '../time-range.js';
import { useUrlState, type UrlState } from '../url-state.js';
import { copyLink } from './copy-link.js';
import { useOpenPage } from './default-view.js';
import { hasRange } from './has-range.js';
import { openRangeField } from './range-field.js';

const go = [
  { keys: 'g h', to: '/', label: 'Home' },
  { keys: 'g s', to: '/services', label: 'Services' },
  { keys: 'g m', to: '/map', label: 'Service map' },
  { keys: 'g t', to: '/traces', label: 'Traces' },
  { keys: 'g l', to: '/logs', label: 'Logs' },
  { keys: 'g e', to: '/errors', label: 'Errors' },
  { keys: 'g p', to: '/metrics', label: 'Metrics' },
  { keys: 'g f', to: '/profiles', label: 'Profiles' },
  { keys: 'g a', to: '/dashboards', label: 'Dashboards' },
  { keys: 'g u', to: '/uptime', label: 'Uptime' },
  { keys: 'g d', to: '/databases', label: 'Databases' },
  { keys: 'g c', to: '/caches', label: 'Caches' },
  { keys: 'g q', to: '/tasks', label: 'Tasks & queues' },
  { keys: 'g b', to: '/usage', label: 'Usage' },
  { keys: 'g x', to: '/external', label: 'External services' },
] as const;

/** What the keyboard does on every page. Each of these also has a control that can be seen. */
export function ShellKeys({ onHelp }: { onHelp(): void }): ReactNode {
  const { open } = useOpenPage();
  const page = usePageRange();
  const { set } = useUrlState();
  const path = useRouterState({ select: state => state.location.pathname });
  const bindings: readonly KeyBinding[] = [
    ...go.map(({ keys, to, label }) => {
      return { keys, label, group: 'Go to', run: () => open(to) };
    }),
    ...(hasRange(path) ? timeKeys(page, set) : []),
    { keys: 'Shift+C', label: 'Copy link', group: 'Page', run: () => void copyLink(page.range, 'frozen') },
    { keys: '/', label: 'Filter', group: 'Page', works: () => filter() !== null, run: () => filter()?.focus() },
    { keys: '?', label: 'These keys', group: 'Page', run: onHelp },
  ];
  useKeys(bindings);
  return undefined;
}

function timeKeys(page: PageRange, set: UrlState['set']): readonly KeyBinding[] {
  return [
    { keys: 't', label: 'Time range', group: 'Time', run: openRangeField },
    { keys: '[', label: 'Earlier', group: 'Time', run: () => page.setRange(shiftRange(page.range, -1, Date.now())) },
    { keys: ']', label: 'Later', group: 'Time', run: () => page.setRange(shiftRange(page.range, 1, Date.now())) },
    { keys: '-', label: 'Zoom out', group: 'Time', run: () => page.setRange(zoomOut(page.range, Date.now())) },
    { keys: 'r', label: 'Refresh', group: 'Time', run: page.refresh },
    {
      keys: 'c',
      label: 'Compare with the previous period',
      group: 'Time',
      run: () => set({ cmp: page.cmp === undefined ? 'prev' : undefined }),
    },
  ];
}

/** A page marks its filter with `data-filter`; that of queries stands in a shadow root and has no key. */
function filter(): HTMLElement | null {
  return document.querySelector<HTMLElement>('[data-filter]');
}
