import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { useKeys } from '../keys.js';

const CommandPalette = lazy(async () => ({
  default: (await import('../palette/command-palette.js')).CommandPalette,
}));
const ViewsDialog = lazy(async () => ({ default: (await import('../palette/views-dialog.js')).ViewsDialog }));

type Opened = 'palette' | 'views';

const listeners = new Set<(what: Opened) => void>();

/** Opens the command palette, or the list of saved views. */
export function openPalette(what: Opened = 'palette'): void {
  for (const listener of listeners) listener(what);
}

/** Listens for Ctrl+K (Cmd+K), and brings the palette when it is asked for. What is typed until it is there is not lost. */
export function PaletteGate({ onHelp }: { onHelp(): void }): ReactNode {
  const [opened, setOpened] = useState<Opened | undefined>(undefined);
  const typed = useRef<string | undefined>(undefined);
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
        event.preventDefault();
        typed.current = '';
        setOpened(now => (now === 'palette' ? undefined : 'palette'));
      } else if (typed.current !== undefined && event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        event.stopImmediatePropagation();
        typed.current += event.key;
      }
    }
    listeners.add(setOpened);
    document.addEventListener('keydown', onKeyDown, { capture: true });
    return () => {
      listeners.delete(setOpened);
      document.removeEventListener('keydown', onKeyDown, { capture: true });
    };
  }, []);
  // For the help; the combination itself is heard above, also while a person types.
  useKeys([
    { keys: 'Ctrl+K', label: 'Go anywhere, do anything', group: 'Page', run: openPalette },
    { keys: 's', label: 'Saved views', group: 'Page', run: () => openPalette('views') },
  ]);
  if (opened === undefined) return undefined;
  const close = (): void => {
    typed.current = undefined;
    setOpened(undefined);
  };
  function takeTyped(): string {
    const text = typed.current ?? '';
    typed.current = undefined;
    return text;
  }
  return (
    <Suspense>
      {opened === 'palette' ? (
        <CommandPalette onClose={close} onHelp={onHelp} onSaveView={() => openPalette('views')} takeTyped={takeTyped} />
      ) : (
        <ViewsDialog onClose={close} />
      )}
    </Suspense>
  );
}
