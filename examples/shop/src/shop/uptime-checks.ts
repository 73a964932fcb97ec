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

interface Check {
  readonly id: string;
  readonly [setting: string]: string | number | boolean;
}

function checksOf({ gatewayUrl, databaseUrl }: Watched): readonly Check[] {
  const { hostname, port } = new URL(databaseUrl);
  return [
    {
      kind: 'http',
      id: 'shop-front',
      name: 'Sample shop: front door',
      url: `${gatewayUrl}/health`,
      expectBody: '"ok"',
      everySeconds: 15,
      onStatusPage: true,
    },
    {
      kind: 'tcp',
      id: 'shop-database',
      name: 'Sample shop: database',
      host: hostname,
      port: Number(port === '' ? 5432 : port),
      everySeconds: 30,
    },
    { kind: 'heartbeat', id: heartbeatId, name: 'Sample shop: renewals', everySeconds: 60, graceSeconds: 60 },
  ];
}
