import type { ReactNode } from 'react';
import colours from './worker-colours.module.css';

const slotClasses = [
  colours.slot1,
  colours.slot2,
  colours.slot3,
  colours.slot4,
  colours.slot5,
  colours.slot6,
  colours.slot7,
  colours.slot8,
];

/** The class that sets `--k` to palette slot 1 to 8. */
export function slotClass(slot: number): string {
  return slotClasses[(slot - 1) % slotClasses.length] ?? '';
}

/** The short coloured bar before the name of a service. */
export function WorkerKey({ slot }: { readonly slot: number }): ReactNode {
  return <i className={`${colours.key} ${slotClass(slot)}`} aria-hidden="true" />;
}
