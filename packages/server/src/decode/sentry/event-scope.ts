import { cut, put, putAll, valueOf, type AttributeMap } from './attribute-map.js';
import {
  asText,
  isList,
  isObject,
  jsonTextUpTo,
  listOf,
  numberIn,
  objectOf,
  textOf,
  type Json,
  type JsonObject,
} from './exact-json.js';
import { timeNs } from './sentry-time.js';

/** What events and transactions know of their surroundings: user, tags, request, contexts, breadcrumbs. */

/** `user` by OpenTelemetry's names; what has none stays `user.<name>`. */
export function putUser(attributes: AttributeMap, user: JsonObject): void {
  put(attributes, 'user.id', textOf(user, 'id'));
  put(attributes, 'user.email', textOf(user, 'email'));
  put(attributes, 'user.name', textOf(user, 'username'));
  put(attributes, 'user.full_name', textOf(user, 'name'));
  // Asks the receiver to put in the address that it sees; that is the backend's own.
  if (textOf(user, 'ip_address') !== '{{auto}}') put(attributes, 'client.address', textOf(user, 'ip_address'));
  for (const [name, value] of objectOf(user, 'geo')) {
    const known = geoNames.get(name);
    put(attributes, known ?? `user.geo.${name}`, valueOf(value));
  }
  putAll(attributes, 'user.', objectOf(user, 'data'));
  putAll(attributes, 'user.', user, userMembers);
}

const userMembers = new Set(['id', 'email', 'username', 'name', 'ip_address', 'geo', 'data', 'sentry_user']);
const geoNames: ReadonlyMap<string, string> = new Map([
  ['country_code', 'geo.country.iso_code'],
  ['city', 'geo.locality.name'],
]);

/** Tags are attributes of their own name; one whose name is taken by something else is `sentry.tag.<name>`. */
export function putTags(attributes: AttributeMap, tags: Json | undefined): void {
  for (const [name, value] of pairs(tags)) {
    const key = attributes.has(name) && attributes.get(name) !== value ? `sentry.tag.${name}` : name;
    put(attributes, key, value);
  }
}

/** The value of a tag. */
export function tagOf(tags: Json | undefined, wanted: string): string | undefined {
  for (const [name, value] of pairs(tags)) if (name === wanted) return asText(value);
  return undefined;
}

/** Names and texts of `{"name": "text"}` or `[["name", "text"], ...]`. */
function* pairs(list: Json | undefined): Generator<readonly [string, string]> {
  if (isObject(list)) {
    for (const [name, value] of list) {
      const text = asText(isList(value) ? value[0] : value);
      if (name !== '' && text !== undefined) yield [name, text];
    }
  } else if (isList(list)) {
    for (const pair of list) {
      const name = isList(pair) ? asText(pair[0]) : isObject(pair) ? textOf(pair, 'key') : undefined;
      const text = isList(pair) ? asText(pair[1]) : isObject(pair) ? textOf(pair, 'value') : undefined;
      if (name !== undefined && text !== undefined) yield [name, text];
    }
  }
}

/** The HTTP request that was served when it happened. */
export function putRequest(attributes: AttributeMap, request: JsonObject): void {
  put(attributes, 'http.request.method', textOf(request, 'method'));
  const headers = [...pairs(request.get('headers'))];
  const headerNamed = (wanted: string): string | undefined =>
    headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  put(attributes, 'url.full', textOf(request, 'url'));
  const query = request.get('query_string');
  const queryText = asText(query) ?? [...pairs(query)].map(pair => pair.map(encodeURIComponent).join('=')).join('&');
  put(attributes, 'url.query', queryText === '' ? undefined : queryText);
  put(attributes, 'user_agent.original', headerNamed('user-agent'));
  for (const [name, value] of headers) put(attributes, `http.request.header.${name.toLowerCase()}`, [value]);
  const cookies = request.get('cookies');
  const cookieText = asText(cookies) ?? [...pairs(cookies)].map(pair => pair.join('=')).join('; ');
  put(attributes, 'http.request.header.cookie', cookieText === '' ? undefined : [cookieText]);
  const body = request.get('data');
  put(attributes, 'http.request.body.data', typeof body === 'string' ? cut(body, 16_384) || undefined : valueOf(body));
  const environment = objectOf(request, 'env');
  put(attributes, 'client.address', textOf(environment, 'REMOTE_ADDR'));
  put(attributes, 'server.address', textOf(environment, 'SERVER_NAME'));
  put(attributes, 'server.port', numberIn(environment, 'SERVER_PORT'));
}

