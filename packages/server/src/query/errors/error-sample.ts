import { type Asker, ask } from '../asker.js';
import { readEvents } from '../span.js';
import { inWindow, windowParams } from '../time-window.js';
import type { ErrorFrame } from '@bellwether/model';
import { stackFrames, stackParts } from '../../base/stack-frames.js';
import type { ErrorGrouping } from '../../control/error-grouping.js';
import type { ErrorScope, ErrorTable } from './occurrences.js';
import { errorIdOf, groupOf, rowsOfErrors } from './error-groups.js';

/** What one time of an error says of it. */
export interface ErrorSample {
  readonly type: string;
  readonly message: string;
  readonly culprit: string;
  /** The own frames nearest to the error, `file|function` as they are compared; at most 12. */
  readonly frames: readonly string[];
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
  { grouping, maps }: Pick<ErrorScope, 'grouping' | 'maps'>,
  places: readonly SamplePlace[],
): Promise<ReadonlyMap<string, ErrorSample>> {
  const [lines, spans] = await Promise.all([
    readPlaces<LineSample>(
      asker,
      grouping,
      places.filter(({ isLine }) => isLine),
      'error_lines',
      `version, attrs['exception.type'] AS type, attrs['exception.message'] AS message, substring(attrs['exception.stacktrace'], 1, ${stackChars}) AS stack,
  substring(body, 1, 2000) AS body, if(attrs['sentry.culprit'] != '', attrs['sentry.culprit'], attrs['sentry.transaction']) AS logger`,
    ),
    readPlaces<SpanSample>(
      asker,
      grouping,
      places.filter(({ isLine }) => !isLine),
      'error_spans',
      `version, error_type AS type, status_message AS message, events, name, substring(attrs['exception.stacktrace'], 1, ${stackChars}) AS own`,
    ),
  ]);
  const seen = [
    ...lines.map(({ fingerprint, version, type, message, stack, body, logger }) => ({
      fingerprint,
      version,
      type,
      message: message === '' ? body : message,
      stack,
      place: logger,
    })),
    ...spans.map(({ fingerprint, version, type, message, events, name, own }) => {
      const thrown = readEvents(events).find(event => event.name === 'exception');
      const of = (key: string): string => thrown?.attributes.find(attribute => attribute.key === key)?.value ?? '';
      return {
        fingerprint,
        version,
        type: of('exception.type') || type,
        message: of('exception.message') || message,
        stack: of('exception.stacktrace') || own,
        place: name,
      };
    }),
  ];
  const samples = await Promise.all(
    seen.map(async ({ fingerprint, version, type, message, stack, place }) => {
      const frames = stack === '' ? [] : stackParts(stack).flatMap(part => part.frames);
      const shown = frames.map(frame => ({
        called: frame.called,
        place: frame.place,
        isOwn: frame.isOwn,
        source: [],
        generated: '',
        variables: [],
      }));
      const owner = { workspace: asker.scope.workspace, version, debugIds: new Map<string, string>() };
      const mapped = (await maps?.frames(owner, shown)) ?? shown;
      const sample: ErrorSample = {
        type,
        message,
        culprit: nearestOwn(mapped) ?? place,
        frames: framesToCompare(mapped),
      };
      return [fingerprint, sample] as const;
    }),
  );
  return new Map(samples);
}

interface LineSample {
  readonly fingerprint: string;
  readonly version: string;
  readonly type: string;
  readonly message: string;
  readonly stack: string;
  readonly body: string;
  readonly logger: string;
}

interface SpanSample {
  readonly fingerprint: string;
  readonly version: string;
  readonly type: string;
  readonly message: string;
  readonly events: string;
  readonly name: string;
  readonly own: string;
}

/** The nearest frame of the service's own code, as people name it. */
function nearestOwn(frames: readonly ErrorFrame[]): string | undefined {
  const frame = frames.find(({ isOwn }) => isOwn) ?? frames[0];
  if (frame === undefined) return undefined;
  if (frame.called === '') return frame.place;
  return frame.place === '' ? frame.called : `${frame.called} (${frame.place})`;
}

/** Frames as they are compared with others: without positions and folders. */
export function framesToCompare(frames: readonly ErrorFrame[]): readonly string[] {
  const own = frames.filter(({ isOwn }) => isOwn);
  const near = (own.length > 0 ? own : frames).slice(0, 12);
  return near.map(({ called, place }) => {
    const [frame] = stackFrames(`at ${called === '' ? place : `${called} (${place})`}`);
    return frame === undefined ? `${place}|${called}` : `${frame.file}|${frame.function}`;
  });
}

async function readPlaces<Row extends { readonly fingerprint: string }>(
  asker: Asker,
  grouping: ErrorGrouping,
  places: readonly SamplePlace[],
  table: ErrorTable,
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
