import { BadInput } from '../../base/bad-input.js';
import { listOf, membersOf, parseJson } from '../nested-json.js';
import type { ZipkinEndpoint, ZipkinSpan } from './span.js';

/** A list of spans in Zipkin's JSON, version 2. A member of another type than the format says counts as absent. Throws `BadInput` when it is no such list. */
export function zipkinFromJson(body: Uint8Array): readonly ZipkinSpan[] {
  const list = parseJson(body, 'send Zipkin spans as a JSON list (v2), or as protobuf with its content type');
  if (!Array.isArray(list)) throw new BadInput('the body is not a list of Zipkin spans; send [{"traceId":…}]');
  return list.map((span: unknown) => spanOf(membersOf(span)));
}

type Members = ReadonlyMap<string, unknown>;

function spanOf(members: Members): ZipkinSpan {
  return {
    traceId: text(members.get('traceId')),
    id: text(members.get('id')),
    parentId: text(members.get('parentId')),
    name: text(members.get('name')),
    kind: text(members.get('kind')).toUpperCase(),
    timestampUs: number(members.get('timestamp')),
    durationUs: number(members.get('duration')),
    local: endpointOf(members.get('localEndpoint')),
    remote: endpointOf(members.get('remoteEndpoint')),
    annotations: listOf(members.get('annotations')).map(annotation => {
      const parts = membersOf(annotation);
      return { timestampUs: number(parts.get('timestamp')), value: text(parts.get('value')) };
    }),
    tags: new Map([...membersOf(members.get('tags'))].map(([key, value]) => [key, tagText(value)])),
    debug: members.get('debug') === true,
    shared: members.get('shared') === true,
  };
}

function endpointOf(value: unknown): ZipkinEndpoint | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const members = membersOf(value);
  return {
    serviceName: text(members.get('serviceName')),
    address: text(members.get('ipv4')) || text(members.get('ipv6')),
    port: number(members.get('port')),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): number {
  return typeof value === 'number' && value > 0 && value < Number.MAX_SAFE_INTEGER / 2 ? Math.round(value) : 0;
}

/** Tags are text; some senders write numbers and booleans as such. */
function tagText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
