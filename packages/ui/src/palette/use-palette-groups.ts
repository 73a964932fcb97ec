import type { LookupPlace } from '@bellwether/model';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useRouter } from '@tanstack/react-router';
import { useDeferredValue } from 'react';
import { fetchErrors, fetchLookup, fetchServices, fetchViews } from '../api-client.js';
import { fetchDashboards } from '../dashboards/dashboards-client.js';
import { formatAgo } from '../format.js';
import { usePageRange } from '../page-range.js';
import { writeTerm, writeValue } from '../search/write-term.js';
import { copyLink } from '../shell/copy-link.js';
import { boundKeys } from '../keys.js';
import { useOpenPage } from '../shell/default-view.js';
import { navEntries } from '../shell/nav.js';
import { chooseTheme, readTheme } from '../theme.js';
import { recentTraces } from '../trace/recent-traces.js';
import { matchEntries, type PaletteEntry, type PaletteGroup } from './match-entries.js';

/** Lengths that the range is set to; milliseconds. */
const ranges = [
  { label: 'Last 15 minutes', lengthMs: 900_000 },
  { label: 'Last hour', lengthMs: 3_600_000 },
  { label: 'Last 6 hours', lengthMs: 21_600_000 },
  { label: 'Last 24 hours', lengthMs: 86_400_000 },
  { label: 'Last 7 days', lengthMs: 604_800_000 },
] as const;

/** Pages that others lead to, and that have no entry in the navigation. */
const furtherPages = [
  { to: '/findings', search: {}, name: 'Findings', words: 'page n+1 slow queries' },
  { to: '/difference', search: {}, name: 'What is different', words: 'page compare attributes' },
  { to: '/flame', search: {}, name: 'Flame graph of traces', words: 'page' },
  { to: '/services', search: { view: 'offenders' }, name: 'Top offenders', words: 'page endpoints calls time' },
] as const;

/** Errors that are offered for a text. */
const shownErrors = 5;

type Asked = {
  readonly text: string;
  onHelp(): void;
  onSaveView(): void;
};

