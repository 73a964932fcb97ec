import type { Colour } from '@bellwether/dashboards';
import type { SeriesColour } from '../charts/series-colour.js';

const slots = [1, 2, 3, 4, 5, 6, 7, 8] as const;

/** A dashboard's colour as our charts take it. */
export function chartColour(colour: Colour): SeriesColour {
  if ('slot' in colour) return slots[colour.slot - 1] ?? 1;
  if ('css' in colour) return `css:${colour.css}`;
  return colour.token === 'ok' || colour.token === 'warn' || colour.token === 'crit' ? colour.token : 'prev';
}

/** Ground of a status: legible text stands on it in both themes. Undefined for other colours. */
export function softGround(colour: Colour | undefined): string | undefined {
  if (colour === undefined) return undefined;
  if ('token' in colour && (colour.token === 'ok' || colour.token === 'warn' || colour.token === 'crit'))
    return `var(--${colour.token}-soft)`;
  return 'var(--raised)';
}

/** Colour of text: status tokens can be read on the surface, data colours are too pale for small letters. */
export function textColour(colour: Colour | undefined): string | undefined {
  return colour !== undefined && 'token' in colour ? `var(--${colour.token})` : undefined;
}
