import type { ReactNode } from 'react';
import { Button, ButtonGroup } from '../parts/button.js';
import { useUrlState } from '../url-state.js';
import styles from './calls.module.css';

type PickerProps = {
  readonly label: string;
  /** The param that holds the choice. */
  readonly param: string;
  readonly choices: readonly { readonly value: string; readonly title: string }[];
};

const most = 12;

/** All, or one of a few; nothing to choose from where there is only one. */
export function Picker({ label, param, choices }: PickerProps): ReactNode {
  const { get, set } = useUrlState();
  const chosen = get(param);
  if (choices.length < 2 && chosen === undefined) return undefined;
  return (
    <div className={styles['filters']}>
      <ButtonGroup label={label}>
        <Button aria-pressed={chosen === undefined} onClick={() => set({ [param]: undefined })}>
          All
        </Button>
        {choices.slice(0, most).map(({ value, title }) => (
          <Button aria-pressed={chosen === value} key={value} onClick={() => set({ [param]: value })}>
            {title}
          </Button>
        ))}
      </ButtonGroup>
    </div>
  );
}
