import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './chip.module.css';

type ChipProps = {
  readonly children: ReactNode;
  readonly tone?: 'plain' | 'crit' | 'warn' | 'ok' | 'accent';
  /** With it the chip has a cross; `removeLabel` is what the cross does, in words. */
  onRemove?(): void;
  readonly removeLabel?: string;
};

/** A small fact, or a filter that can be taken away. */
export function Chip({ children, tone = 'plain', onRemove, removeLabel = 'Remove' }: ChipProps): ReactNode {
  return (
    <span className={`${styles['chip']} ${styles[tone]}`}>
      <span className={styles['text']}>{children}</span>
      {onRemove !== undefined && (
        <button aria-label={removeLabel} onClick={onRemove} title={removeLabel} type="button">
          <X aria-hidden="true" size={12} />
        </button>
      )}
    </span>
  );
}
