import { Popover } from '@base-ui/react/popover';
import { ChevronDown, Flag } from 'lucide-react';
import type { ReactNode } from 'react';
import { buttonClass } from '../parts/button.js';
import { PopoverPopup } from '../parts/popover.js';
import styles from './dashboards.module.css';
import type { Mark } from './use-annotations.js';

type MarkPickerProps = {
  readonly marks: readonly Mark[];
  readonly failed: readonly string[];
  onTurn(name: string): void;
};

/** What is marked in the charts with a flag: deploys, alerts, and the dashboard's own annotations. */
export function MarkPicker({ marks, failed, onTurn }: MarkPickerProps): ReactNode {
  return (
    <Popover.Root>
      <Popover.Trigger className={buttonClass('plain')}>
        <Flag aria-hidden="true" /> Marks
        <ChevronDown aria-hidden="true" />
      </Popover.Trigger>
      <PopoverPopup align="start" label="Marks">
        <div className={styles['marks']}>
          {marks.map(({ name, isOn }) => (
            <label key={name}>
              <input checked={isOn} onChange={() => onTurn(name)} type="checkbox" />
              {name}
            </label>
          ))}
          {failed.length > 0 && <p>Could not be asked for in this range: {failed.join(', ')}.</p>}
        </div>
      </PopoverPopup>
    </Popover.Root>
  );
}
