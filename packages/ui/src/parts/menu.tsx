import { Menu } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './popup.module.css';

type Side = 'top' | 'bottom' | 'left' | 'right';

/** The list of a `Menu.Root`, placed beside its trigger. */
export function MenuPopup({ children, side = 'bottom' }: { children: ReactNode; side?: Side }): ReactNode {
  return (
    <Menu.Portal>
      <Menu.Positioner align="start" className={styles['positioner']} side={side} sideOffset={4}>
        <Menu.Popup className={styles['menu']}>{children}</Menu.Popup>
      </Menu.Positioner>
    </Menu.Portal>
  );
}

/** One line of a menu; `hint` stands grey at its right end. */
export function MenuItem({
  children,
  hint,
  onClick,
}: {
  children: ReactNode;
  hint?: string;
  onClick(): void;
}): ReactNode {
  return (
    <Menu.Item className={styles['item']} onClick={onClick}>
      <span className={styles['label']}>{children}</span>
      {hint !== undefined && <span className={styles['hint']}>{hint}</span>}
    </Menu.Item>
  );
}

/** A line of a menu that only says something. */
export function MenuNote({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <p className={styles['item']}>
      <span className={styles['hint']}>{children}</span>
    </p>
  );
}

/** One of several choices, ticked when it holds. */
export function MenuRadioItem({
  children,
  hint,
  value,
}: {
  children: ReactNode;
  hint?: string;
  value: string;
}): ReactNode {
  return (
    <Menu.RadioItem className={styles['item']} closeOnClick value={value}>
      <span className={styles['tick']}>
        <Menu.RadioItemIndicator>
          <Check aria-hidden="true" size={14} />
        </Menu.RadioItemIndicator>
      </span>
      <span className={styles['label']}>{children}</span>
      {hint !== undefined && <span className={styles['hint']}>{hint}</span>}
    </Menu.RadioItem>
  );
}
