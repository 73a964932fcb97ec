import { formatDateTime } from './format.js';
import type { PageRange } from './page-range.js';
import { lengthInWords } from './range-words.js';
import { readBeforeDeploy } from './time-range.js';

/** `previous hour`, `yesterday`, `last week`, `before v412`: how legends and columns call the earlier period. Undefined when there is none. */
export function comparedName({ cmp, compared, fromMs, toMs, nowMs, zone }: PageRange): string | undefined {
  if (compared === undefined) return undefined;
  if (cmp === 'day') return 'yesterday';
  if (cmp === 'week') return 'last week';
  if (cmp === 'prev') return `previous ${lengthInWords(toMs - fromMs).replace(/^1 /, '')}`;
  const deploy = readBeforeDeploy(cmp);
  if (deploy !== undefined) return `before ${deploy.version}`;
  return `from ${formatDateTime(compared.fromMs, zone, nowMs)}`;
}
