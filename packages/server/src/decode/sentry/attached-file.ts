import type { RawFile } from '../raw-files.js';
import { put, type AttributeMap } from './attribute-map.js';
import type { EnvelopeItem } from './envelope.js';
import { textOf, type JsonObject } from './exact-json.js';
import { eventIdOf, traceIdOf } from './ids.js';
import type { Service } from './sender.js';

/** Items that are kept as they came, and the kind under which they are found. */
const kinds: ReadonlyMap<string, string> = new Map([
  ['attachment', 'attachment'],
  ['profile', 'profile'],
  ['profile_chunk', 'profile_chunk'],
  ['replay_event', 'replay_event'],
  ['replay_recording', 'replay_recording'],
  ['replay_video', 'replay_video'],
]);

export function isKeptAsFile(type: string): boolean {
  return kinds.has(type);
}

/** Of an item whose type we do not know, this many bytes are kept as a file of kind `sentry.<type>`. */
export const maxUnknownBytes = 65_536;

export function attachedFile(
  { type, header, payload }: EnvelopeItem,
  {
    service,
    project,
    envelope,
    timeNs,
  }: {
    readonly service: Service;
    readonly project: string;
    readonly envelope: JsonObject;
    readonly timeNs: bigint;
  },
): RawFile {
  const attributes: AttributeMap = new Map();
  put(attributes, 'sentry.event_id', eventIdOf(envelope.get('event_id')));
  put(attributes, 'sentry.project', project);
  put(attributes, 'sentry.item_type', type);
  put(attributes, 'sentry.attachment_type', textOf(header, 'attachment_type'));
  put(attributes, 'sentry.platform', textOf(header, 'platform'));
  const trace = envelope.get('trace');
  return {
    kind: kinds.get(type) ?? `sentry.${type.slice(0, 60)}`,
    name: textOf(header, 'filename') ?? '',
    contentType: textOf(header, 'content_type') ?? (looksLikeJson(payload) ? 'application/json' : ''),
    service: service.name,
    environment: service.environment,
    version: service.version,
    timeNs,
    traceId: trace instanceof Map ? traceIdOf(trace.get('trace_id')) : undefined,
    attributes,
    data: payload,
  };
}

function looksLikeJson(payload: Uint8Array): boolean {
  return payload[0] === 0x7b;
}
