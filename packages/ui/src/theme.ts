import { useSyncExternalStore } from 'react';

/** What a user may choose; `system` follows the machine. */
export type ThemeChoice = 'light' | 'dark' | 'system';

/** The colours that canvas code draws with, read from the tokens. */
export type Theme = {
  readonly name: 'light' | 'dark';
  readonly surface: string;
  readonly text: string;
  readonly text2: string;
  readonly text3: string;
  readonly accent: string;
  readonly crit: string;
  readonly warn: string;
  readonly ok: string;
  readonly grid: string;
  readonly border: string;
  readonly prev: string;
  readonly sel: string;
  readonly band: string;
  readonly font: string;
  readonly mono: string;
  /** Slot 1 to 8 of the data palette at index 0 to 7. */
  readonly series: readonly string[];
};

// The same key as in index.html, whose script sets the theme before the first paint.
const storageKey = 'bellwether.theme';
const systemDark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();
let choice: ThemeChoice = storedChoice();
let theme: Theme | undefined;

systemDark.addEventListener('change', apply);
// Again, for where a proxy forbids that script.
apply();

function storedChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(storageKey);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system';
  }
}

/** Sets and remembers the theme; everything drawn follows at once. */
export function chooseTheme(next: ThemeChoice): void {
  choice = next;
  try {
    if (next === 'system') localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, next);
  } catch {
    // Without storage the choice holds until the page is left.
  }
  apply();
}

function apply(): void {
  const dark = choice === 'dark' || (choice === 'system' && systemDark.matches);
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
  theme = undefined;
  for (const listener of listeners) listener();
}

/** The tokens as they are now. */
export function readTheme(): Theme {
  if (theme !== undefined) return theme;
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  theme = {
    name: document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light',
    surface: token('surface'),
    text: token('text'),
    text2: token('text-2'),
    text3: token('text-3'),
    accent: token('accent'),
    crit: token('crit'),
    warn: token('warn'),
    ok: token('ok'),
    grid: token('grid'),
    border: token('border'),
    prev: token('prev'),
    sel: token('sel'),
    band: token('band'),
    font: token('font'),
    mono: token('mono'),
    series: [1, 2, 3, 4, 5, 6, 7, 8].map(slot => token(`c${slot}`)),
  };
  return theme;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The tokens for canvas code; the component draws again when they change. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, readTheme);
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, () => choice);
}
