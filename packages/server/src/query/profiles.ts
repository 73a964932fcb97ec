import type { ProfileRow } from '@bellwether/model';
import { ask, type Asker } from './asker.js';
import { inWindow, type TimeWindow, windowParams } from './time-window.js';

export interface ProfilesAsked extends TimeWindow {
  readonly service: string | undefined;
  readonly trace: string | undefined;
}

interface Row {
  readonly name: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly kind: string;
  readonly start: string;
  readonly durationMs: string;
  readonly bytes: string;
  readonly traceIds: string;
}

const columns = `name, service, environment, version, attrs['profile.kind'] AS kind, toString(toUnixTimestamp64Milli(ts)) AS start,
  attrs['profile.duration_ms'] AS durationMs, toString(length(data)) AS bytes, attrs['profile.trace_ids'] AS traceIds`;

/** Profiles that were taken in the window, newest first. */
export async function readProfiles(asker: Asker, asked: ProfilesAsked): Promise<readonly ProfileRow[]> {
  const rows = await ask<Row>(asker, {
    sql: `SELECT ${columns}
FROM raw_files
WHERE workspace = {workspace:String} AND raw_files.kind = 'profile' AND ${inWindow()}
  AND ({service:String} = '' OR service = {service:String})
  AND ({trace:String} = '' OR position(attrs['profile.trace_ids'], {trace:String}) > 0)
ORDER BY ts DESC
LIMIT 200`,
    params: { ...windowParams(asked), service: asked.service ?? '', trace: asked.trace ?? '' },
  });
  return rows.map(shown);
}

/** One of them with its bytes in base64; undefined when there is none of that name in the window. */
export async function readProfile(
  asker: Asker,
  asked: TimeWindow & { readonly name: string },
): Promise<(ProfileRow & { readonly pprof: string }) | undefined> {
  const [row] = await ask<Row & { readonly pprof: string }>(asker, {
    sql: `SELECT ${columns}, base64Encode(data) AS pprof
FROM raw_files
WHERE workspace = {workspace:String} AND raw_files.kind = 'profile' AND ${inWindow()} AND name = {name:String}
LIMIT 1`,
    params: { ...windowParams(asked), name: asked.name },
  });
  return row === undefined ? undefined : { ...shown(row), pprof: row.pprof };
}

function shown({ name, service, environment, version, kind, start, durationMs, bytes, traceIds }: Row): ProfileRow {
  return {
    name,
    service,
    environment,
    version,
    kind,
    start: Number(start),
    durationMs: Number(durationMs),
    bytes: Number(bytes),
    traceIds: traceIds === '' ? [] : traceIds.split(','),
  };
}
