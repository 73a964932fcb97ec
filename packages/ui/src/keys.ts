import { useEffect, useRef, useSyncExternalStore } from 'react';

/** `keys` is `t`, `Shift+C`, `Enter`, or a sequence as `g h`. The help lists `label` under `group`. */
export type KeyBinding = {
  readonly keys: string;
  readonly label: string;
  readonly group: string;
  /** Whether it does something on the page as it stands; the help leaves out what does not. */
  works?(): boolean;
  run(): void;
};

type Layer = { current: readonly KeyBinding[] };

const layers: Layer[] = [];
const listeners = new Set<() => void>();
const storageKey = 'bellwether.keys';
const sequenceMs = 1000;
let singleKeys = storedSingleKeys();
let pending = '';
let pendingSinceMs = 0;

function storedSingleKeys(): boolean {
  try {
    return localStorage.getItem(storageKey) !== 'off';
  } catch {
    return true;
  }
}

/** Switches the shortcuts of single letters on or off (WCAG 2.1.4); remembered. */
export function allowSingleKeys(allow: boolean): void {
  singleKeys = allow;
  try {
    localStorage.setItem(storageKey, allow ? 'on' : 'off');
  } catch {
    // Without storage the choice holds until the page is left.
  }
  for (const listener of listeners) listener();
}

export function useSingleKeys(): boolean {
  return useSyncExternalStore(subscribe, () => singleKeys);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Binds keys while the component is shown. Of two bindings for one key the one that came last counts. */
export function useKeys(bindings: readonly KeyBinding[]): void {
  const layer = useRef(bindings);
  useEffect(() => {
    layer.current = bindings;
  });
  useEffect(() => {
    if (layers.length === 0) document.addEventListener('keydown', onKeyDown);
    layers.push(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
      if (layers.length === 0) document.removeEventListener('keydown', onKeyDown);
    };
  }, []);
}

/** What is bound now, for the help; a key bound twice is listed once. */
export function boundKeys(): readonly KeyBinding[] {
  const byKeys = new Map<string, KeyBinding>();
  for (const layer of layers) for (const binding of layer.current) byKeys.set(binding.keys, binding);
  return [...byKeys.values()].filter(({ works }) => works?.() !== false);
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isBusy(event)) return;
  const pressed = event.shiftKey && /^[a-z]$/i.test(event.key) ? `Shift+${event.key.toUpperCase()}` : event.key;
  const isSingle = event.key.length === 1;
  if (isSingle && !singleKeys) return;
  const now = event.timeStamp;
  const sequence = pending !== '' && now - pendingSinceMs < sequenceMs ? `${pending} ${pressed}` : pressed;
  const found = bindingOf(sequence) ?? bindingOf(pressed);
  if (found !== undefined) {
    pending = '';
    event.preventDefault();
    found.run();
  } else {
    pending = startsSequence(pressed) ? pressed : '';
    pendingSinceMs = now;
  }
}

function bindingOf(keys: string): KeyBinding | undefined {
  for (let at = layers.length - 1; at >= 0; at -= 1) {
    const found = layers[at]?.current.find(binding => binding.keys === keys);
    if (found !== undefined) return found;
  }
  return undefined;
}

function startsSequence(key: string): boolean {
  return layers.some(layer => layer.current.some(binding => binding.keys.startsWith(`${key} `)));
}

/** A person types, or a popup has the keyboard; Enter and space belong to the button they are on. */
function isBusy(event: KeyboardEvent): boolean {
  const { target } = event;
  if (!(target instanceof Element)) return false;
  if (
    target.closest(
      'input, textarea, select, [contenteditable="true"], [role="dialog"], [role="menu"], [role="listbox"]',
    )
  ) {
    return true;
  }
  return (event.key === 'Enter' || event.key === ' ') && target.closest('a, button, summary') !== null;
}
