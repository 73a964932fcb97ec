import { placeOf } from '../calls.js';
import { isFileRoute } from '../file-route.js';
import type { Detector } from '../detector.js';
import { durationUs, factOf, numberOf } from '../trace-spans.js';
import { readsAll } from './unbounded-result.js';

/** A list is long from so many rows on, relative to `manyRows`: what is sent to a browser is smaller than what a program may read. */
const shareOfMany = 0.5;
const leastBytes = 100_000;
const pageNames =
  /(?:^|&)(?:page|limit|offset|cursor|after|before|first|last|top|skip|take|size|per_?page|page_?size|count|start|page_?token|\w*since)(?:\[\w+\])?=/i;

/** A `GET` that answers with a whole table: many rows read without a limit, a large answer, and no word of a page. Innocent are files, exports, sums and pages. */
export const missingPagination: Detector = {
  kind: 'missing-pagination',
  title: 'List without pages',
  needs: 'server spans with `http.response.body.size`, and queries with their rows',
  find({ trace, calls, thresholds }) {
    return calls.queries.flatMap(call => {
      const { entry, rows = 0 } = call;
      if (rows < thresholds.manyRows * shareOfMany || !readsAll(call) || trace.kind[entry] !== 2) return [];
      if (
        factOf(trace, entry, 'http.request.method', 'http.method').toUpperCase() !== 'GET' ||
        trace.isError[entry] === 1
      )
        return [];
      const bytes = numberOf(trace, entry, 'http.response.body.size', 'http.response_content_length') ?? 0;
      const asked =
        factOf(trace, entry, 'url.query') || (factOf(trace, entry, 'http.target', 'http.url').split('?')[1] ?? '');
      if (bytes < leastBytes || pageNames.test(asked) || isFileRoute(trace, entry)) return [];
      // An answer with a few bytes per row is made of something else than of these rows.
      if (bytes / rows < 20) return [];
      const route = factOf(trace, entry, 'http.route') || (trace.name[entry] ?? '');
      return [
        {
          entry,
          subject: call.summary,
          spans: [entry, call.span],
          times: 1,
          lostUs: durationUs(trace, entry) * (1 - 100 / Math.max(rows, 100)),
          facts: {
            system: call.system,
            database: call.database,
            statement: call.text,
            table: call.statement.table,
            qualifiedTable: call.statement.qualifiedTable,
            rows: String(rows),
            bytes: String(bytes),
            route,
            place: placeOf(trace, [call.span]),
            orm: factOf(trace, call.span, 'bellwether.orm.name'),
            model: factOf(trace, call.span, 'bellwether.orm.model'),
            operation: factOf(trace, call.span, 'bellwether.orm.operation'),
          },
        },
      ];
    });
  },
};
