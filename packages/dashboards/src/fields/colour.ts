/**
 * A colour of a dashboard in our terms: a slot of the data palette, a token of the theme (both follow light and dark), or what the file says, which is
 * checked to be a colour and nothing else.
 */
export type Colour =
  | { readonly slot: number }
  | { readonly token: 'ok' | 'warn' | 'crit' | 'text-2' | 'text-3' | 'surface' }
  | { readonly css: string };

const slots = 8;

/** The data palette in its order, again from the start when it ends. */
export function slotColour(index: number): Colour {
  return { slot: (((index % slots) + slots) % slots) + 1 };
}

const hues: { readonly [name: string]: Colour } = {
  green: { token: 'ok' },
  red: { token: 'crit' },
  orange: { slot: 2 },
  yellow: { slot: 5 },
  blue: { slot: 1 },
  purple: { slot: 6 },
  gray: { token: 'text-3' },
  grey: { token: 'text-3' },
  white: { token: 'text-2' },
  black: { token: 'text-2' },
  text: { token: 'text-2' },
};

const asCss = /^(?:#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|(?:rgb|hsl)a?\([\d.,%\s/]{1,40}\))$/i;

/** Grafana's names (`dark-red`, `super-light-blue`) and CSS colours. Undefined for anything else, and for `transparent`. */
export function readColour(text: string): Colour | undefined {
  const bare = text.trim();
  if (asCss.test(bare)) return { css: bare };
  const name = bare.toLowerCase().replace(/^(?:super-light|semi-dark|light|dark)-/, '');
  return Object.hasOwn(hues, name) ? hues[name] : undefined;
}

/**
 * The colour of a threshold: green, yellow to orange and red mean a status here, so they take the status' colour, whichever shade the file names. So they
 * can be read in both themes.
 */
export function statusColour(text: string): Colour | undefined {
  const named = readColour(text);
  if (named === undefined) return undefined;
  if ('slot' in named) return named.slot === 2 || named.slot === 5 ? { token: 'warn' } : named;
  if ('token' in named) return named;
  const hue = hueOf(named.css);
  if (hue === undefined) return { token: 'text-2' };
  if (hue < 18 || hue >= 335) return { token: 'crit' };
  if (hue < 70) return { token: 'warn' };
  if (hue < 165) return { token: 'ok' };
  return hue < 255 ? { slot: 1 } : { slot: 6 };
}

/** Degrees on the colour wheel; undefined for greys and what can not be read. */
function hueOf(css: string): number | undefined {
  if (/^hsl/i.test(css)) return Number(/[\d.]+/.exec(css)?.[0] ?? 0) % 360;
  const [red, green, blue] = rgbOf(css);
  if (red === undefined || green === undefined || blue === undefined) return undefined;
  const most = Math.max(red, green, blue);
  const span = most - Math.min(red, green, blue);
  if (span < 24) return undefined;
  const sector =
    most === red ? (green - blue) / span : most === green ? 2 + (blue - red) / span : 4 + (red - green) / span;
  return (sector * 60 + 360) % 360;
}

function rgbOf(css: string): readonly number[] {
  if (!css.startsWith('#')) return [...css.matchAll(/[\d.]+/g)].map(([number]) => Number(number));
  const hex = css.slice(1);
  const size = hex.length < 6 ? 1 : 2;
  return [0, 1, 2].map(at => {
    const part = hex.slice(at * size, at * size + size);
    return Number.parseInt(size === 1 ? part + part : part, 16);
  });
}

/** For style sheets and SVG. */
export function cssColour(colour: Colour): string {
  if ('slot' in colour) return `var(--c${colour.slot})`;
  return 'token' in colour ? `var(--${colour.token})` : colour.css;
}
