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
  let repeated = 0;
  const fitting = streams.filter(({ labels, entries }) => {
    repeated += sizeOf(labels) * entries.length;
    return repeated <= maxRepeated;
  });
  const left = streams.slice(fitting.length).reduce((sum, { entries }) => sum + entries.length, 0);
  const counts = { rejected: rejected + left, rejectedReason: left > 0 ? repeatsTooMuch : rejectedReason };
  return [{ signal: 'logs', body: logsRequest(fitting.map(groupOf)), ...counts }];
}

/** Each line has the labels of its stream; what that may come to in one push, with some for what each label costs by itself. */
const maxRepeated = 128 << 20;
const labelCost = 50;
const repeatsTooMuch =
  'the streams have many lines and long labels, which each line would repeat; send smaller batches';

function sizeOf(labels: ReadonlyMap<string, string>): number {
  let size = 0;
  for (const [name, value] of labels) size += name.length + value.length + labelCost;
  return size;
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
  const said = factsOf(name => rest.get(name));
  return { resource, items: entries.map(entry => itemOf(entry, rest, said)) };
}

function itemOf(
  { timeNs, line, metadata }: LokiEntry,
  labels: ReadonlyMap<string, string>,
  ofStream: LineFacts,
): LogItem {
  const ofLine: LineFacts = metadata.size === 0 ? {} : factsOf(name => metadata.get(name));
  const level = ofLine.level ?? ofStream.level;
  const traceId = ofLine.traceId ?? ofStream.traceId;
  const own: LineFacts = level && traceId ? {} : readLine(line);
  const facts: LineFacts = {
    level: level ?? own.level ?? levelOf(metadata.get(guessedLevel) ?? labels.get(guessedLevel)),
    traceId: traceId ?? own.traceId,
    spanId: ofLine.spanId ?? ofStream.spanId ?? own.spanId,
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
