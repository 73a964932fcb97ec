import { writeTerm } from '../search/write-term.js';
import { peerTerms } from '../service/peer-terms.js';

const products: ReadonlyMap<string, string> = new Map([
  ['postgresql', 'PostgreSQL'],
  ['mysql', 'MySQL'],
  ['mariadb', 'MariaDB'],
  ['mongodb', 'MongoDB'],
  ['mssql', 'SQL Server'],
  ['microsoft.sql_server', 'SQL Server'],
  ['sqlite', 'SQLite'],
  ['redis', 'Redis'],
  ['memcached', 'Memcached'],
  ['rabbitmq', 'RabbitMQ'],
  ['kafka', 'Kafka'],
  ['bullmq', 'BullMQ'],
  ['elasticsearch', 'Elasticsearch'],
]);

/** A system as its makers write it. */
export function productName(system: string): string {
  return products.get(system.toLowerCase()) ?? system;
}

/** `PostgreSQL shop`. */
export function databaseTitle({ system, namespace }: { readonly system: string; readonly namespace: string }): string {
  return namespace === '' ? productName(system) : `${productName(system)} ${namespace}`;
}

/** Finds the spans of a query in traces. */
export function queryTerms({ database, summary }: { readonly database: string; readonly summary: string }): string {
  return `${peerTerms(database, 'db')} ${writeTerm('name', summary)}`;
}
