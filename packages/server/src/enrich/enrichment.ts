import type { LogEvents } from './log-events.js';
import { RouteNames } from './route/route-names.js';
import { safeScrubOptions, type ScrubOptions } from './scrub/scrub-options.js';
import { Scrubber } from './scrub/scrubber.js';

export interface EnrichOptions {
  readonly scrub: ScrubOptions;
  /** Patterns of routes, as `/shops/:slug/products/:id`. */
  readonly routes: readonly string[];
}

/** What holds when nothing is configured. */
export const defaultEnrichOptions: EnrichOptions = { scrub: safeScrubOptions, routes: [] };

/** What is done to all that comes in, whatever protocol it came by, before it is stored. One for the whole receiver, since it counts and learns. */
export interface Enrichment {
  readonly scrubber: Scrubber;
  readonly routes: RouteNames;
  /** Counts events of logs; without, they are not counted. */
  readonly logEvents?: LogEvents | undefined;
}

/** `hashKey`: the key of hashes, needed when a rule hashes. */
export function enrichment({ scrub, routes }: EnrichOptions = defaultEnrichOptions, hashKey?: Uint8Array): Enrichment {
  return { scrubber: new Scrubber(scrub, hashKey), routes: new RouteNames(routes) };
}
