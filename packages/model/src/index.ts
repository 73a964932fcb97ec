export * from './api/fields.js';
export * from './api/logs.js';
export * from './api/services.js';
export * from './api/status.js';
export * from './api/time-range.js';
export * from './api/traces.js';