/** Contexts whose names OpenTelemetry or the resource has; the rest become `<context>.<name>`. */
const handled = new Set(['trace', 'otel', 'cloud_resource', 'response', 'profile', 'replay', 'flags', 'runtime']);
const ofTheResource = new Map([
  ['os', new Set(['name', 'version', 'type'])],
  ['device', new Set(['type'])],
  ['app', new Set(['type'])],
]);
const onlyType = new Set(['type']);

/** Everything in `contexts` that is not the trace's ids and not the resource's. A context of the application's own stays as it was named. */
export function putContexts(attributes: AttributeMap, contexts: JsonObject): void {
  const response = objectOf(contexts, 'response');
  put(attributes, 'http.response.status_code', numberIn(response, 'status_code'));
  put(attributes, 'http.response.body.size', numberIn(response, 'body_size'));
  for (const [name, value] of pairs(response.get('headers')))
    put(attributes, `http.response.header.${name.toLowerCase()}`, [value]);
  put(attributes, 'sentry.profile_id', textOf(objectOf(contexts, 'profile'), 'profile_id'));
  put(attributes, 'sentry.profiler_id', textOf(objectOf(contexts, 'profile'), 'profiler_id'));
  put(attributes, 'sentry.replay_id', textOf(objectOf(contexts, 'replay'), 'replay_id'));
  for (const flag of listOf(objectOf(contexts, 'flags'), 'values'))
    if (isObject(flag))
      put(attributes, `flag.evaluation.${textOf(flag, 'flag') ?? 'unnamed'}`, valueOf(flag.get('result')));
  putAll(attributes, '', objectOf(objectOf(contexts, 'otel'), 'attributes'));
  for (const [name, context] of contexts) {
    if (handled.has(name)) continue;
    if (!isObject(context)) put(attributes, name, valueOf(context));
    else if (name === 'app') {
      for (const [member, value] of context)
        if (member !== 'type') put(attributes, `app.${member.replace(/^app_/, '')}`, valueOf(value));
    } else putAll(attributes, `${name}.`, context, ofTheResource.get(name) ?? onlyType);
  }
}

/** What an event says of its process and machine. */
export function resourceFacts(event: JsonObject): AttributeMap {
  const facts: AttributeMap = new Map();
  const contexts = objectOf(event, 'contexts');
  put(facts, 'host.name', textOf(event, 'server_name'));
  put(facts, 'sentry.dist', textOf(event, 'dist'));
  const runtime = objectOf(contexts, 'runtime');
  const name = textOf(runtime, 'name');
  put(facts, 'process.runtime.name', name === 'node' ? 'nodejs' : name);
  put(facts, 'process.runtime.version', textOf(runtime, 'version')?.replace(/^v(?=\d)/, ''));
  const os = objectOf(contexts, 'os');
  put(facts, 'os.name', textOf(os, 'name')?.trim());
  put(facts, 'os.version', textOf(os, 'version')?.trim());
  putAll(facts, '', objectOf(contexts, 'cloud_resource'));
  for (const [key, value] of objectOf(objectOf(contexts, 'otel'), 'resource'))
    if (!/^(service|telemetry)\./.test(key)) put(facts, key, valueOf(value));
  return facts;
}

const maxBreadcrumbs = 100;
const maxBreadcrumbsLength = 32_768;

/** The last breadcrumbs as a JSON list, the oldest first; as many as fit into 32,768 characters. Undefined when there are none. */
export function breadcrumbsText(breadcrumbs: Json | undefined): string | undefined {
  const list = isList(breadcrumbs) ? breadcrumbs : isObject(breadcrumbs) ? listOf(breadcrumbs, 'values') : [];
  const texts: string[] = [];
  let length = 2;
  for (const crumb of list.slice(-maxBreadcrumbs).toReversed()) {
    if (!isObject(crumb)) continue;
    const text = jsonTextUpTo(breadcrumb(crumb), maxBreadcrumbsLength - length - 1);
    if (text === undefined) break;
    length += text.length + 1;
    texts.push(text);
  }
  return texts.length === 0 ? undefined : `[${texts.toReversed().join(',')}]`;
}

function breadcrumb(crumb: JsonObject): JsonObject {
  const ns = timeNs(crumb.get('timestamp'));
  const kept = new Map<string, Json>();
  if (ns !== undefined) kept.set('timestamp', new Date(Number(ns / 1_000_000n)).toISOString());
  for (const name of ['type', 'category', 'level', 'message']) {
    const text = textOf(crumb, name);
    if (text !== undefined) kept.set(name, cut(text, 2048));
  }
  const data = crumb.get('data');
  if (data !== undefined && data !== null && !(isObject(data) && data.size === 0)) kept.set('data', data);
  return kept;
}
