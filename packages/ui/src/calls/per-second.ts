import { formatDuration, missing } from '../format.js';

/** Time taken per second, from seconds per second: `84 ms/s`. A second per second is one call in work all the time. */
export function formatBusy(busy: number | null | undefined): string {
  const text = formatDuration(busyMs(busy));
  return text === missing ? text : `${text}/s`;
}

export function busyMs(busy: number | null | undefined): number | undefined {
  return busy === null || busy === undefined ? undefined : busy * 1000;
}
