import { jsonCommandShape } from './json-command.js';
import { redisCommandShape } from './redis-command.js';
import { sqlShape } from './sql-shape.js';
import type { StatementShape } from './statement-shape.js';

const keyValueStores = new Set(['redis', 'valkey', 'memcached', 'dragonfly', 'keydb']);
const documentStores = new Set([
  'mongodb',
  'mongoose',
  'elasticsearch',
  'opensearch',
  'documentdb',
  'aws.documentdb',
  'azure.cosmosdb',
]);

/** A database statement without its values, read in the language of `system` (the value of `db.system.name`, '' when it is not known). */
export function statementShape(text: string, system: string): StatementShape {
  const name = system.toLowerCase();
  if (keyValueStores.has(name)) return redisCommandShape(text);
  if (documentStores.has(name) || /^\s*[{[]/.test(text)) return jsonCommandShape(text);
  return sqlShape(text, name);
}
