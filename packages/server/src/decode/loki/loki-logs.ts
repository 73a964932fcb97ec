import { factsOf, levelOf, levelNames, readLine, spanIdNames, traceIdNames, type LineFacts } from '../log-line.js';
import { resourceNameOf, serviceNames } from '../log-source.js';
import { logsRequest, type Group, type LogItem } from '../otlp-writer.js';
import type { Part } from '../parts.js';
import type { LokiEntry, LokiPush, LokiStream } from './push.js';

/**
 * Loki's streams as an OTLP request. The line stays as it was sent; labels and structured metadata become the resource (who), the level, the trace, and
 * attributes for the rest. What a line's metadata says goes before its stream's labels, and both before what the line says itself.
 */
export function lokiParts({ streams, rejected, rejectedReason }: LokiPush): readonly Part[] {
  return [{ signal: 'logs', body: logsRequest(streams.map(groupOf)), rejected, rejectedReason }];
}

/** Loki's own guess at a level, which knows no more than we do. */
const guessedLevel = 'detected_level';

function groupOf({ labels, entries }: LokiStream): Group<LogItem> {
  const named = serviceNames.find(name => labels.get(name));
  const resource = new Map<string, string>();
  if (named !== undefined) resource.set('service.name', labels.get(named) ?? '');
  const rest = new Map<string, string>();
  for (const [name, value] of labels) {
    if (name === named) continue;
    const resourceName = resourceNameOf(name);
    if (resourceName !== undefined && !resource.has(resourceName)) resource.set(resourceName, value);
    else rest.set(name, value);
  }
  return { resource, items: entries.map(entry => itemOf(entry, rest)) };
}

/** Names whose values are told elsewhere than among the attributes. */
const lifted: ReadonlySet<string> = new Set([...levelNames, ...traceIdNames, ...spanIdNames, guessedLevel]);

function itemOf({ timeNs, line, metadata }: LokiEntry, labels: ReadonlyMap<string, string>): LogItem {
  const said = factsOf(name => metadata.get(name) ?? labels.get(name));
  const own: LineFacts = said.level && said.traceId ? {} : readLine(line);
  const level = said.level ?? own.level ?? levelOf(metadata.get(guessedLevel) ?? labels.get(guessedLevel));
  const traceId = said.traceId ?? own.traceId;
  const spanId = said.spanId ?? own.spanId;
  const told = new Set([level?.text, hex(traceId), hex(spanId)]);
  const attributes = new Map([...labels, ...metadata]);
  for (const [name, value] of attributes)
    if (lifted.has(name) && (told.has(value) || told.has(value.toLowerCase()) || name === guessedLevel))
      attributes.delete(name);
  return {
    timeNs,
    severityText: level?.text,
    severityNumber: level?.number,
    body: line,
    attributes,
    traceId,
    spanId,
  };
}

function hex(id: Uint8Array | undefined): string | undefined {
  return id && Buffer.from(id).toString('hex');
}
