import type { Value } from '../otlp-writer.js';
import { put, type AttributeMap } from './attribute-map.js';

/** Names of attributes that Sentry's SDKs still send, and OpenTelemetry's of today (https://opentelemetry.io/docs/specs/semconv/). */
const today: ReadonlyMap<string, string> = new Map([
  ['http.method', 'http.request.method'],
  ['http.request_method', 'http.request.method'],
  ['http.status_code', 'http.response.status_code'],
  ['http.response.status', 'http.response.status_code'],
  ['http.url', 'url.full'],
  ['http.query', 'url.query'],
  ['http.fragment', 'url.fragment'],
  ['http.scheme', 'url.scheme'],
  ['http.user_agent', 'user_agent.original'],
  ['http.client_ip', 'client.address'],
  ['http.request_content_length', 'http.request.body.size'],
  ['http.response_content_length', 'http.response.body.size'],
  ['http.decoded_response_content_length', 'http.response.body.size'],
  ['http.flavor', 'network.protocol.version'],
  ['net.host.name', 'server.address'],
  ['net.host.port', 'server.port'],
  ['net.host.ip', 'network.local.address'],
  ['net.peer.ip', 'network.peer.address'],
  ['net.sock.peer.addr', 'network.peer.address'],
  ['net.sock.peer.port', 'network.peer.port'],
  ['db.system', 'db.system.name'],
  ['db.statement', 'db.query.text'],
  ['db.name', 'db.namespace'],
  ['db.operation', 'db.operation.name'],
  ['db.sql.table', 'db.collection.name'],
  ['db.mongodb.collection', 'db.collection.name'],
  ['messaging.destination', 'messaging.destination.name'],
  ['messaging.message_id', 'messaging.message.id'],
  ['messaging.operation', 'messaging.operation.type'],
  ['enduser.id', 'user.id'],
  ['user.ip_address', 'client.address'],
  ['code.filepath', 'code.file.path'],
  ['code.lineno', 'code.line.number'],
  ['code.function', 'code.function.name'],
]);

/** Short words that mean this only on spans of HTTP requests. */
const ofHttp: ReadonlyMap<string, string> = new Map([
  ['method', 'http.request.method'],
  ['status_code', 'http.response.status_code'],
  ['url', 'url.full'],
]);

/** What older instrumentations say twice, or what is only about the SDK itself. */
const withoutNews = new Set([
  'http.target',
  'http.host',
  'http.status_text',
  'otel.kind',
  'sentry.kind',
  'sentry.sdk.integrations',
  'sentry.trace_lifecycle',
]);

const transports: ReadonlyMap<Value, string> = new Map([
  ['ip_tcp', 'tcp'],
  ['ip_udp', 'udp'],
]);

/**
 * A span's attributes under the names of today. Where an old and a new name say the same, the new one's value stays; whatever has no newer name keeps its
 * own. `net.peer.name` and `.port` are the server for a client, and the client for a server.
 */
export function underTodaysNames(
  sent: ReadonlyMap<string, Value>,
  { isClient, isHttp }: { readonly isClient: boolean; readonly isHttp: boolean },
): AttributeMap {
  const attributes: AttributeMap = new Map();
  const newer = (key: string): string | undefined => today.get(key) ?? (isHttp ? ofHttp.get(key) : undefined);
  for (const [key, value] of sent) {
    if (newer(key) !== undefined || withoutNews.has(key)) continue;
    if (/^http\.(request|response)\.header\./.test(key)) put(attributes, ...header(key, value));
    else put(attributes, key, value);
  }
  for (const [key, value] of sent) {
    const name = newer(key);
    if (name !== undefined) put(attributes, name, value);
  }
  rename(attributes, 'net.peer.name', isClient ? 'server.address' : 'client.address');
  rename(attributes, 'net.peer.port', isClient ? 'server.port' : 'network.peer.port');
  rename(attributes, 'net.transport', 'network.transport', transports);
  const query = attributes.get('url.query');
  if (typeof query === 'string' && query.startsWith('?')) attributes.set('url.query', query.slice(1));
  return attributes;
}

/** A header's values are a list, and its name has dashes. */
function header(key: string, value: Value): [string, Value] {
  return [key.replaceAll('_', '-'), typeof value === 'string' ? [value] : value];
}

function rename(attributes: AttributeMap, from: string, to: string, values?: ReadonlyMap<Value, string>): void {
  const value = attributes.get(from);
  if (value === undefined) return;
  attributes.delete(from);
  put(attributes, to, values?.get(value) ?? value);
}
