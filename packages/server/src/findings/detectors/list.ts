import type { Detector } from '../detector.js';
import { blockedEventLoop } from './blocked-event-loop.js';
import { chattyService } from './chatty-service.js';
import { missingPagination } from './missing-pagination.js';
import { nPlusOneCache } from './n-plus-one-cache.js';
import { nPlusOneHttp } from './n-plus-one-http.js';
import { nPlusOneSql } from './n-plus-one-sql.js';
import { oversizedPayload } from './oversized-payload.js';
import { poolStarvation } from './pool-starvation.js';
import { retryStorm } from './retry-storm.js';
import { sequentialAwaits } from './sequential-awaits.js';
import { slowQuery } from './slow-query.js';
import { unboundedResult } from './unbounded-result.js';

/** All that is looked for. A new one is a file here, a line, and its kind in `detector.ts`. */
export const detectors: readonly Detector[] = [
  nPlusOneSql,
  nPlusOneHttp,
  nPlusOneCache,
  sequentialAwaits,
  slowQuery,
  unboundedResult,
  missingPagination,
  chattyService,
  retryStorm,
  poolStarvation,
  blockedEventLoop,
  oversizedPayload,
];
