import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
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
  component: lazyRouteComponent(() => import('./home/home-page.js'), 'HomePage'),
});

const services = createRoute({
  getParentRoute: () => root,
  path: '/services',
  component: lazyRouteComponent(() => import('./services/services-page.js'), 'ServicesPage'),
});

const loadService = (): Promise<typeof import('./service/service-page.js')> => import('./service/service-page.js');

const service = createRoute({
  getParentRoute: () => root,
  path: '/services/$service',
  component: lazyRouteComponent(loadService, 'ServicePage'),
});

const serviceTab = createRoute({
  getParentRoute: () => root,
  path: '/services/$service/$tab',
  component: lazyRouteComponent(loadService, 'ServicePage'),
});

const map = createRoute({
  getParentRoute: () => root,
  path: '/map',
  component: lazyRouteComponent(() => import('./map/map-page.js'), 'MapPage'),
});

const traces = createRoute({
  getParentRoute: () => root,
  path: '/traces',
  component: lazyRouteComponent(() => import('./traces/traces-page.js'), 'TracesPage'),
});

const trace = createRoute({
  getParentRoute: () => root,
  path: '/traces/$traceId',
  component: lazyRouteComponent(() => import('./trace/trace-page.js'), 'TracePage'),
});

const logs = createRoute({
  getParentRoute: () => root,
  path: '/logs',
  component: lazyRouteComponent(() => import('./logs/logs-page.js'), 'LogsPage'),
});

const difference = createRoute({
  getParentRoute: () => root,
  path: '/difference',
  component: lazyRouteComponent(() => import('./difference/difference-page.js'), 'DifferencePage'),
});

const errors = createRoute({
  getParentRoute: () => root,
  path: '/errors',
  component: lazyRouteComponent(() => import('./errors/errors-page.js'), 'ErrorsPage'),
});

const error = createRoute({
  getParentRoute: () => root,
  path: '/errors/$id',
  component: lazyRouteComponent(() => import('./errors/error-page.js'), 'ErrorPage'),
});

const findings = createRoute({
  getParentRoute: () => root,
  path: '/findings',
  component: lazyRouteComponent(() => import('./findings/findings-page.js'), 'FindingsPage'),
});

const finding = createRoute({
  getParentRoute: () => root,
  path: '/findings/$id',
  component: lazyRouteComponent(() => import('./findings/finding-page.js'), 'FindingPage'),
});

const databases = createRoute({
  getParentRoute: () => root,
  path: '/databases',
  component: lazyRouteComponent(() => import('./databases/databases-page.js'), 'DatabasesPage'),
});

const databaseQuery = createRoute({
  getParentRoute: () => root,
  path: '/databases/$name/queries/$hash',
  component: lazyRouteComponent(() => import('./databases/query-page.js'), 'QueryPage'),
});

const caches = createRoute({
  getParentRoute: () => root,
  path: '/caches',
  component: lazyRouteComponent(() => import('./caches/caches-page.js'), 'CachesPage'),
});

const tasks = createRoute({
  getParentRoute: () => root,
  path: '/tasks',
  component: lazyRouteComponent(() => import('./tasks/tasks-page.js'), 'TasksPage'),
});

const external = createRoute({
  getParentRoute: () => root,
  path: '/external',
  component: lazyRouteComponent(() => import('./external/external-page.js'), 'ExternalPage'),
});

const metrics = createRoute({
  getParentRoute: () => root,
  path: '/metrics',
  component: lazyRouteComponent(() => import('./metrics/metrics-page.js'), 'MetricsPage'),
});

const dashboards = createRoute({
  getParentRoute: () => root,
  path: '/dashboards',
  component: lazyRouteComponent(() => import('./dashboards/dashboards-page.js'), 'DashboardsPage'),
});

const dashboard = createRoute({
  getParentRoute: () => root,
  path: '/dashboards/$uid',
  component: lazyRouteComponent(() => import('./dashboards/dashboard-page.js'), 'DashboardPage'),
});

const profiles = createRoute({
  getParentRoute: () => root,
  path: '/profiles',
  component: lazyRouteComponent(() => import('./flame/profiles-page.js'), 'ProfilesPage'),
});

const traceFlame = createRoute({
  getParentRoute: () => root,
  path: '/flame',
  component: lazyRouteComponent(() => import('./flame/trace-flame-page.js'), 'TraceFlamePage'),
});

const uptime = createRoute({
  getParentRoute: () => root,
  path: '/uptime',
  component: lazyRouteComponent(() => import('./uptime/uptime-page.js'), 'UptimePage'),
});

const check = createRoute({
  getParentRoute: () => root,
  path: '/uptime/$id',
  component: lazyRouteComponent(() => import('./uptime/check-page.js'), 'CheckPage'),
});

const usage = createRoute({
  getParentRoute: () => root,
  path: '/usage',
  component: lazyRouteComponent(() => import('./usage/usage-page.js'), 'UsagePage'),
});

const settingsData = createRoute({
  getParentRoute: () => root,
  path: '/settings/data',
  component: lazyRouteComponent(() => import('./settings/data-page.js'), 'DataPage'),
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
