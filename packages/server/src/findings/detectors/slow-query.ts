import { placeOf, type QueryCall } from '../calls.js';
import type { Detector, Found } from '../detector.js';
import { durationUs, factOf, isJob } from '../trace-spans.js';

/** Nobody waits for a job: there a query may take so much longer. */
const inJobs = 10;

/** A query that takes too long. Innocent are those that wait on purpose, that change the schema, and bulk work. */
export const slowQuery: Detector = {
  kind: 'slow-query',
  title: 'Slow query',
  needs: 'client spans of queries',
  find({ trace, calls, thresholds }) {
    const found = new Map<string, { first: QueryCall; spans: number[]; lostUs: number }>();
    for (const call of calls.queries) {
      const limitUs = thresholds.slowQueryMs * 1000 * (isJob(trace, call.span) ? inJobs : 1);
      const tookUs = durationUs(trace, call.span);
      if (tookUs < limitUs || waits(call) || (isJob(trace, call.span) && isBulk(call))) continue;
      const key = `${call.entry}\n${call.shape}`;
      const seen = found.get(key) ?? { first: call, spans: [], lostUs: 0 };
      seen.spans.push(call.span);
      seen.lostUs += tookUs - limitUs;
      found.set(key, seen);
    }
    return [...found.values()].map(({ first, spans, lostUs }): Found => ({
      entry: first.entry,
      subject: `${first.summary}${first.statement.keys.length === 0 ? '' : ` by ${first.statement.keys.join(', ')}`}`,
      spans,
      times: spans.length,
      lostUs,
      facts: {
        system: first.system,
        database: first.database,
        statement: first.text,
        table: first.statement.table,
        qualifiedTable: first.statement.qualifiedTable,
        keys: first.statement.keys.join(','),
        place: placeOf(trace, spans),
        orm: factOf(trace, first.span, 'bellwether.orm.name'),
        model: factOf(trace, first.span, 'bellwether.orm.model'),
        slowestUs: String(Math.round(Math.max(...spans.map(span => durationUs(trace, span))))),
      },
    }));
  },
};

const onPurpose =
  /\b(?:pg_sleep|sleep|benchmark|waitfor|pg_(?:try_)?advisory_\w*lock|get_lock|tailable|awaitdata|\$changestream)\b|^\s*(?:listen|notify|wait|lock|copy|vacuum|analyze|reindex|create|alter|drop|refresh|truncate|load|checkpoint|cluster|fetch|getmore|begin|start|commit|rollback|set|explain)\b/i;

function waits({ text, statement, summary }: QueryCall): boolean {
  return (
    onPurpose.test((text || summary).slice(0, 2000)) || /\bcursor\b/i.test(summary) || statement.operation === 'GETMORE'
  );
}

/** What is made for jobs: procedures, and changes of all rows that a condition without a key lets through. */
function isBulk({ text, statement }: QueryCall): boolean {
  if (/^(?:CALL|DO|EXEC|EXECUTE)$/.test(statement.operation)) return true;
  if (/^(?:DELETE|UPDATE)$/.test(statement.operation)) return text !== '' && statement.keys.length === 0;
  return statement.operation === 'INSERT' && /\bselect\b/i.test(text.slice(0, 2000));
}
