import { presetLengthsMs, readRange, writeRange, type Range } from '../time-range.js';

const storageKey = 'bellwether.ranges';
const kept = 4;

/** The last ranges that were typed or picked, newest first; presets are offered anyway. */
export function recentRanges(): readonly Range[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
    if (!Array.isArray(stored)) return [];
    return stored
      .filter(entry => typeof entry === 'string')
      .map(entry => {
        const [from, to] = entry.split(' ');
        return readRange(from === '' ? undefined : from, to === '' ? undefined : to);
      });
  } catch {
    return [];
  }
}

export function rememberRange(range: Range): void {
  if (range.kind === 'sliding' && presetLengthsMs.includes(range.lengthMs)) return;
  const entries = [range, ...recentRanges()].map(one => {
    const { from = '', to = '' } = writeRange(one);
    return `${from} ${to}`;
  });
  try {
    localStorage.setItem(storageKey, JSON.stringify([...new Set(entries)].slice(0, kept)));
  } catch {
    // Without storage nothing is remembered.
  }
}
