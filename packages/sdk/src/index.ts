export type { Components, StartOptions } from './config/config.js';
export type { Attachment } from './instrument/instrumentation.js';
export { type Bellwether, type Report, start } from './start.js';
export { addBreadcrumb, type Breadcrumb } from './user/breadcrumbs.js';
export { captureException } from './user/capture-exception.js';
export type { CaptureHint } from './user/capture-hint.js';
export { captureMessage } from './user/capture-message.js';
export type { BeforeSend, ErrorEvent } from './errors/error-event.js';
export type { IgnoreRule } from './errors/ignore-rule.js';
export type { Level, TagValue } from './core/surroundings.js';
export { setContext } from './user/set-context.js';
export { setExtra } from './user/set-extra.js';
export { setRequestId } from './user/set-request-id.js';
export { setTag, setTags } from './user/set-tag.js';
export { setUser, type User } from './user/set-user.js';
export { type ErrorScope, withScope } from './user/scope-with.js';
export { setTenant, type TenantOptions } from './user/set-tenant.js';
export { traced, type TracedOptions } from './user/traced.js';
export type { FunctionDecorator } from './user/decorators/function-decorator.js';
export { monitoredCacheOperation } from './user/decorators/monitored-cache-operation.js';
export { monitoredTaskProcessing, type TaskProcessingOptions } from './user/decorators/monitored-task-processing.js';
export { type DatabaseQueryOptions, trackDatabaseQuery } from './user/decorators/track-database-query.js';
export { trackExternalService } from './user/decorators/track-external-service.js';
export { trackPerformance } from './user/decorators/track-performance.js';
export {
  type Business,
  business,
  type BusinessEvents,
  type BusinessHold,
  type CommonFacts,
  type FactsOf,
  type TellEvent,
} from './user/business/business.js';
export type { EventOutcome } from './user/business/event-writer.js';
export { extract, inject } from './user/carrier.js';
