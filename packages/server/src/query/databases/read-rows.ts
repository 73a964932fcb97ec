import { operationKey } from '../calls/read-calls.js';
import { inEnvironment, type MetricQuestions, rangeOf } from '../metric-reader.js';
import type { TimeWindow } from '../time-window.js';

/** Rows of an answer on the average, by `operationKey` of the database and the query's summary; of those whose senders count them (`db.client.response.returned_rows`). */
export async function readRowsPerCall(
  metrics: MetricQuestions,
  { fromMs, toMs, env }: TimeWindow & { readonly env: string | undefined },
): Promise<ReadonlyMap<string, number>> {
  const grown = inEnvironment(`increase(db_client_response_returned_rows[${rangeOf(toMs - fromMs)}])`, env);
  const rows = await metrics.at(
    `histogram_avg(sum by (db_system_name, db_namespace, db_query_summary) (${grown}))`,
    toMs,
  );
  return new Map(
    rows.map(({ labels, value }) => {
      const system = labels.get('db_system_name') ?? '';
      const namespace = labels.get('db_namespace') ?? '';
      const peer = namespace === '' ? system : `${system} ${namespace}`;
      return [operationKey(peer, labels.get('db_query_summary') ?? ''), value];
    }),
  );
}
