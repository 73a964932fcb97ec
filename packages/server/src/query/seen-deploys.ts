import { type Asker, ask } from './asker.js';
import { groupBy } from './group-by.js';
import { type TimeWindow, chooseSteps, inWindow, windowParams } from './time-window.js';

/** A version of a service that began to be seen while another one was there. */
export interface SeenDeploy {
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  /** The one that was there before it; '' for one that tells none. */
  readonly previous: string;
  readonly atMs: number;
  /** It was there before the one that it takes the place of. */
  readonly isRollback: boolean;
}

/** How often a version of a service and environment was seen in a step; steps are numbered, those without anything are left out. */
export interface VersionStep {
  readonly version: string;
  readonly step: number;
  /** Its first and its last minute in the step, milliseconds since 1970. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly count: number;
}

const minuteMs = 60_000;
const lookbackMs = 24 * 3_600_000;
const maxSteps = 720;
const maxRows = 200_000;
/** A version that should have answered so many of the requests meanwhile, by its share before, and did none, was gone: by accident that happens in less than one of a hundred cases (e^-5). */
const expectedCount = 5;

/**
 * The deploys of a range, the oldest first: a version that is seen for the first time in a day while another was there, and one that is seen again after it was gone.
 * Of one service, or of all of them.
 */
export async function seenDeploys(
  asker: Asker,
  { service, env, ...window }: TimeWindow & { readonly service: string | undefined; readonly env: string | undefined },
): Promise<readonly SeenDeploy[]> {
  const { stepMs } = chooseSteps(window, maxSteps, minuteMs);
  const scope = `workspace = {workspace:String} AND ${inWindow('minute')}${service === undefined ? '' : ' AND service = {service:String}'}${env === undefined ? '' : ' AND environment = {env:String}'}`;
  const rows = await ask<{
    service: string;
    environment: string;
    version: string;
    first: string;
    step: string;
    last: string;
    n: string;
  }>(asker, {
    // What lies before the range is one step: only who was there matters.
    sql: `SELECT service, environment, version, step, min(atMs) AS first, max(atMs) AS last, sum(count) AS n
FROM (
  SELECT service, environment, version, count, toInt64(toUnixTimestamp(minute)) * 1000 AS atMs, if(atMs < {rangeFromMs:Int64}, 0, intDiv(atMs - {rangeFromMs:Int64}, {stepMs:Int64}) + 1) AS step
  FROM operation_minutes
  WHERE ${scope} AND (service, environment) IN (SELECT service, environment FROM operation_minutes WHERE ${scope} GROUP BY service, environment HAVING uniqExact(version) > 1)
)
GROUP BY service, environment, version, step
ORDER BY step, first, version LIMIT {limit:UInt32}`,
    params: {
      ...windowParams({ fromMs: window.fromMs - lookbackMs, toMs: window.toMs }),
      rangeFromMs: Math.floor(window.fromMs),
      stepMs,
      limit: maxRows,
      ...(service !== undefined && { service }),
      ...(env !== undefined && { env }),
    },
  });
  const byPlace = groupBy(rows, row => JSON.stringify([row.service, row.environment]));
  return [...byPlace.values()]
    .flatMap(steps => {
      const [place] = steps;
      const seen = steps.map(({ version, step, first, last, n }) => ({
        version,
        step: Number(step),
        firstMs: Number(first),
        lastMs: Number(last),
        count: Number(n),
      }));
      return deploysOf(seen).map(deploy => ({
        service: place?.service ?? '',
        environment: place?.environment ?? '',
        ...deploy,
      }));
    })
    .filter(({ atMs }) => atMs >= window.fromMs)
    .toSorted((a, b) => a.atMs - b.atMs || a.service.localeCompare(b.service));
}

interface Past {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly count: number;
  /** Requests of all versions before its first step, and until the end of its last. */
  readonly sumBefore: number;
  readonly sumAfter: number;
}

/** The deploys that these steps tell of, which come in their order. */
export function deploysOf(
  steps: readonly VersionStep[],
): readonly Pick<SeenDeploy, 'version' | 'previous' | 'atMs' | 'isRollback'>[] {
  const past = new Map<string, Past>();
  const found: Pick<SeenDeploy, 'version' | 'previous' | 'atMs' | 'isRollback'>[] = [];
  /** Requests of all versions before the step. */
  let sum = 0;
  for (const [, seen] of groupBy(steps, ({ step }) => step)) {
    const sumAfter = sum + seen.reduce((all, { count }) => all + count, 0);
    for (const { version, firstMs, lastMs, count } of seen) {
      const own = past.get(version);
      const [previous, before] = newestOther(past, version);
      if (version !== '' && previous !== undefined && (own === undefined || wasGone(own, sum))) {
        const isRollback = own !== undefined && before !== undefined && own.firstMs < before.firstMs;
        found.push({ version, previous, atMs: firstMs, isRollback });
      }
      past.set(version, {
        firstMs: own?.firstMs ?? firstMs,
        lastMs,
        count: (own?.count ?? 0) + count,
        sumBefore: own?.sumBefore ?? sum,
        sumAfter,
      });
    }
    sum = sumAfter;
  }
  return found;
}

/** Whether none of the requests since its last step was its own, although some should have been. Steps in which it and others were seen tell nothing. */
function wasGone({ count, sumBefore, sumAfter }: Past, sum: number): boolean {
  if (count < expectedCount) return false;
  // A share that few requests tell of may be smaller.
  const share = (count - Math.sqrt(count)) / Math.max(sumAfter - sumBefore, 1);
  return share * (sum - sumAfter) >= expectedCount;
}

function newestOther(
  past: ReadonlyMap<string, Past>,
  version: string,
): readonly [string, Past] | readonly [undefined, undefined] {
  let newest: readonly [string, Past] | readonly [undefined, undefined] = [undefined, undefined];
  for (const [name, seen] of past) {
    if (name !== version && (newest[1] === undefined || seen.lastMs >= newest[1].lastMs)) newest = [name, seen];
  }
  return newest;
}
