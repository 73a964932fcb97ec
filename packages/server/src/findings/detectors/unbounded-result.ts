import { placeOf, type QueryCall } from '../calls.js';
import type { Detector } from '../detector.js';
import { isFileRoute } from '../file-route.js';
import { durationUs, factOf, isJob } from '../trace-spans.js';

const inJobs = 50;

/** Very many rows of a read that nothing bounds. Innocent are limits, stretches of time and the like, lists of keys, sums, cursors, files and exports, the database's own catalogue, and what is written. */
export const unboundedResult: Detector = {
  kind: 'unbounded-result',
  title: 'Result without a bound',
  needs: 'client spans of queries with their text and `db.response.returned_rows`',
  find({ trace, calls, thresholds }) {
    const worst = new Map<string, QueryCall>();
    for (const call of calls.queries) {
      const limit = thresholds.manyRows * (isJob(trace, call.span) ? inJobs : 1);
      if (call.rows === undefined || call.rows < limit || !readsAll(call)) continue;
      if (isFileRoute(trace, call.entry)) continue;
      const key = `${call.entry}\n${call.shape}`;
      if ((worst.get(key)?.rows ?? 0) < call.rows) worst.set(key, call);
    }
    return [...worst.values()].map(call => ({
      entry: call.entry,
      subject: call.summary,
      spans: [call.span],
      times: 1,
      // With a page of a hundred rows in place of all of them.
      lostUs: durationUs(trace, call.span) * (1 - 100 / Math.max(call.rows ?? 100, 100)),
      facts: {
        system: call.system,
        database: call.database,
        statement: call.text,
        table: call.statement.table,
        qualifiedTable: call.statement.qualifiedTable,
        rows: String(call.rows ?? 0),
        place: placeOf(trace, [call.span]),
        orm: factOf(trace, call.span, 'bellwether.orm.name'),
        model: factOf(trace, call.span, 'bellwether.orm.model'),
        operation: factOf(trace, call.span, 'bellwether.orm.operation'),
      },
    }));
  },
};

/** A read of rows that neither a limit nor a stretch nor a list of keys nor a sum bounds, and no cursor. */
export function readsAll({ statement, text }: QueryCall): boolean {
  return (
    text !== '' &&
    statement.isRead &&
    !statement.hasLimit &&
    !statement.takesList &&
    !statement.isAggregate &&
    !statement.isStretch &&
    !statement.isCatalogue &&
    statement.table !== '' &&
    !/^\s*(?:fetch|getmore|declare|copy|explain|show)\b/i.test(text)
  );
}
