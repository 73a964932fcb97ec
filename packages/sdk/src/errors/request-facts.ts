import { redactQuery } from '../instrument/http-server.js';
import { ServerRequest } from '../instrument/server-request.js';
import type { PlainObject } from '../core/surroundings.js';
import type { Shared } from '../core/scope.js';

const longestAgentChars = 300;

/** What an error's record says about the HTTP request that was served, by OpenTelemetry's names; empty when there was none. */
export function requestAttributes(shared: Shared | undefined): Record<string, string> {
  const entry = shared?.entry;
  if (!(entry instanceof ServerRequest)) return {};
  const { route } = entry;
  const { method, url, agent, address, id } = entry.facts;
  const [path = '', query] = splitUrl(url);
  const attributes: Record<string, string> = { 'http.request.method': method, 'url.path': path };
  if (query !== undefined) attributes['url.query'] = redactQuery(query);
  if (route !== undefined) attributes['http.route'] = route;
  if (agent !== undefined) attributes['user_agent.original'] = agent.slice(0, longestAgentChars);
  if (address !== undefined) attributes['client.address'] = address;
  if (typeof id === 'string' && shared?.surroundings?.requestId === undefined && shared?.requestId === undefined)
    attributes['request.id'] = id.slice(0, 200);
  return attributes;
}

/** The breadcrumb that each request begins with. It is made when an error asks for it, so that requests without errors pay nothing. */
export function requestBreadcrumb(shared: Shared | undefined, offsetMs: number): PlainObject | undefined {
  const entry = shared?.entry;
  if (!(entry instanceof ServerRequest)) return undefined;
  const { method, url, agent } = entry.facts;
  const [path = ''] = splitUrl(url);
  return {
    timestamp: new Date(offsetMs + entry.startMs).toISOString(),
    type: 'http',
    category: 'http.server',
    level: 'info',
    message: `${method} ${path}`.slice(0, 1000),
    ...(agent === undefined ? {} : { data: { user_agent: agent.slice(0, longestAgentChars) } }),
  };
}

function splitUrl(url: string): readonly [string, string | undefined] {
  const at = url.indexOf('?');
  return at < 0 ? [url, undefined] : [url.slice(0, at), url.slice(at + 1)];
}
