export type { Components, StartOptions } from './config/config.js';
export type { Attachment } from './instrument/instrumentation.js';
export { type Bellwether, type Report, start } from './start.js';
export { setTenant, type TenantOptions } from './user/set-tenant.js';
export { traced, type TracedOptions } from './user/traced.js';
export { extract, inject } from './user/carrier.js';
