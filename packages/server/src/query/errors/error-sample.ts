import { type Asker, ask } from '../asker.js';
import { readEvents } from '../span.js';
import { inWindow, windowParams } from '../time-window.js';
import { stackParts } from '../../base/stack-frames.js';
import type { ErrorGrouping } from '../../control/error-grouping.js';
import { errorIdOf, groupOf, rowsOfErrors } from './error-groups.js';

/** What one time of an error says of it. */
export interface ErrorSample {
  readonly type: string;
  readonly message: string;
  readonly culprit: string;
}

/** Where a newest time of an error is: in the lines, or else in the spans; nanoseconds since 1970. */
export interface SamplePlace {
  readonly fingerprint: string;
  readonly timeNs: string;
  readonly isLine: boolean;
}

/** Stacks of which more is not read for a list. */
const stackChars = 16_384;

/** What the errors at these places say, by fingerprint (decimal text). */
export async function readSamples(
  asker: Asker,
  grouping: ErrorGrouping,
  places: readonly SamplePlace[],
): Promise<ReadonlyMap<string, ErrorSample>> {
  const [lines, spans] = await Promise.all([
    readPlaces<{ fingerprint: string; type: string; message: string; stack: string; body: string; logger: string }>(
      asker,
      grouping,
      places.filter(({ isLine }) => isLine),
      'logs',
      `attrs['exception.type'] AS type, attrs['exception.message'] AS message, substring(attrs['exception.stacktrace'], 1, ${stackChars}) AS stack,
  substring(body, 1, 2000) AS body, if(attrs['sentry.culprit'] != '', attrs['sentry.culprit'], attrs['sentry.transaction']) AS logger`,
    ),
    readPlaces<{ fingerprint: string; type: string; message: string; events: string; name: string; own: string }>(
      asker,
      grouping,
      places.filter(({ isLine }) => !isLine),
      'spans',
      `error_type AS type, status_message AS message, events, name, substring(attrs['exception.stacktrace'], 1, ${stackChars}) AS own`,
    ),
  ]);
  const samples = new Map<string, ErrorSample>();
  for (const { fingerprint, type, message, stack, body, logger } of lines) {
    samples.set(fingerprint, {
      type,
      message: message === '' ? body : message,
      culprit: nearestOwn(stack) ?? logger,
    });
  }
  for (const { fingerprint, type, message, events, name, own } of spans) {
    const thrown = readEvents(events).find(event => event.name === 'exception');
    const of = (key: string): string => thrown?.attributes.find(attribute => attribute.key === key)?.value ?? '';
    samples.set(fingerprint, {
      type: of('exception.type') || type,
      message: of('exception.message') || message,
      culprit: nearestOwn(of('exception.stacktrace') || own) ?? name,
    });
  }
  return samples;
}

/** The nearest frame of the service's own code, as people name it. */
export function nearestOwn(stack: string): string | undefined {
  if (stack === '') return undefined;
  const frames = stackParts(stack).flatMap(part => part.frames);
  const frame = frames.find(({ isOwn }) => isOwn) ?? frames[0];
  if (frame === undefined) return undefined;
  if (frame.called === '') return frame.place;
  return frame.place === '' ? frame.called : `${frame.called} (${frame.place})`;
}

async function readPlaces<Row extends { readonly fingerprint: string }>(
  asker: Asker,
  grouping: ErrorGrouping,
  places: readonly SamplePlace[],
  table: 'logs' | 'spans',
  columns: string,
): Promise<readonly Row[]> {
  if (places.length === 0) return [];
  const times = places.map(({ timeNs }) => BigInt(timeNs));
  const millis = times.map(time => Number(time / 1_000_000n));
  const group = groupOf(grouping);
  const rows = rowsOfErrors(
    grouping,
    places.map(({ fingerprint }) => errorIdOf(fingerprint)),
  );
  return ask<Row>(asker, {
    sql: `SELECT toString(${group.sql}) AS fingerprint, ${columns}
FROM ${table}
WHERE workspace = {workspace:String} AND ${inWindow()} AND ${rows.sql} AND toUnixTimestamp64Nano(ts) IN {times:Array(Int64)}
LIMIT 1 BY fingerprint`,
    params: {
      ...windowParams({ fromMs: Math.min(...millis), toMs: Math.max(...millis) + 1 }),
      ...group.params,
      ...rows.params,
      times,
    },
  });
}