/** What the palette offers for `text`: where an id belongs first, then all whose words match, then a search for the text itself. */
export function usePaletteGroups({ text, onHelp, onSaveView }: Asked): {
  readonly groups: readonly PaletteGroup[];
  /** Still asking where an id belongs. */
  readonly isLooking: boolean;
} {
  const page = usePageRange();
  const { params, nowMs, zone } = page;
  const navigate = useNavigate();
  const { open } = useOpenPage();
  const router = useRouter();
  const wanted = useDeferredValue(text.trim());
  const services = useQuery({
    queryKey: ['services', params.from, params.to, params.env ?? ''],
    queryFn: ({ signal }) => fetchServices(params, signal),
    placeholderData: keepPreviousData,
  });
  const views = useQuery({ queryKey: ['views'], queryFn: ({ signal }) => fetchViews(signal) });
  const dashboards = useQuery({ queryKey: ['dashboards'], queryFn: ({ signal }) => fetchDashboards(signal) });
  const errors = useQuery({
    queryKey: ['palette errors', params.from, params.to, params.env ?? '', wanted],
    queryFn: ({ signal }) =>
      fetchErrors(
        { ...params, service: undefined, q: writeValue(wanted), state: undefined, limit: shownErrors },
        signal,
      ),
    enabled: wanted.length > 2 && wanted.length <= 200,
    retry: false,
  });
  const mayBeId = /^(?=.*[\d@-])\S{4,200}$/.test(wanted) || wanted.length > 2;
  const lookup = useQuery({
    queryKey: ['lookup', wanted],
    queryFn: ({ signal }) => fetchLookup(wanted, signal),
    enabled: mayBeId && wanted.length <= 200,
    retry: false,
  });

  const openTrace = (traceId: string): void =>
    void navigate({ to: '/traces/$traceId', params: { traceId }, search: {} });
  const searchFor = (to: '/traces' | '/logs', q: string): void => void navigate({ to, search: { q } });

  /** What is found lies in the last seven days: the range goes there. */
  function entryOf(place: LookupPlace): PaletteEntry {
    const hint = formatAgo(place.atMs, nowMs, zone);
    const range = { from: 'now-7d' };
    switch (place.kind) {
      case 'trace':
        return { id: 'found trace', label: `Trace ${place.traceId}`, hint, run: () => openTrace(place.traceId) };
      case 'error':
        return {
          id: 'found error',
          label: `Error ${place.id}`,
          hint,
          run: () => void navigate({ to: '/errors/$id', params: { id: place.id }, search: range }),
        };
      case 'tenant':
        return {
          id: 'found tenant',
          label: `Traces of the tenant ${place.tenant}`,
          hint,
          run: () => void navigate({ to: '/traces', search: { q: writeTerm('tenant', place.tenant), ...range } }),
        };
      case 'attribute': {
        const noun = place.signal === 'spans' ? 'span' : 'line';
        const label = `${place.traceId === '' ? 'Newest line' : `Trace of the newest ${noun}`} with ${place.key} ${place.value}`;
        const q = writeTerm(place.key, place.value);
        return {
          id: `found ${place.signal}`,
          label,
          hint,
          run: () =>
            place.traceId === '' ? void navigate({ to: '/logs', search: { q, ...range } }) : openTrace(place.traceId),
        };
      }
    }
  }

  const keys = new Map(boundKeys().flatMap(({ keys, label, group }) => (group === 'Go to' ? [[label, keys]] : [])));
  const groups: readonly PaletteGroup[] = [
    {
      value: 'Pages',
      items: [
        ...navEntries.map(({ to, name }) => ({
          id: `page ${to}`,
          label: name,
          hint: keys.get(name) ?? '',
          words: 'page',
          run: () => open(to),
        })),
        ...furtherPages.map(({ to, search, name, words }) => ({
          id: `page ${name}`,
          label: name,
          words,
          run: () => void navigate({ to, search }),
        })),
      ],
    },
    {
      value: 'Saved views',
      items: (views.data?.views ?? []).map(({ id, name, address }) => ({
        id: `view ${id}`,
        label: name,
        hint: address.split('?')[0] ?? '',
        words: address,
        run: () => router.history.push(address),
      })),
    },
    {
      value: 'Services',
      items: (services.data?.services ?? []).map(({ name }) => ({
        id: `service ${name}`,
        label: name,
        words: 'service',
        run: () => void navigate({ to: '/services/$service', params: { service: name }, search: {} }),
      })),
    },
    {
      value: 'Dashboards',
      items: (dashboards.data?.dashboards ?? []).map(({ uid, title, tags }) => ({
        id: `dashboard ${uid}`,
        label: title,
        words: `dashboard ${tags.join(' ')}`,
        run: () => void navigate({ to: '/dashboards/$uid', params: { uid }, search: {} }),
      })),
    },
    {
      value: 'Recent traces',
      items: recentTraces().map(({ traceId, name }) => ({
        id: `trace ${traceId}`,
        label: name,
        hint: traceId.slice(0, 8),
        words: `trace ${traceId}`,
        run: () => openTrace(traceId),
      })),
    },
    {
      value: 'Actions',
      items: [
        { id: 'save view', label: 'Save this view', words: 'bookmark name', run: onSaveView },
        ...(readTheme().name === 'dark'
          ? [{ id: 'light', label: 'Switch to light', words: 'theme', run: () => chooseTheme('light') }]
          : [{ id: 'dark', label: 'Switch to dark', words: 'theme night', run: () => chooseTheme('dark') }]),
        {
          id: 'copy link',
          label: 'Copy link to these times',
          hint: 'Shift+C',
          words: 'share url',
          run: () => void copyLink(page.range, 'frozen'),
        },
        { id: 'refresh', label: 'Refresh', hint: 'r', words: 'reload', run: page.refresh },
        {
          id: 'tail',
          label: 'Log lines as they arrive',
          words: 'live tail',
          run: () => void navigate({ to: '/logs', search: { live: '1' } }),
        },
        {
          id: 'add check',
          label: 'Add an uptime check',
          words: 'monitor ping heartbeat',
          run: () => void navigate({ to: '/uptime', search: { add: '1' } }),
        },
        {
          id: 'patterns',
          label: 'Log patterns',
          words: 'new rising',
          run: () => void navigate({ to: '/logs', search: { view: 'patterns' } }),
        },
        { id: 'keys', label: 'Keyboard shortcuts', hint: '?', words: 'help', run: onHelp },
        ...ranges.map(({ label, lengthMs }) => ({
          id: label,
          label,
          words: 'time range',
          run: () => page.setRange({ kind: 'sliding', lengthMs }),
        })),
      ],
    },
  ];
  if (wanted === '') return { groups: matchEntries(groups, ''), isLooking: false };
  const found = (lookup.data?.places ?? []).map(entryOf);
  const search: PaletteGroup = {
    value: 'Search',
    items: [
      {
        id: 'search traces',
        label: `Search traces for “${wanted}”`,
        run: () => searchFor('/traces', writeValue(wanted)),
      },
      { id: 'search logs', label: `Search logs for “${wanted}”`, run: () => searchFor('/logs', writeValue(wanted)) },
    ],
  };
  const errorGroup: PaletteGroup = {
    value: 'Errors',
    items: (errors.data?.errors ?? []).map(({ id, type, message, services: of }) => ({
      id: `error ${id}`,
      label: type === '' ? message : `${type}: ${message}`,
      hint: of[0] ?? '',
      run: () => void navigate({ to: '/errors/$id', params: { id }, search: {} }),
    })),
  };
  return {
    groups: [
      ...(found.length > 0 ? [{ value: 'Found', items: found }] : []),
      ...matchEntries(groups, wanted),
      ...(errorGroup.items.length > 0 ? [errorGroup] : []),
      search,
    ],
    isLooking: lookup.isFetching,
  };
}
