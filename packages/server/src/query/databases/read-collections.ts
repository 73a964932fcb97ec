import type { CollectionRow, DatabasesAnswer } from '@bellwether/model';
import { inEnvironment, type MetricQuestions, type MetricValue } from '../metric-reader.js';
import type { TimeWindow } from '../time-window.js';
import { databaseName } from './list-databases.js';

const maxCollections = 500;

/** What databases say of how much is in them. Several processes tell the same of one database, so the greatest counts. */
export async function readCollections(
  metrics: MetricQuestions,
  { fromMs, toMs, env, db }: TimeWindow & { readonly env: string | undefined; readonly db: string | undefined },
): Promise<Pick<DatabasesAnswer, 'collections' | 'collectionTotals'>> {
  // They are told every few minutes, and kept for a while after.
  const last = (metric: string): string => inEnvironment(`last_over_time(${metric}[1h])`, env);
  const rows = `max by (db_system_name, db_namespace, db_collection_name) (${last('db_collection_rows')})`;
  const [now, before, totals] = await Promise.all([
    metrics.at(rows, toMs),
    metrics.at(rows, fromMs),
    metrics.at(`max by (db_system_name, db_namespace) (${last('db_collections')})`, toMs),
  ]);
  const isShown = ({ labels }: MetricValue): boolean => {
    if (db === undefined) return true;
    const { system, namespace } = databaseName(db);
    return labels.get('db_system_name') === system && (labels.get('db_namespace') ?? '') === namespace;
  };
  const earlier = new Map(before.map(({ labels, value }) => [keyOf(labels), value]));
  const collections = now
    .filter(isShown)
    .map(({ labels, value }): CollectionRow => {
      const then = earlier.get(keyOf(labels));
      return {
        ...databaseOf(labels),
        collection: labels.get('db_collection_name') ?? '',
        rows: value,
        grown: then === undefined ? null : value - then,
      };
    })
    .sort((a, b) => b.rows - a.rows || a.collection.localeCompare(b.collection))
    .slice(0, maxCollections);
  return {
    collections,
    collectionTotals: totals.filter(isShown).map(({ labels, value }) => {
      const database = databaseOf(labels);
      const own = now.filter(one => JSON.stringify(databaseOf(one.labels)) === JSON.stringify(database));
      return { ...database, collections: value, rows: own.reduce((sum, one) => sum + one.value, 0) };
    }),
  };
}

function databaseOf(labels: ReadonlyMap<string, string>): { readonly system: string; readonly namespace: string } {
  return { system: labels.get('db_system_name') ?? '', namespace: labels.get('db_namespace') ?? '' };
}

function keyOf(labels: ReadonlyMap<string, string>): string {
  return [labels.get('db_system_name'), labels.get('db_namespace'), labels.get('db_collection_name')].join('\n');
}
