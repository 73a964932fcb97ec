const databases =
  /^(?:postgres|mysql|mariadb|mssql|microsoft\.sql|sqlite|oracle|mongo|cassandra|clickhouse|cockroach|dynamo|aws\.dynamo|elasticsearch|opensearch|couchbase|couchdb|neo4j|db2|firebird|spanner|gcp\.spanner|azure\.cosmos|influxdb|other_sql|sql)/i;
const caches = /^(?:redis|valkey|memcached|hazelcast|dragonfly)/i;
const queues =
  /^(?:kafka|rabbitmq|nats|pulsar|activemq|rocketmq|aws_sqs|aws\.sqs|aws\.sns|gcp_pubsub|servicebus|eventhubs|bullmq|jobs|queue|jms)/i;

/** What kind of thing a peer is. The receiver names it by its system and name, or by its address. */
export function peerType(peer: string, isProduced: boolean): 'queue' | 'cache' | 'db' | 'http' | 'other' {
  if (isProduced || queues.test(peer)) return 'queue';
  if (caches.test(peer)) return 'cache';
  if (databases.test(peer)) return 'db';
  return /[.:]|^[\w-]+$/.test(peer) && peer !== '' ? 'http' : 'other';
}
