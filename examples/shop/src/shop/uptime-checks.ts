import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const heartbeatId = 'shop-renewals';
const patienceMs = 5_000;

/** What of the shop is watched. */
export interface Watched {
  readonly gatewayUrl: string;
  readonly databaseUrl: string;
}

/**
 * Adds the shop's uptime checks to a Bellwether, or changes those of an earlier start: its door, its database, its renewals.
 * Gives the address that the renewals call. A Bellwether that takes none (it asks for a sign-in, or runs elsewhere) is told on the console, and the shop runs without.
 */
export async function keepChecks(bellwetherUrl: string, watched: Watched): Promise<string | undefined> {
  const ask = async (path: string, init?: RequestInit): Promise<unknown> => {
    const answer = await fetch(new URL(path, bellwetherUrl), { ...init, signal: AbortSignal.timeout(patienceMs) });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return answer.json();
  };
  try {
    for (const check of checksOf(watched)) {
      await ask(`/api/bw/v1/checks/${check.id}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(check),
      });
    }
    const answer = await ask(`/api/bw/v1/checks/${heartbeatId}`);
    const path: unknown =
      typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'heartbeatPath') : undefined;
    return typeof path === 'string' && path !== '' ? new URL(path, bellwetherUrl).href : undefined;
  } catch (error) {
    console.error(`The shop has no uptime checks: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

const lookEveryMs = 200;

/** Where Bellwether's pages are, as soon as its `endpoints.json` tells; undefined when `signal` aborts before. */
export async function pagesOf(endpointsFile: string, signal: AbortSignal): Promise<string | undefined> {
  while (!signal.aborted) {
    try {
      const endpoints: unknown = JSON.parse(await readFile(endpointsFile, 'utf8'));
      const ui: unknown =
        typeof endpoints === 'object' && endpoints !== null ? Reflect.get(endpoints, 'ui') : undefined;
      if (typeof ui === 'string' && URL.canParse(ui)) return ui;
    } catch {
      // It is not there yet, or is being written.
    }
    await sleep(lookEveryMs, undefined, { signal }).catch(() => {});
  }
  return undefined;
}

interface Check {
  readonly id: string;
  readonly [setting: string]: string | number | boolean | Readonly<Record<string, string>>;
}

function checksOf({ gatewayUrl, databaseUrl }: Watched): readonly Check[] {
  const { hostname, port } = new URL(databaseUrl);
  return [
    {
      kind: 'http',
      id: 'shop-front',
      name: 'Sample shop: front door',
      url: `${gatewayUrl}/health`,
      service: 'gateway',
      expectJson: { status: 'ok' },
      everySeconds: 15,
      onStatusPage: true,
      isOfSampleShop: true,
    },
    {
      kind: 'tcp',
      id: 'shop-database',
      name: 'Sample shop: database',
      host: hostname,
      port: Number(port === '' ? 5432 : port),
      everySeconds: 30,
      isOfSampleShop: true,
    },
    {
      kind: 'heartbeat',
      id: heartbeatId,
      name: 'Sample shop: renewals',
      service: 'worker',
      everySeconds: 60,
      graceSeconds: 60,
      isOfSampleShop: true,
    },
  ];
}
