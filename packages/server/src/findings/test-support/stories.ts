import type { FindingKind } from '../detector.js';
import { blockedEventLoop } from './stories/blocked-event-loop.js';
import { chattyService } from './stories/chatty-service.js';
import { missingPagination } from './stories/missing-pagination.js';
import { nPlusOneCache } from './stories/n-plus-one-cache.js';
import { nPlusOneHttp } from './stories/n-plus-one-http.js';
import { nPlusOneSql } from './stories/n-plus-one-sql.js';
import { oversizedPayload } from './stories/oversized-payload.js';
import { poolStarvation } from './stories/pool-starvation.js';
import { retryStorm } from './stories/retry-storm.js';
import { sequentialAwaits } from './stories/sequential-awaits.js';
import { slowQuery } from './stories/slow-query.js';
import { unboundedResult } from './stories/unbounded-result.js';
import type { Story } from './story.js';

/** By kind: what is wrong, and what looks like it and is not. Written from how real systems run, before the detectors were tried on them. */
export const stories: { readonly [Kind in FindingKind]: readonly Story[] } = {
  'n-plus-one-sql': nPlusOneSql,
  'n-plus-one-http': nPlusOneHttp,
  'n-plus-one-cache': nPlusOneCache,
  'sequential-awaits': sequentialAwaits,
  'slow-query': slowQuery,
  'unbounded-result': unboundedResult,
  'missing-pagination': missingPagination,
  'chatty-service': chattyService,
  'retry-storm': retryStorm,
  'pool-starvation': poolStarvation,
  'blocked-event-loop': blockedEventLoop,
  'oversized-payload': oversizedPayload,
};
