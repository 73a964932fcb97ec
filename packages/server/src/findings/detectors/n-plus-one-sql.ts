import { groupCalls, placeOf, type QueryCall } from '../calls.js';
import type { Detector, Evidence, Found } from '../detector.js';
import { ormOf } from '../rewrite/relation.js';
import { callBefore, isPoll, median } from '../repeated-calls.js';
import { busyUs, factOf, isJob, longest, mostAtOnce } from '../trace-spans.js';

/** Less than that is not worth a round trip saved, whatever the count. */
const leastLostUs = 500;

/**
 * The same read again and again in one request, one after the other or all at once, each for one key of what was read before.
 *
 * Innocent are pages of one result, batches that are given many keys, polls, cursors, and what is written or failed.
 */
export const nPlusOneSql: Detector = {
  kind: 'n-plus-one-sql',
  title: 'N+1 queries',
  needs: 'client spans of queries with their text or summary',
  find(evidence) {
    const { trace, calls, thresholds } = evidence;
    return groupCalls(calls.queries, ({ shape }) => shape).flatMap(group => {
      const [first] = group;
      if (first === undefined || group.length < thresholds.repeatedCalls || !isLookUp(first)) return [];
      const good = group.filter(({ span }) => trace.isError[span] === 0);
      const spans = good.map(({ span }) => span);
      if (good.length < thresholds.repeatedCalls || isChunked(good) || isPoll(trace, spans)) return [];
      if (isJob(trace, first.span) && bringsMuch(good)) return [];
      const lostUs = busyUs(trace, spans) - longest(trace, spans);
      return lostUs < leastLostUs ? [] : [found(evidence, good, first, spans, lostUs)];
    });
  },
};

/** A read of some table by the value of a column, not of a list and not a step through a result. */
function isLookUp({ statement, text }: QueryCall): boolean {
  if (!statement.isRead || statement.table === '' || statement.isPage) return false;
  // Where there is only a summary nothing says that it is innocent.
  return text === '' || (statement.isFiltered && statement.keys.length > 0 && !statement.takesList);
}

/** Each brings many rows and there are few of them: a list that is taken in parts. */
function isChunked(group: readonly QueryCall[]): boolean {
  const rows = group.flatMap(call => call.rows ?? []);
  if (rows.length < group.length / 2) return false;
  const full = Math.max(...rows);
  // All but the last have the size of a part.
  return full >= 50 && rows.filter(n => n === full).length >= rows.length - 1;
}

/** A job that goes through its tenants, say, with much to read of each: one query for all of them would be no better. */
function bringsMuch(group: readonly QueryCall[]): boolean {
  const rows = group.flatMap(call => call.rows ?? []);
  return rows.length >= group.length / 2 && median(rows) >= 50;
}

function found(
  { trace, calls }: Evidence,
  group: readonly QueryCall[],
  first: QueryCall,
  spans: readonly number[],
  lostUs: number,
): Found {
  const before = callBefore(
    trace,
    calls.queries,
    first,
    call => call.statement.isRead && call.shape !== first.shape && call.statement.table !== '',
  );
  const fact = (span: number, key: string): string => factOf(trace, span, `bellwether.orm.${key}`);
  return {
    entry: first.entry,
    subject: `${first.summary}${first.statement.keys.length === 0 ? '' : ` by ${first.statement.keys.join(', ')}`}`,
    spans,
    times: group.length,
    lostUs,
    facts: {
      system: first.system,
      database: first.database,
      statement: first.text,
      table: first.statement.table,
      keys: first.statement.keys.join(','),
      place: placeOf(trace, spans),
      orm: ormOf({ orm: fact(first.span, 'name'), statement: first.text }),
      model: fact(first.span, 'model'),
      operation: fact(first.span, 'operation'),
      mode: mostAtOnce(trace, spans) > 1 ? 'at once' : 'one after the other',
      ...(before === undefined
        ? {}
        : {
            beforeTable: before.statement.table,
            beforeModel: fact(before.span, 'model'),
            beforeStatement: before.text,
          }),
    },
  };
}
