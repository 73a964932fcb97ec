import type { DrainEstimate } from '@bellwether/model';

/** Less than this share of a queue per minute is noise, and no way to be empty one day. */
const leastPerMinute = 0.001;

/**
 * When a queue will be empty if it goes on so. `netPerSecond`: messages more per second, by the course of the last minutes. No figure is given to a queue that
 * does not drain: it will not be empty.
 */
export function drainEstimate(waiting: number | undefined, netPerSecond: number | undefined): DrainEstimate {
  const net = netPerSecond ?? null;
  if (waiting === undefined) return { state: 'unknown', seconds: null, netPerSecond: net };
  if (waiting === 0) return { state: 'empty', seconds: 0, netPerSecond: net };
  if (net === null) return { state: 'unknown', seconds: null, netPerSecond: null };
  if (Math.abs(net) * 60 < waiting * leastPerMinute) return { state: 'standing', seconds: null, netPerSecond: net };
  if (net > 0) return { state: 'growing', seconds: null, netPerSecond: net };
  return { state: 'draining', seconds: waiting / -net, netPerSecond: net };
}
