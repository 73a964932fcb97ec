import { isUtf8 } from 'node:buffer';
import { factsOf, isTold, readLine, type LineFacts } from '../log-line.js';
import { resourceNameOf } from '../log-source.js';
import type { MsgpackValue } from '../msgpack.js';
import { logsRequest, type Group, type LogItem, type Value } from '../otlp-writer.js';
import type { Part } from '../parts.js';
import { severities } from '../syslog/severities.js';
import type { ForwardEvent, ForwardEvents } from './forward-message.js';

/** Each record has it. */
const maxTagLength = 1000;

type FluentRecord = ReadonlyMap<string, MsgpackValue>;

/**
 * Events of the forward protocol as an OTLP request. A record's line (`log`, `message`, …) is the body; what says who wrote it becomes the resource; level
 * and trace are read from the record, else from the line; the rest are attributes. A record without a line is shown as JSON.
 */
export function fluentParts(messages: readonly TaggedEvents[]): readonly Part[] {
  const groups = new Map<string, Group<LogItem> & { readonly items: LogItem[] }>();
  for (const { tag: whole, events } of messages) {
    const tag = whole.slice(0, maxTagLength);
    for (const event of events) {
      const { resource, rest } = sourceOf(tag, event.record);
      const source = JSON.stringify([...resource]);
      const group = groups.get(source) ?? { resource, items: [] };
      group.items.push(itemOf(tag, event, rest));
      groups.set(source, group);
    }
  }
  const rejected = messages.reduce((sum, message) => sum + message.rejected, 0);
  const rejectedReason = messages.find(message => message.rejected > 0)?.rejectedReason ?? '';
  return [{ signal: 'logs', body: logsRequest([...groups.values()]), rejected, rejectedReason }];
}

/** What one message brought. */
export interface TaggedEvents extends ForwardEvents {
  readonly tag: string;
}

const bodyNames = ['log', 'message', 'msg', 'MESSAGE', 'body'];
const serviceNames = ['service_name', 'service.name', 'service', 'app', 'application', 'app_name'];
/** Names that in records of any program mean something else as often as the place where it runs. */
const ambiguous: ReadonlySet<string> = new Set(['host', 'namespace', 'pod', 'container', 'cluster']);

