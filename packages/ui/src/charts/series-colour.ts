import type { Theme } from '../theme.js';

/** A slot of the data palette, or a token where the series itself is a status. */
export type SeriesColour = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 'crit' | 'warn' | 'prev';

/** For style sheets and SVG. */
export function colourVar(colour: SeriesColour): string {
  return typeof colour === 'number' ? `var(--c${colour})` : `var(--${colour})`;
}

/** For canvas. */
export function colourOf(colour: SeriesColour, theme: Theme): string {
  return typeof colour === 'number' ? (theme.series[colour - 1] ?? theme.text) : theme[colour];
}

/** A token (`#rrggbb`) that lets the ground through; `alpha` is 0 to 1. */
export function withAlpha(token: string, alpha: number): string {
  const byte = Math.round(Math.min(Math.max(alpha, 0), 1) * 255);
  return `${token}${byte.toString(16).padStart(2, '0')}`;
}
