import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ownVersion } from './version.js';

const endpoints = z.object({
  version: z.string(),
  /** The `bellwether` process; with the roles apart, the one that started last. */
  pid: z.number(),
  /** Null while it is being restarted, and when the role does not run here. */
  serverPid: z.number().nullable(),
  /** As one types them; null when off. */
  ui: z.string().nullable(),
  otlpHttp: z.string().nullable(),
  otlpGrpc: z.string().nullable(),
  /** `host:port` of the other protocols' ports; null when off. */
  datadog: z.string().nullable(),
  statsd: z.string().nullable(),
  fluent: z.string().nullable(),
  syslog: z.string().nullable(),
});

/** `<data>/endpoints.json`: where the running instance listens, for tools and tests that let it choose its ports. */
export type Endpoints = z.infer<typeof endpoints>;

const pathIn = (dataDir: string): string => join(dataDir, 'endpoints.json');

export interface EndpointsFile {
  /** Replaces the file as a whole: a reader sees the old or the new one. */
  write(facts: Endpoints): Promise<void>;
  remove(): Promise<void>;
}

/**
 * The file of a running instance. A role that runs alone leaves the other's part as it is. Writes wait for each other, so that the last one stays.
 */
export function endpointsFile(
  dataDir: string,
  roles: { readonly receive: boolean; readonly serve: boolean },
): EndpointsFile {
  const path = pathIn(dataDir);
  let last: Promise<void> = Promise.resolve();
  const afterLast = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  const others = async (): Promise<Partial<Endpoints>> => {
    const found = roles.receive && roles.serve ? undefined : await readEndpoints(dataDir);
    if (found === undefined) return {};
    const { serverPid, ui, otlpHttp, otlpGrpc, datadog, statsd, fluent, syslog } = found;
    return roles.receive ? { serverPid, ui } : { otlpHttp, otlpGrpc, datadog, statsd, fluent, syslog };
  };
  const replace = async (facts: Endpoints): Promise<void> => {
    const draft = `${path}.${process.pid}`;
    await writeFile(draft, `${JSON.stringify(facts, undefined, 2)}\n`);
    await rename(draft, path);
  };
  return {
    write: facts => afterLast(async () => replace({ ...facts, ...(await others()) })),
    remove: () =>
      afterLast(async () => {
        const left = await others();
        const isEmpty = Object.values(left).every(value => value === null);
        if (isEmpty) await rm(path, { force: true });
        else await replace({ ...off, ...left });
      }),
  };
}

const off: Endpoints = {
  version: ownVersion(),
  pid: process.pid,
  serverPid: null,
  ui: null,
  otlpHttp: null,
  otlpGrpc: null,
  datadog: null,
  statsd: null,
  fluent: null,
  syslog: null,
};

/** Undefined when nothing runs, or what is there can not be understood. */
export async function readEndpoints(dataDir: string): Promise<Endpoints | undefined> {
  try {
    return endpoints.parse(JSON.parse(await readFile(pathIn(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
}
