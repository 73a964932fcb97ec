import type { Signal } from './batch.js';

/** Who wrote or claimed a spool file: a machine (folders can be shared over a network), a process, a thread. */
export interface SpoolOwner {
  readonly host: string;
  readonly pid: number;
  readonly thread: number;
}

/** What a spool file's name says, so that a listing is enough to know what waits. */
export interface SpoolFile {
  readonly name: string;
  readonly isPrecious: boolean;
  readonly writtenUnixMs: number;
  readonly items: Readonly<Record<Signal, number>>;
  readonly bytes: number;
  /** Who is sending it, since when. */
  readonly claim: { readonly sinceUnixMs: number; readonly owner: SpoolOwner } | undefined;
}

const owner = '([a-z0-9]{1,16})-(\\d{1,10})-(\\d{1,6})';
const pattern = new RegExp(
  `^([01])-(\\d{13})-${owner}-\\d{1,10}-t(\\d{1,10})l(\\d{1,10})m(\\d{1,10})-(\\d{1,12})\\.spool(?:\\.(\\d{13})-${owner})?$`,
);

/** `<0 precious, 1 not>-<ms>-<host>-<pid>-<thread>-<count>-t<spans>l<logs>m<series>-<bytes>.spool`: names in order are batches in order. */
export function spoolName(
  file: Pick<SpoolFile, 'isPrecious' | 'writtenUnixMs' | 'items' | 'bytes'>,
  by: SpoolOwner,
  count: number,
): string {
  const { traces, logs, metrics } = file.items;
  const who = `${by.host}-${by.pid}-${by.thread}-${String(count).padStart(6, '0')}`;
  return `${file.isPrecious ? 0 : 1}-${thirteen(file.writtenUnixMs)}-${who}-t${traces}l${logs}m${metrics}-${file.bytes}.spool`;
}

/** The name under which a file belongs to one process. */
export function claimedName(name: string, by: SpoolOwner, sinceUnixMs: number): string {
  return `${unclaimedName(name)}.${thirteen(sinceUnixMs)}-${by.host}-${by.pid}-${by.thread}`;
}

export function unclaimedName(name: string): string {
  return name.replace(/\.spool\..*$/, '.spool');
}

/** Undefined for files that are not ours. */
export function parseSpoolName(name: string): SpoolFile | undefined {
  const found = name.length < 250 ? pattern.exec(name) : null;
  if (found === null) return undefined;
  const [, kind, written, , , , traces, logs, metrics, bytes, since, host, pid, thread] = found;
  return {
    name,
    isPrecious: kind === '0',
    writtenUnixMs: Number(written),
    items: { traces: Number(traces), logs: Number(logs), metrics: Number(metrics) },
    bytes: Number(bytes),
    claim:
      host === undefined
        ? undefined
        : { sinceUnixMs: Number(since), owner: { host, pid: Number(pid), thread: Number(thread) } },
  };
}

function thirteen(unixMs: number): string {
  return String(Math.max(0, Math.round(unixMs)))
    .padStart(13, '0')
    .slice(-13);
}
