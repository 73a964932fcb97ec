import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import { Search } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import popup from '../parts/popup.module.css';
import type { PaletteEntry, PaletteGroup } from './match-entries.js';
import styles from './palette.module.css';
import { usePaletteGroups } from './use-palette-groups.js';

type CommandPaletteProps = {
  onClose(): void;
  onHelp(): void;
  onSaveView(): void;
  /** What was typed before the field had the keyboard. */
  takeTyped(): string;
};

/** One field to go anywhere and do anything: pages, services, traces, views, actions, and where a pasted id belongs. */
export function CommandPalette({ onClose, onHelp, onSaveView, takeTyped }: CommandPaletteProps): ReactNode {
  const [text, setText] = useState('');
  const { groups, isLooking } = usePaletteGroups({ text, onHelp, onSaveView });
  function choose(entry: PaletteEntry): void {
    onClose();
    entry.run();
  }
  return (
    <Dialog.Root onOpenChange={open => !open && onClose()} open>
      <Dialog.Portal>
        <Dialog.Backdrop className={popup.backdrop} />
        <Dialog.Popup aria-label="Command palette" className={styles.palette}>
          <Autocomplete.Root
            autoHighlight="always"
            inline
            items={groups}
            itemToStringValue={(entry: PaletteEntry) => entry.label}
            mode="none"
            onValueChange={(value, { reason }) => {
              if (reason !== 'item-press') setText(value);
            }}
            open
            value={text}
          >
            <div className={styles.field}>
              <Search aria-hidden="true" />
              <Autocomplete.Input
                aria-label="Go to, or do"
                autoCapitalize="off"
                autoComplete="off"
                onFocus={() => {
                  const typed = takeTyped();
                  if (typed !== '') setText(before => before + typed);
                }}
                placeholder="Page, service, view, action, or paste an id"
                spellCheck={false}
              />
              <kbd aria-hidden="true">Esc</kbd>
            </div>
            <Autocomplete.List className={styles.list}>
              {(group: PaletteGroup) => (
                <Autocomplete.Group items={group.items} key={group.value}>
                  <Autocomplete.GroupLabel className={styles.group}>{group.value}</Autocomplete.GroupLabel>
                  <Autocomplete.Collection>
                    {(entry: PaletteEntry) => (
                      <Autocomplete.Item
                        className={styles.item}
                        key={entry.id}
                        onClick={() => choose(entry)}
                        value={entry}
                      >
                        <span className={styles.label}>{entry.label}</span>
                        {entry.hint !== undefined && <span className={styles.hint}>{entry.hint}</span>}
                      </Autocomplete.Item>
                    )}
                  </Autocomplete.Collection>
                </Autocomplete.Group>
              )}
            </Autocomplete.List>
            <p className={styles.foot} role="status">
              {isLooking ? 'Looking where this belongs…' : ''}
            </p>
          </Autocomplete.Root>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
