import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { lazyPage } from './shell/lazy-page.js';
import { PageFailure } from './shell/page-failure.js';
import { PageMissing } from './shell/page-missing.js';
import { Shell } from './shell/shell.js';
import { carry, parseSearch, stringifySearch, textOnly } from './search-params.js';

const root = createRootRoute({
  component: Shell,
  notFoundComponent: PageMissing,
  validateSearch: textOnly,
  search: { middlewares: [({ search, next }) => carry(search, next(search))] },
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyPage(() => import('./home/home-page.js'), 'HomePage'),
});

const services = createRoute({
  getParentRoute: () => root,
  path: '/services',
  component: lazyPage(() => import('./services/services-page.js'), 'ServicesPage'),
});

const loadService = (): Promise<typeof import('./service/service-page.js')> => import('./service/service-page.js');

const service = createRoute({
  getParentRoute: () => root,
  path: '/services/$service',
  component: lazyPage(loadService, 'ServicePage'),
});

const serviceTab = createRoute({
  getParentRoute: () => root,
  path: '/services/$service/$tab',
  component: lazyPage(loadService, 'ServicePage'),
});

const map = createRoute({
  getParentRoute: () => root,
  path: '/map',
  component: lazyPage(() => import('./map/map-page.js'), 'MapPage'),
});

const traces = createRoute({
  getParentRoute: () => root,
  path: '/traces',
  component: lazyPage(() => import('./traces/traces-page.js'), 'TracesPage'),
});

const trace = createRoute({
  getParentRoute: () => root,
  path: '/traces/$traceId',
  component: lazyPage(() => import('./trace/trace-page.js'), 'TracePage'),
});

const logs = createRoute({
  getParentRoute: () => root,
  path: '/logs',
  component: lazyPage(() => import('./logs/logs-page.js'), 'LogsPage'),
});

const difference = createRoute({
  getParentRoute: () => root,
  path: '/difference',
  component: lazyPage(() => import('./difference/difference-page.js'), 'DifferencePage'),
});

const errors = createRoute({
  getParentRoute: () => root,
  path: '/errors',
  component: lazyPage(() => import('./errors/errors-page.js'), 'ErrorsPage'),
});

const error = createRoute({
  getParentRoute: () => root,
  path: '/errors/$id',
  component: lazyPage(() => import('./errors/error-page.js'), 'ErrorPage'),
});

const findings = createRoute({
  getParentRoute: () => root,
  path: '/findings',
  component: lazyPage(() => import('./findings/findings-page.js'), 'FindingsPage'),
});

const finding = createRoute({
  getParentRoute: () => root,
  path: '/findings/$id',
  component: lazyPage(() => import('./findings/finding-page.js'), 'FindingPage'),
});

const databases = createRoute({
  getParentRoute: () => root,
  path: '/databases',
  component: lazyPage(() => import('./databases/databases-page.js'), 'DatabasesPage'),
});

const databaseQuery = createRoute({
  getParentRoute: () => root,
  path: '/databases/$name/queries/$hash',
  component: lazyPage(() => import('./databases/query-page.js'), 'QueryPage'),
});

const caches = createRoute({
  getParentRoute: () => root,
  path: '/caches',
  component: lazyPage(() => import('./caches/caches-page.js'), 'CachesPage'),
});

const tasks = createRoute({
  getParentRoute: () => root,
  path: '/tasks',
  component: lazyPage(() => import('./tasks/tasks-page.js'), 'TasksPage'),
});

const external = createRoute({
  getParentRoute: () => root,
  path: '/external',
  component: lazyPage(() => import('./external/external-page.js'), 'ExternalPage'),
});

const metrics = createRoute({
  getParentRoute: () => root,
  path: '/metrics',
  component: lazyPage(() => import('./metrics/metrics-page.js'), 'MetricsPage'),
});

const dashboards = createRoute({
  getParentRoute: () => root,
  path: '/dashboards',
  component: lazyPage(() => import('./dashboards/dashboards-page.js'), 'DashboardsPage'),
});

const dashboard = createRoute({
  getParentRoute: () => root,
  path: '/dashboards/$uid',
  component: lazyPage(() => import('./dashboards/dashboard-page.js'), 'DashboardPage'),
});

const profiles = createRoute({
  getParentRoute: () => root,
  path: '/profiles',
  component: lazyPage(() => import('./flame/profiles-page.js'), 'ProfilesPage'),
});

const traceFlame = createRoute({
  getParentRoute: () => root,
  path: '/flame',
  component: lazyPage(() => import('./flame/trace-flame-page.js'), 'TraceFlamePage'),
});

const uptime = createRoute({
  getParentRoute: () => root,
  path: '/uptime',
  component: lazyPage(() => import('./uptime/uptime-page.js'), 'UptimePage'),
});

const check = createRoute({
  getParentRoute: () => root,
  path: '/uptime/$id',
  component: lazyPage(() => import('./uptime/check-page.js'), 'CheckPage'),
});

const usage = createRoute({
  getParentRoute: () => root,
  path: '/usage',
  component: lazyPage(() => import('./usage/usage-page.js'), 'UsagePage'),
});

const settingsData = createRoute({
  getParentRoute: () => root,
  path: '/settings/data',
  component: lazyPage(() => import('./settings/data-page.js'), 'DataPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    services,
    service,
    serviceTab,
    map,
    traces,
    trace,
    logs,
    difference,
    errors,
    error,
    findings,
    finding,
    databases,
    databaseQuery,
    caches,
    tasks,
    external,
    metrics,
    dashboards,
    dashboard,
    profiles,
    traceFlame,
    uptime,
    check,
    usage,
    settingsData,
  ]),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultErrorComponent: PageFailure,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
