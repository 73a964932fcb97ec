import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { apiPerformance } from './api-performance.js';
import { business } from './business.js';
import { databasePerformance } from './database-performance.js';
import { performance } from './performance.js';
import { systemHealth } from './system-health.js';
import { tenants } from './tenants.js';

/** The dashboards that come with the product; `built-in/<file>.json` holds what they build. */
export const builtIn: Readonly<Record<string, () => DashboardBuilder>> = {
  'api-performance': apiPerformance,
  'system-health': systemHealth,
  business,
  'database-performance': databasePerformance,
  tenants,
  performance,
};
