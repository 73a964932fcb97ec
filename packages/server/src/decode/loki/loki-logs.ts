import { factsOf, isTold, levelOf, readLine, type LineFacts } from '../log-line.js';
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

function itemOf({ timeNs, line, metadata }: LokiEntry, labels: ReadonlyMap<string, string>): LogItem {
  const said = factsOf(name => metadata.get(name) ?? labels.get(name));
  const own: LineFacts = said.level && said.traceId ? {} : readLine(line);
  const facts: LineFacts = {
    level: said.level ?? own.level ?? levelOf(metadata.get(guessedLevel) ?? labels.get(guessedLevel)),
    traceId: said.traceId ?? own.traceId,
    spanId: said.spanId ?? own.spanId,
  };
  const attributes = new Map([...labels, ...metadata]);
  for (const [name, value] of attributes)
    if (name === guessedLevel || isTold(name, value, facts)) attributes.delete(name);
  return {
    timeNs,
    severityText: facts.level?.text,
    severityNumber: facts.level?.number,
    body: line,
    attributes,
    traceId: facts.traceId,
    spanId: facts.spanId,
  };
}
