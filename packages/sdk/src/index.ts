export type { Components, StartOptions } from './config/config.js';
export type { DestinationOption } from './destinations/custom-destination.js';
export type { PrometheusRegistry } from './destinations/prometheus/registry-families.js';
export { includePrometheusRegistry, prometheusMetrics } from './user/prometheus-metrics.js';
export type { DeliveryReport } from './export/delivery.js';
export type { Attachment } from './instrument/instrumentation.js';
export { type Bellwether, type Report, start } from './start.js';
export { addBreadcrumb, type Breadcrumb } from './user/breadcrumbs.js';
export { captureException } from './user/capture-exception.js';
export type { CaptureHint } from './user/capture-hint.js';
export { captureMessage } from './user/capture-message.js';
export type { BeforeSend, ErrorEvent } from './errors/error-event.js';
export { type LineStream, type LoggerOptions, logging, type PinoOptions } from './logging/logging.js';
export type { LoggerVolume } from './logging/log-gate.js';
export type { IgnoreRule } from './errors/ignore-rule.js';
export type { Level, TagValue } from './core/surroundings.js';
export { setContext } from './user/set-context.js';
export { setExtra } from './user/set-extra.js';
export { setRequestId } from './user/set-request-id.js';
export { setTag, setTags } from './user/set-tag.js';
export { setUser, type User } from './user/set-user.js';
export { type ErrorScope, withScope } from './user/scope-with.js';
export { setTenant, type TenantOptions } from './user/set-tenant.js';
export { serverless, type ServerlessOptions } from './user/serverless/serverless.js';
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
export type { Check, CheckOptions, CheckResult, HealthStatus } from './health/check.js';
export type { CheckOutcome } from './health/check-runner.js';
export { type Health, health, type HealthAnswer, type HealthOptions, type HealthReport } from './health/health.js';
export { type Admin, admin, type AdminOptions } from './admin/admin.js';
export {
  type CollectionCounts,
  type CountCollections,
  mongoCollections,
  postgresTables,
} from './admin/collection-counts.js';
export type { Guard } from './admin/guard.js';
export { diskCheck, type DiskCheckOptions } from './health/checks/disk.js';
export { eventLoopCheck, type EventLoopCheckOptions } from './health/checks/event-loop.js';
export { httpCheck, type HttpCheckOptions } from './health/checks/http.js';
export { mongoCheck } from './health/checks/mongo.js';
export { mysqlCheck } from './health/checks/mysql.js';
export { postgresCheck } from './health/checks/postgres.js';
export { redisCheck } from './health/checks/redis.js';
export { profile, type ProfileOptions } from './profile/profile.js';
export type { ProfileKind, TakenProfile } from './profile/take-profile.js';
export { observe, type Observed, type ObservedFramework } from './user/observe.js';
export { expressErrors, expressRequests } from './user/frameworks/express-middleware.js';
export { fastifyRequests } from './user/frameworks/fastify-plugin.js';
export { honoRequests } from './user/frameworks/hono-middleware.js';
export { koaRequests } from './user/frameworks/koa-middleware.js';
export { extract, inject } from './user/carrier.js';
