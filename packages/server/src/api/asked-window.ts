import type { TimeRange } from '@bellwether/model';
import { BadInput } from '../base/bad-input.js';
import type { TimeWindow } from '../query/time-window.js';

/** The range of a request; one that ends before it begins is refused. */
export function askedWindow({ from, to }: TimeRange): TimeWindow {
  if (to < from)
    throw new BadInput('The range ends before it begins: to must not be before from (milliseconds since 1970).');
  return { fromMs: from, toMs: to };
}

/** The environment of a request; an empty one is none, so that a form may send it always. */
export function askedEnv(env: string | undefined): string | undefined {
  return env === '' ? undefined : env;
}

/** The earlier period of a request. */
export function askedCompare({
  cmpFrom,
  cmpTo,
}: {
  readonly cmpFrom?: TimeRange['from'] | undefined;
  readonly cmpTo?: TimeRange['to'] | undefined;
}): TimeWindow | undefined {
  if ((cmpFrom === undefined) !== (cmpTo === undefined))
    throw new BadInput('cmpFrom and cmpTo belong together: give both.');
  return cmpFrom === undefined || cmpTo === undefined ? undefined : askedWindow({ from: cmpFrom, to: cmpTo });
}