/** Who wrote a record, and what of it says something else. */
function sourceOf(
  tag: string,
  record: FluentRecord,
): { readonly resource: ReadonlyMap<string, string>; readonly rest: ReadonlyMap<string, MsgpackValue> } {
  const resource = new Map<string, string>();
  const rest = new Map<string, MsgpackValue>();
  const named = serviceNames.find(name => textOf(record.get(name)) !== '');
  let service = named === undefined ? '' : textOf(record.get(named));
  for (const [name, value] of record) {
    if (name === named) continue;
    if (name === 'kubernetes' && isRecord(value)) {
      addKubernetes(value, resource, rest);
      continue;
    }
    if (name === 'docker' && isRecord(value) && textOf(value.get('container_id')) !== '') {
      resource.set('container.id', textOf(value.get('container_id')));
      continue;
    }
    const resourceName = ambiguous.has(name) ? undefined : resourceNameOf(name);
    const text = textOf(value);
    if (resourceName === undefined || text === '' || resource.has(resourceName)) rest.set(name, value);
    // Docker's names begin with a slash.
    else resource.set(resourceName, resourceName === 'container.name' ? text.replace(/^\//, '') : text);
  }
  service ||=
    resource.get('k8s.pod.label.app.kubernetes.io/name') ??
    resource.get('k8s.pod.label.app') ??
    resource.get('k8s.container.name') ??
    resource.get('container.name') ??
    tag.split('.')[0] ??
    '';
  return { resource: new Map([...(service === '' ? [] : [['service.name', service] as const]), ...resource]), rest };
}

const kubernetesNames: ReadonlyMap<string, string> = new Map([
  ['pod_name', 'k8s.pod.name'],
  ['pod_id', 'k8s.pod.uid'],
  ['namespace_name', 'k8s.namespace.name'],
  ['container_name', 'k8s.container.name'],
  ['host', 'k8s.node.name'],
  ['docker_id', 'container.id'],
  ['container_image', 'container.image.name'],
]);

/** What the Kubernetes filters of Fluentd and Fluent Bit add. */
function addKubernetes(kubernetes: FluentRecord, resource: Map<string, string>, rest: Map<string, MsgpackValue>): void {
  for (const [name, value] of kubernetes) {
    const resourceName = kubernetesNames.get(name);
    if (resourceName !== undefined && textOf(value) !== '') resource.set(resourceName, textOf(value));
    else if ((name === 'labels' || name === 'annotations') && isRecord(value)) {
      for (const [label, text] of value) resource.set(`k8s.pod.${name.slice(0, -1)}.${label}`, textOf(text));
    } else rest.set(`kubernetes.${name}`, value);
  }
}

function itemOf(tag: string, { timeNs, record, metadata }: ForwardEvent, rest: FluentRecord): LogItem {
  const bodyName = bodyNames.find(name => isText(rest.get(name)));
  const line = bodyName === undefined ? undefined : textOf(rest.get(bodyName)).replace(/\r?\n$/, '');
  const said = factsOf(name => plain(rest.get(name)));
  const own: LineFacts = line === undefined || (said.level && said.traceId) ? {} : readLine(line);
  const journal = severities[Number(textOf(rest.get('PRIORITY')) || -1)];
  const facts: LineFacts = {
    level: said.level ?? journal ?? own.level,
    traceId: said.traceId ?? own.traceId,
    spanId: said.spanId ?? own.spanId,
  };
  const attributes = new Map<string, Value>([['fluent.tag', tag]]);
  for (const [name, value] of [...rest, ...(metadata ?? [])]) {
    if (name === bodyName || isTold(name, plain(value), facts)) continue;
    // Docker's and Kubernetes' word for where a line was printed.
    const isStream = (name === 'stream' || name === 'source') && (value === 'stdout' || value === 'stderr');
    attributes.set(isStream ? 'log.iostream' : name, valueOf(value, 0));
  }
  return {
    timeNs,
    severityText: facts.level?.text,
    severityNumber: facts.level?.number,
    body: line ?? JSON.stringify(jsonOf(record, 0)),
    attributes,
    traceId: facts.traceId,
    spanId: facts.spanId,
  };
}

function isRecord(value: MsgpackValue): value is FluentRecord {
  return value instanceof Map;
}

/** Older clients send text as bytes. */
function isText(value: MsgpackValue | undefined): boolean {
  return typeof value === 'string' || (value instanceof Uint8Array && isUtf8(value));
}

function textOf(value: MsgpackValue | undefined): string {
  if (typeof value === 'string') return value;
  if (!(value instanceof Uint8Array) || !isUtf8(value)) return '';
  return Buffer.from(value.buffer, value.byteOffset, value.length).toString();
}

const plain = (value: MsgpackValue | undefined): unknown => (isText(value) ? textOf(value) : value);

/** Deeper than this a value is kept as its JSON. */
const deepest = 16;

function valueOf(value: MsgpackValue, depth: number): Value {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint')
    return value;
  if (isText(value)) return textOf(value);
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return value;
  if (isRecord(value))
    return depth >= deepest
      ? JSON.stringify(jsonOf(value, depth))
      : new Map([...value].map(([name, member]) => [name, valueOf(member, depth + 1)]));
  if ('ext' in value) return value.data;
  return depth >= deepest ? JSON.stringify(jsonOf(value, depth)) : value.map(member => valueOf(member, depth + 1));
}

/** As JSON writes it; bytes in base64. The reader bounds the depth. */
function jsonOf(value: MsgpackValue, depth: number): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  if (typeof value === 'bigint') return String(value);
  if (isText(value)) return textOf(value);
  if (value instanceof Uint8Array) return base64(value);
  if (typeof value === 'string') return value;
  if (isRecord(value)) return Object.fromEntries([...value].map(([name, member]) => [name, jsonOf(member, depth + 1)]));
  if ('ext' in value) return base64(value.data);
  return value.map(member => jsonOf(member, depth + 1));
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
