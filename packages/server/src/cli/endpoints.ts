import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const endpoints = z.object({
  version: z.string(),
  /** The process that holds the data folder. */
  pid: z.number(),
  /** Null while it is being restarted, and when the role does not run here. */
  serverPid: z.number().nullable(),
  /** As one types them; null when off. */
  ui: z.string().nullable(),
  otlpHttp: z.string().nullable(),
  otlpGrpc: z.string().nullable(),
});

/** `<data>/endpoints.json`: where the running instance listens, for tools and tests that let it choose its ports. */
export type Endpoints = z.infer<typeof endpoints>;

const pathIn = (dataDir: string): string => join(dataDir, 'endpoints.json');

export interface EndpointsFile {
  /** Replaces the file as a whole: a reader sees the old or the new one. */
  write(facts: Endpoints): Promise<void>;
  remove(): Promise<void>;
}

/** The file of a running instance. Writes wait for each other, so that the last one stays. */
export function endpointsFile(dataDir: string): EndpointsFile {
  const path = pathIn(dataDir);
  let last: Promise<void> = Promise.resolve();
  const afterLast = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  return {
    write: facts =>
      afterLast(async () => {
        await writeFile(`${path}.tmp`, `${JSON.stringify(facts, undefined, 2)}\n`);
        await rename(`${path}.tmp`, path);
      }),
    remove: () => afterLast(() => rm(path, { force: true })),
  };
}

/** Undefined when nothing runs, or what is there can not be understood. */
export async function readEndpoints(dataDir: string): Promise<Endpoints | undefined> {
  try {
    return endpoints.parse(JSON.parse(await readFile(pathIn(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
}
