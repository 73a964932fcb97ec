import { useState } from 'react';
import { useHold } from '../hold.js';

/** Handlers for a list: while the pointer is over it no refresh moves a row away under it. */
export type HoldOver = { readonly onPointerEnter: () => void; readonly onPointerLeave: () => void };

/** Stops the automatic refresh while the pointer is over what gets the handlers. */
export function useHoldOver(): HoldOver {
  const [over, setOver] = useState(false);
  useHold(over);
  return { onPointerEnter: () => setOver(true), onPointerLeave: () => setOver(false) };
}
