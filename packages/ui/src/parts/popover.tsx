import { Popover } from '@base-ui/react/popover';
import type { ReactNode } from 'react';
import styles from './popup.module.css';

type PopoverPopupProps = {
  readonly children: ReactNode;
  readonly label: string;
  readonly align?: 'start' | 'center' | 'end';
};

/** The floating card of a `Popover.Root`. */
export function PopoverPopup({ children, label, align = 'end' }: PopoverPopupProps): ReactNode {
  return (
    <Popover.Portal>
      <Popover.Positioner align={align} className={styles['positioner']} sideOffset={4}>
        <Popover.Popup aria-label={label} className={styles['popover']}>
          {children}
        </Popover.Popup>
      </Popover.Positioner>
    </Popover.Portal>
  );
}
