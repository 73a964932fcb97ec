import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import styles from './popup.module.css';

type DialogProps = {
  readonly children: ReactNode;
  readonly title: string;
  readonly open: boolean;
  onOpenChange(open: boolean): void;
};

/** A window over the page; Escape and a click beside it close it. */
export function Dialog({ children, title, open, onOpenChange }: DialogProps): ReactNode {
  return (
    <BaseDialog.Root onOpenChange={onOpenChange} open={open}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={styles['backdrop']} />
        <BaseDialog.Popup className={styles['dialog']}>
          <BaseDialog.Title>{title}</BaseDialog.Title>
          {children}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
