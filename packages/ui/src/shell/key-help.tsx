import { useState, type ReactNode } from 'react';
import { allowSingleKeys, boundKeys, useSingleKeys, type KeyBinding } from '../keys.js';
import { Dialog } from '../parts/dialog.js';
import styles from './key-help.module.css';

/** All keys of the page that is open, and the switch for those of one letter. */
export function KeyHelp({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }): ReactNode {
  return (
    <Dialog onOpenChange={onOpenChange} open={open} title="Keyboard shortcuts">
      <KeyList />
    </Dialog>
  );
}

function KeyList(): ReactNode {
  const single = useSingleKeys();
  // What was bound when the help opened: opening it binds nothing new.
  const [groups] = useState(() => byGroup(boundKeys()));
  return (
    <>
      <div className={styles['groups']}>
        {[...groups].map(([group, bindings]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {bindings.map(({ keys, label }) => (
                <div key={keys}>
                  <dt>{label}</dt>
                  <dd>
                    {keys.split(' ').map(key => (
                      <kbd key={key}>{key.replace('Arrow', '')}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label className={styles['switch']}>
        <input checked={single} onChange={event => allowSingleKeys(event.target.checked)} type="checkbox" />
        Shortcuts of a single key
      </label>
    </>
  );
}

function byGroup(bindings: readonly KeyBinding[]): Map<string, KeyBinding[]> {
  const groups = new Map<string, KeyBinding[]>();
  for (const binding of bindings) {
    const group = groups.get(binding.group);
    if (group === undefined) groups.set(binding.group, [binding]);
    else group.push(binding);
  }
  return groups;
}
