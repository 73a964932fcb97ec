import type { Theme } from '../theme.js';

/** A slot of the data palette, a token where the series itself is a status, or a colour that somebody's dashboard names. */
export type SeriesColour = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 'crit' | 'warn' | 'ok' | 'prev' | `css:${string}`;

function isCss(colour: SeriesColour): colour is `css:${string}` {
  return typeof colour === 'string' && colour.startsWith('css:');
}

/** For style sheets and SVG. */
export function colourVar(colour: SeriesColour): string {
  if (isCss(colour)) return colour.slice('css:'.length);
  return typeof colour === 'number' ? `var(--c${colour})` : `var(--${colour})`;
}

/** For canvas. */
export function colourOf(colour: SeriesColour, theme: Theme): string {
  if (isCss(colour)) return colour.slice('css:'.length);
  return typeof colour === 'number' ? (theme.series[colour - 1] ?? theme.text) : theme[colour];
}

/** A colour (a token is `#rrggbb`) that lets the ground through; `alpha` is 0 to 1. */
export function withAlpha(token: string, alpha: number): string {
  if (!/^#[0-9a-f]{6}$/i.test(token)) return `color-mix(in srgb, ${token} ${Math.round(alpha * 100)}%, transparent)`;
  const byte = Math.round(Math.min(Math.max(alpha, 0), 1) * 255);
  return `${token}${byte.toString(16).padStart(2, '0')}`;
}
