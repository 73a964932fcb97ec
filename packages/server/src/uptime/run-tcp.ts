import { connect } from 'node:net';
import type { CheckDefinition } from '@bellwether/model';
import { resolveTarget } from './resolve-target.js';
import { RunFailed, type RunFacts, networkFailure } from './run-failed.js';
import type { RunContext } from './run-http.js';

/** Somebody takes the connection. Throws `RunFailed`. */
export async function runTcp(
  { host, port, maxMs }: Extract<CheckDefinition, { kind: 'tcp' }>,
  { reach, now }: RunContext,
  signal: AbortSignal,
): Promise<RunFacts> {
  const startMs = now();
  const address = await resolveTarget(host, reach);
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: address, port, signal });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', error => reject(networkFailure(error, `${host}:${port}`)));
  });
  const tookMs = now() - startMs;
  if (maxMs !== undefined && tookMs > maxMs)
    throw new RunFailed('slow', `it took ${Math.round(tookMs)} ms to connect, expected at most ${maxMs}`);
  return {};
}
