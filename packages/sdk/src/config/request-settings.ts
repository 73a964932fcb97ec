/** Headers that can be added to answers, as they are called in the setting. */
export const responseHeaders = [
  'server-timing',
  'x-response-time',
  'x-process-time',
  'x-trace-id',
  'x-request-id',
] as const;
export type ResponseHeader = (typeof responseHeaders)[number];

/** From how many milliseconds on a request is slow. */
export interface SlowRequests {
  readonly defaultMs: number;
  /** By route (`/orders/:id`), or by method and route (`POST /orders`), which goes first. */
  readonly byRoute: ReadonlyMap<string, number>;
}

/** A number of milliseconds, one per route, or as text `1000,/reports/:id=5000,POST /orders=300`. What cannot be read is named in `problems`. */
export function readSlowRequests(
  value: number | string | Readonly<Record<string, number>> | undefined,
  problems: string[],
  fallbackMs = 2000,
): SlowRequests {
  const byRoute = new Map<string, number>();
  let defaultMs = fallbackMs;
  for (const [route, text] of thresholds(value)) {
    const ms = Number(text);
    if (!(ms > 0)) {
      problems.push(
        `BELLWETHER_SLOW_REQUEST_MS should be milliseconds such as 1000 or /reports=5000, not "${String(text)}"; using ${defaultMs}`,
      );
    } else if (route === '' || route === 'default') defaultMs = ms;
    else byRoute.set(route, ms);
  }
  return { defaultMs, byRoute };
}

function thresholds(
  value: number | string | Readonly<Record<string, number>> | undefined,
): readonly (readonly [string, unknown])[] {
  if (value === undefined || value === '') return [];
  if (typeof value === 'object') return Object.entries(value);
  return String(value)
    .split(',')
    .map(item => {
      const at = item.lastIndexOf('=');
      return at < 0 ? ['', item.trim()] : [item.slice(0, at).trim(), item.slice(at + 1).trim()];
    });
}

/** The threshold of one route; `route` is empty when none matched. */
export function slowRequestMs({ defaultMs, byRoute }: SlowRequests, method: string, route: string): number {
  return byRoute.get(`${method} ${route}`) ?? byRoute.get(route) ?? defaultMs;
}

/** Names of `responseHeaders`, in any case; others are named in `problems`. */
export function readResponseHeaders(names: readonly string[], problems: string[]): readonly ResponseHeader[] {
  const known: ResponseHeader[] = [];
  for (const name of names) {
    const found = responseHeaders.find(header => header === name.toLowerCase());
    if (found !== undefined) known.push(found);
    else
      problems.push(
        `BELLWETHER_RESPONSE_HEADERS knows ${responseHeaders.join(', ')}; "${name.slice(0, 50)}" was left out`,
      );
  }
  return known;
}
