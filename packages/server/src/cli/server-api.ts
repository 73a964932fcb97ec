import { resolve } from 'node:path';
import type { Call, Flag } from './command.js';
import { readEndpoints } from './endpoints.js';
import { Refused } from './exit-code.js';

/** Flags of commands that talk to a server, here or elsewhere. */
export const serverFlags: readonly Flag[] = [
  {
    name: 'server',
    value: '<url>',
    doc: 'API and pages of the server (default: the one with ./bellwether-data, else http://127.0.0.1:4300).',
  },
  { name: 'data', value: '<folder>', doc: 'The data folder of the server, when it runs here.' },
];

const defaultServer = 'http://127.0.0.1:4300';
const maxMs = 120_000;

/** Sends JSON to the API and returns its answer. Throws `Refused` with what the server says, or that it can not be reached. */
export async function postToServer(
  { flags, cwd, signal }: Pick<Call, 'flags' | 'cwd' | 'signal'>,
  path: string,
  body: unknown,
): Promise<unknown> {
  const endpoints = await readEndpoints(resolve(cwd, flags['data'] ?? 'bellwether-data'));
  const server = (flags['server'] ?? endpoints?.ui ?? defaultServer).replace(/\/+$/, '');
  let response: Response;
  try {
    response = await fetch(`${server}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(maxMs)]),
    });
  } catch {
    throw new Refused(`No Bellwether answers at ${server}; name it with --server <url>, as http://127.0.0.1:4300.`);
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new Refused(`${server} answered ${response.status}: ${messageOf(answer)}`);
  return answer;
}

function messageOf(answer: unknown): string {
  if (typeof answer === 'object' && answer !== null && 'error' in answer) {
    const { error } = answer;
    if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  }
  return 'it does not say why. Is it a Bellwether?';
}
