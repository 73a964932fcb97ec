import type { Value } from '../otlp-writer.js';

/** Tags of Zipkin's own instrumentations (Brave, zipkin-js) and of older OpenTelemetry, under the names that OpenTelemetry has now. */
const names: ReadonlyMap<string, string> = new Map([
  ['http.method', 'http.request.method'],
  ['http.path', 'url.path'],
  ['http.url', 'url.full'],
  ['http.host', 'server.address'],
  ['http.status_code', 'http.response.status_code'],
  ['http.request.size', 'http.request.body.size'],
  ['http.response.size', 'http.response.body.size'],
  ['http.user_agent', 'user_agent.original'],
  ['sql.query', 'db.query.text'],
  ['cassandra.query', 'db.query.text'],
  ['cassandra.keyspace', 'db.namespace'],
  ['redis.command', 'db.operation.name'],
  ['mongodb.command', 'db.operation.name'],
  ['mongodb.collection', 'db.collection.name'],
  ['kafka.topic', 'messaging.destination.name'],
  ['jms.queue', 'messaging.destination.name'],
  ['jms.topic', 'messaging.destination.name'],
  ['rabbit.queue', 'messaging.destination.name'],
  ['amqp.queue', 'messaging.destination.name'],
  ['messaging.channel_name', 'messaging.destination.name'],
  ['grpc.status_code', 'rpc.response.status_code'],
  ['peer.service', 'service.peer.name'],
]);

/** What a tag says beyond its own value. */
const systems: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['cassandra.query', ['db.system.name', 'cassandra']],
  ['redis.command', ['db.system.name', 'redis']],
  ['mongodb.command', ['db.system.name', 'mongodb']],
  ['kafka.topic', ['messaging.system', 'kafka']],
  ['jms.queue', ['messaging.system', 'jms']],
  ['jms.topic', ['messaging.system', 'jms']],
  ['rabbit.queue', ['messaging.system', 'rabbitmq']],
]);

/** Attributes that OpenTelemetry has as integers; tags are text. */
const integers: ReadonlySet<string> = new Set([
  'http.response.status_code',
  'http.request.body.size',
  'http.response.body.size',
  'http.request.resend_count',
  'server.port',
  'client.port',
  'network.peer.port',
  'network.local.port',
  'process.pid',
  'process.parent_pid',
]);

/** First parts of names that describe who sends, not one span. */
const resourceNames =
  /^(?:service|telemetry|host|os|process|container|k8s|cloud|deployment|device|webengine|aws\.(?:ecs|eks|log))\./;

export function isResourceName(name: string): boolean {
  return resourceNames.test(name) && !name.startsWith('service.peer.');
}

/** Tags as attributes, in their order. A name that OpenTelemetry has changed is changed, unless the tags hold the new one as well. */
export function attributesOfTags(tags: ReadonlyMap<string, string>): Map<string, Value> {
  const attributes = new Map<string, Value>();
  for (const [tag, text] of tags) {
    const renamed = names.get(tag);
    const name = renamed === undefined || tags.has(renamed) ? tag : renamed;
    attributes.set(name, integers.has(name) && /^\d{1,15}$/.test(text) ? Number(text) : text);
    const system = systems.get(tag);
    if (system !== undefined && !tags.has(system[0])) attributes.set(...system);
  }
  return attributes;
}
