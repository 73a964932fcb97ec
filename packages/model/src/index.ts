export {
  dashboardAnswer,
  dashboardImport,
  dashboardKept,
  dashboardParams,
  dashboardSave,
  dashboardsAnswer,
} from './api/dashboards.js';
export type { DashboardAnswer, DashboardKept, DashboardsAnswer } from './api/dashboards.js';
export {
  deployNew,
  deploysAnswer,
  deploysQuery,
  releaseNew,
  releasesAnswer,
  serviceDeploysAnswer,
  serviceDeploysQuery,
  sourceMapKept,
  sourceMapNew,
  told,
} from './api/releases.js';
export type { DeployNew, DeploysAnswer, ReleaseCommit, ReleaseNew, ServiceDeploysAnswer } from './api/releases.js';
export { storageAnswer } from './api/storage.js';
export type { StorageAnswer } from './api/storage.js';
export { cardinalityAnswer, cardinalityQuery } from './api/cardinality.js';
export type { CardinalityAnswer } from './api/cardinality.js';
export { fieldSignal, fieldValuesAnswer, fieldValuesQuery, fieldsAnswer, fieldsQuery } from './api/fields.js';
export type { FieldSignal, FieldValuesAnswer, FieldsAnswer } from './api/fields.js';
export {
  errorAct,
  errorActivity,
  errorActivityAnswer,
  errorActivityQuery,
  errorActs,
  errorActsAnswer,
  errorAnswer,
  errorEventAnswer,
  errorDecision,
  errorDecisionAnswer,
  errorEvent,
  errorFrame,
  errorId,
  errorQuery,
  errorRow,
  errorState,
  errorTag,
  errorTrend,
  errorsAnswer,
  errorsQuery,
  similarErrorsAnswer,
  similarErrorsQuery,
} from './api/errors.js';
export type {
  ErrorActivity,
  ErrorActs,
  ErrorAnswer,
  ErrorEventAnswer,
  ErrorDecision,
  ErrorEvent,
  ErrorFrame,
  ErrorRow,
  ErrorState,
  ErrorsAnswer,
  ErrorsQuery,
  ErrorTag,
  ErrorTrend,
  SimilarErrors,
  SuspectRelease,
} from './api/errors.js';
export {
  findingAnswer,
  findingActs,
  findingActsAnswer,
  findingDecision,
  findingDecisionAnswer,
  findingEvidence,
  findingId,
  findingKind,
  findingQuery,
  findingRewrite,
  findingRow,
  findingState,
  findingsAnswer,
  findingsQuery,
  traceFindingsAnswer,
} from './api/findings.js';
export type {
  FindingAnswer,
  FindingActs,
  FindingDecision,
  FindingEvidence,
  FindingKind,
  FindingRewrite,
  FindingRow,
  FindingState,
  FindingsAnswer,
  FindingsQuery,
  TraceFindingsAnswer,
} from './api/findings.js';
export { ledgerAnswer } from './api/ledger.js';
export type { LedgerAnswer } from './api/ledger.js';
export {
  logContextAnswer,
  logContextQuery,
  logDetailAnswer,
  logDetailQuery,
  logHistogramAnswer,
  logLevel,
  logPattern,
  logPatternTrend,
  logPatternsAnswer,
  logPatternsQuery,
  logRow,
  logTailEvent,
  logTailQuery,
  logsAnswer,
  logsQuery,
  traceLogsAnswer,
  traceLogsQuery,
} from './api/logs.js';
export type {
  LogContextAnswer,
  LogContextQuery,
  LogDetailAnswer,
  LogHistogramAnswer,
  LogLevel,
  LogPattern,
  LogPatternTrend,
  LogPatternsAnswer,
  LogRow,
  LogTailEvent,
  LogTailQuery,
  LogsAnswer,
  LogsQuery,
  TraceLogsAnswer,
} from './api/logs.js';
export {
  dependencyRow,
  endpointRow,
  overviewAnswer,
  serviceChartsAnswer,
  overviewQuery,
  redSeries,
  redTotals,
  serviceRow,
  serviceStatus,
  servicesAnswer,
  servicesQuery,
} from './api/services.js';
export type {
  DependencyRow,
  EndpointRow,
  OverviewAnswer,
  ServiceChartsAnswer,
  OverviewQuery,
  RedSeries,
  RedTotals,
  ServiceRow,
  ServiceStatus,
  ServicesAnswer,
  ServicesQuery,
} from './api/services.js';
export { apiError, flushAnswer, signalStatus, statusAnswer } from './api/status.js';
export type { ApiError, FlushAnswer, StatusAnswer } from './api/status.js';
export { epochMs, epochNs, spanIdHex, timeRange, traceIdHex } from './api/time-range.js';
export type { TimeRange } from './api/time-range.js';
export {
  attribute,
  histogramQuery,
  spanAnswer,
  spanEvent,
  spanLink,
  traceAnswer,
  traceHistogramAnswer,
  traceRow,
  traceSort,
  tracesAnswer,
  tracesQuery,
} from './api/traces.js';
export type {
  Attribute,
  HistogramQuery,
  SpanAnswer,
  SpanEvent,
  SpanLink,
  TraceAnswer,
  TraceHistogramAnswer,
  TraceRow,
  TraceSort,
  TracesAnswer,
  TracesQuery,
} from './api/traces.js';
export { explainAnswer, metricsAnswer } from './api/metrics.js';
export type { ExplainAnswer, MetricsAnswer } from './api/metrics.js';
export { SearchError } from './search/ast.js';
export type { CompareOperator, FieldRef, Pattern, Place, SearchNode, SearchSignal } from './search/ast.js';
export { completionContext } from './search/completion.js';
export type { CompletionContext } from './search/completion.js';
export { errorCompletion, errorField, errorFields, errorTerms, tagKey } from './search/error-search.js';
export type { ErrorTerm } from './search/error-search.js';
export { parseDurationNs } from './search/duration.js';
export { builtinField, fieldCatalogue, levelNumbers, resolveField } from './search/field-catalogue.js';
export type { Field } from './search/field-catalogue.js';
export { maxSearchLength, parseSearch } from './search/parse-search.js';
export { printKey, printSearch } from './search/print-search.js';
export { profileAnswer, profileParams, profilesAnswer, profilesQuery } from './api/profiles.js';
export type { ProfileRow } from './api/profiles.js';
export { difference, differenceAnswer, differenceQuery, differenceValue } from './api/difference.js';
export type { Difference, DifferenceAnswer, DifferenceQuery, DifferenceValue } from './api/difference.js';
export {
  answerSteps,
  callFigures,
  callSample,
  callSeries,
  callerRow,
  collectionRow,
  databaseQueryAnswer,
  databaseQueryQuery,
  databaseRow,
  databasesAnswer,
  databasesQuery,
  poolRow,
  queryId,
  queryRow,
} from './api/databases.js';
export type {
  CallFigures,
  CallSample,
  CallSeries,
  CallerRow,
  CollectionRow,
  DatabaseQueryAnswer,
  DatabaseRow,
  DatabasesAnswer,
  PoolRow,
  QueryRow,
} from './api/databases.js';
export { queryHash } from './query-hash.js';
export { instanceRow, limitForecast, runtimeAnswer, runtimeQuery } from './api/runtime.js';
export type { InstanceRow, LimitForecast, RuntimeAnswer } from './api/runtime.js';
export {
  activeUsersAnswer,
  activeUsersQuery,
  funnelAnswer,
  funnelQuery,
  usageAnswer,
  usageQuery,
} from './api/usage.js';
export type { ActiveUsersAnswer, FunnelAnswer, UsageAnswer } from './api/usage.js';
export { mapAnswer, mapEdge, mapNode, mapNodeKind, mapQuery } from './api/map.js';
export type { MapAnswer, MapEdge, MapNode, MapNodeKind } from './api/map.js';
export { lookupAnswer, lookupPlace, lookupQuery } from './api/lookup.js';
export type { LookupAnswer, LookupPlace } from './api/lookup.js';
export { savedView, viewChange, viewParams, viewToSave, viewsAnswer } from './api/views.js';
export type { SavedView, ViewChange, ViewToSave, ViewsAnswer } from './api/views.js';
export { maintenanceRow, maintenanceTime, maintenanceWindow } from './api/maintenance.js';
export type { MaintenanceRow, MaintenanceTime, MaintenanceWindow } from './api/maintenance.js';
export {
  checkAnswer,
  checkDefinition,
  checkIncident,
  checkRow,
  checkRun,
  checksAnswer,
  checkState,
  failureReason,
  statusPageSettings,
  statusStage,
  statusUpdate,
} from './api/uptime.js';
export type {
  CheckAnswer,
  CheckDefinition,
  CheckIncident,
  CheckRow,
  CheckRun,
  ChecksAnswer,
  CheckState,
  FailureReason,
  StatusPageSettings,
  StatusUpdate,
} from './api/uptime.js';
export { flameAnswer, flameQuery } from './api/flame.js';
export type { FlameAnswer } from './api/flame.js';
export { offendersAnswer, offendersQuery } from './api/offenders.js';
export type { OffenderRow, OffendersAnswer } from './api/offenders.js';
export { traceSamplesAnswer, traceSamplesQuery } from './api/trace-samples.js';
export type { TraceSample, TraceSamplesAnswer } from './api/trace-samples.js';
export { drainEstimate, queueRow, taskRow, tasksAnswer, tasksQuery } from './api/tasks.js';
export type { DrainEstimate, QueueRow, TaskRow, TasksAnswer } from './api/tasks.js';
export {
  cacheEviction,
  cacheMemory,
  cacheOperation,
  cacheRow,
  cacheSign,
  cachesAnswer,
  cachesQuery,
  keyPatternRow,
} from './api/caches.js';
export type {
  CacheEviction,
  CacheMemory,
  CacheOperation,
  CacheRow,
  CacheSign,
  CachesAnswer,
  KeyPatternRow,
} from './api/caches.js';
export { externalAnswer, externalQuery, vendorOperation, vendorRow } from './api/external.js';
export type { ExternalAnswer, VendorOperation, VendorRow } from './api/external.js';
