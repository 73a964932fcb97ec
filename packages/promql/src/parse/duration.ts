/** Units of a duration from the greatest to the smallest, in the order in which they must be written. */
const units: readonly (readonly [string, number])[] = [
  ['y', 365 * 86_400_000],
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

/** About 292 years: what fits into 63 bits of nanoseconds. */
export const maxDurationMs = 2 ** 63 / 1e6;

const part = /([0-9]+)([^0-9]+)/y;

/** Milliseconds of a duration like `1h30m` or `0`. Throws an `Error` in Prometheus' words. */
export function parseDuration(text: string): number {
  if (text === '0') return 0;
  if (text === '') throw new Error('empty duration string');
  const invalid = `not a valid duration string: "${text.slice(0, 1000)}"`;
  part.lastIndex = 0;
  let ms = 0;
  let last = -1;
  let end = 0;
  while (end < text.length) {
    const found = part.exec(text);
    if (found === null) throw new Error(invalid);
    end = part.lastIndex;
    const at = units.findIndex(([name]) => name === found[2]);
    const unit = units[at];
    if (unit === undefined) {
      throw new Error(`unknown unit "${(found[2] ?? '').slice(0, 1000)}" in duration "${text.slice(0, 1000)}"`);
    }
    if (at <= last) throw new Error(invalid);
    last = at;
    ms += Number(found[1]) * unit[1];
    if (ms >= maxDurationMs) throw new Error('duration out of range');
  }
  return ms;
}

/**
 * A duration as Prometheus prints it: `1h30m`, `90d`, `0s`; parts of a millisecond are cut off.
 *
 * Years and weeks are used only when nothing remains: 90d reads better than 12w6d. `durationMs` is not negative.
 */
export function printDuration(durationMs: number): string {
  let rest = Math.trunc(durationMs);
  if (rest === 0) return '0s';
  let text = '';
  for (const [name, unitMs] of units) {
    if ((name === 'y' || name === 'w') && rest % unitMs !== 0) continue;
    const count = Math.floor(rest / unitMs);
    if (count > 0) text += `${count}${name}`;
    rest -= count * unitMs;
  }
  return text;
}
