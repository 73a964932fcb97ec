import { apiUrl, type RangeParams } from '../api-client.js';
import { parseSearch, textParam } from '../search-params.js';
import { comparedInterval, readRange, resolveRange } from '../time-range.js';

/** Rows and steps that pages ask for at first. */
export const firstSizes = { traces: 100, logs: 200, errors: 200, findings: 200, steps: 120, metrics: 20_000 } as const;

type Asked = {
  /** The parts of the page's address that its pattern caught, decoded. */
  readonly parts: readonly string[];
  readonly params: RangeParams;
  /** The earlier period, if one is compared with. */
  readonly compared: { readonly cmpFrom: number | undefined; readonly cmpTo: number | undefined };
  get(key: string): string | undefined;
};

type Page = { readonly path: RegExp; ask(asked: Asked): readonly string[] };

const part = '([^/]+)';
const at = (path: string): RegExp => new RegExp(`^${path}/?$`);
const inPath = (parts: readonly string[], index = 0): string => encodeURIComponent(parts[index] ?? '');

const services = ({ params, compared }: Asked): string => apiUrl('/services', { ...params, ...compared });

/** What each page asks as soon as it is drawn. A page that is not here asks by itself. */
const pages: readonly Page[] = [
  { path: at(''), ask: asked => [apiUrl('/status'), services(asked)] },
  {
    path: at('/services'),
    ask: asked =>
      asked.get('view') === 'offenders'
        ? [apiUrl('/offenders', { ...asked.params, ...asked.compared })]
        : [services(asked)],
  },
  {
    path: at(`/services/${part}(?:/${part})?`),
    ask({ parts, params, compared }) {
      const [, tab = ''] = parts;
      const what = tab === '' || tab === 'overview' ? 'charts' : 'overview';
      return [apiUrl(`/services/${inPath(parts)}/${what}`, { ...params, ...compared })];
    },
  },
  { path: at('/map'), ask: ({ params }) => [apiUrl('/map', params)] },
  {
    path: at('/traces'),
    ask: ({ params, get }) => {
      const q = get('q') ?? '';
      const sorted = get('sort');
      const sort = sorted === 'slowest' || sorted === 'errors' ? sorted : 'recent';
      return [
        apiUrl('/traces', { ...params, q, sort, limit: firstSizes.traces }),
        apiUrl('/traces/histogram', { ...params, q, steps: firstSizes.steps }),
      ];
    },
  },
  { path: at(`/traces/${part}`), ask: ({ parts }) => [apiUrl(`/traces/${inPath(parts)}`)] },
  {
    path: at('/logs'),
    ask: ({ params, get }) => {
      if (get('live') === '1') return [];
      const q = get('q') ?? '';
      const volume = apiUrl('/logs/histogram', { ...params, q, steps: firstSizes.steps });
      return get('view') === 'patterns'
        ? [volume]
        : [apiUrl('/logs', { ...params, q, limit: firstSizes.logs }), volume];
    },
  },
  {
    path: at('/errors'),
    ask: ({ params, get }) => [
      apiUrl('/errors', {
        ...params,
        service: get('service'),
        q: get('q'),
        state: get('state'),
        limit: firstSizes.errors,
      }),
    ],
  },
  {
    path: at(`/errors/${part}`),
    ask: ({ parts, params, get }) => [apiUrl(`/errors/${inPath(parts)}/event`, { ...params, event: get('event') })],
  },
  {
    path: at('/findings'),
    ask: ({ params, get }) => {
      const filter = { service: get('service'), kind: get('kind'), state: get('state'), q: get('q') };
      return [apiUrl('/findings', { ...params, ...filter, limit: firstSizes.findings })];
    },
  },
  { path: at(`/findings/${part}`), ask: ({ parts, params }) => [apiUrl(`/findings/${inPath(parts)}`, params)] },
  {
    path: at('/databases'),
    ask: ({ params, compared, get }) => [apiUrl('/databases', { ...params, db: get('db'), ...compared })],
  },
  {
    path: at(`/databases/${part}/queries/${part}`),
    ask: ({ parts, params, compared }) => [
      apiUrl(`/databases/${inPath(parts)}/queries/${inPath(parts, 1)}`, { ...params, ...compared }),
    ],
  },
  { path: at('/caches'), ask: ({ params, get }) => [apiUrl('/caches', { ...params, system: get('system') })] },
  { path: at('/tasks'), ask: ({ params, get }) => [apiUrl('/tasks', { ...params, queue: get('queue') })] },
  {
    path: at('/external'),
    ask: ({ params, compared, get }) => [apiUrl('/external', { ...params, vendor: get('vendor'), ...compared })],
  },
  {
    path: at('/flame'),
    ask: ({ params, compared, get }) => [apiUrl('/flame', { ...params, q: get('q'), ...compared })],
  },
  {
    path: at('/profiles'),
    ask: ({ params: { from, to }, get }) => [
      apiUrl('/profiles', { from, to, service: get('service'), trace: get('trace') }),
    ],
  },
  { path: at('/metrics'), ask: () => [apiUrl('/metrics', { limit: firstSizes.metrics })] },
  { path: at('/dashboards'), ask: () => [apiUrl('/dashboards')] },
  { path: at(`/dashboards/${part}`), ask: ({ parts }) => [apiUrl(`/dashboards/${inPath(parts)}`)] },
  { path: at('/uptime'), ask: () => [apiUrl('/checks')] },
  { path: at(`/uptime/${part}`), ask: ({ parts }) => [apiUrl(`/checks/${inPath(parts)}`)] },
  {
    path: at('/usage'),
    ask: ({ params, get }) => [apiUrl('/usage', { tenant: get('tenant'), plan: get('plan'), ...params })],
  },
];

/** The addresses of the API that a page asks at first, known from its own address alone; none for pages unknown here. */
export function firstQuestions(path: string, search: string, nowMs: number): readonly string[] {
  for (const page of pages) {
    const parts = page.path.exec(path)?.slice(1);
    if (parts === undefined) continue;
    const found = parseSearch(search);
    const get = (key: string): string | undefined => textParam(found, key);
    const interval = resolveRange(readRange(get('from'), get('to')), nowMs);
    const compared = comparedInterval(get('cmp'), interval);
    return page.ask({
      parts: parts.map(decoded),
      params: { from: interval.fromMs, to: interval.toMs, env: get('env') },
      compared: { cmpFrom: compared?.fromMs, cmpTo: compared?.toMs },
      get,
    });
  }
  return [];
}

/** A part that is no valid encoding stands for itself. */
function decoded(text: string | undefined): string {
  try {
    return decodeURIComponent(text ?? '');
  } catch {
    return text ?? '';
  }
}
