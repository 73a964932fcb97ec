import { Menu } from '@base-ui/react/menu';
import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { usePageRange } from '../page-range.js';
import { buttonClass } from '../parts/button.js';
import { MenuPopup, MenuRadioItem } from '../parts/menu.js';
import { comparedName } from '../compared-name.js';
import { useUrlState } from '../url-state.js';
import styles from './top-bar.module.css';

/** Which earlier period is drawn dashed and fills the "vs" columns. */
export function ComparePicker(): ReactNode {
  const page = usePageRange();
  const { set } = useUrlState();
  const name = comparedName(page);
  return (
    <Menu.Root>
      <Menu.Trigger className={buttonClass('plain', styles['wide'])} data-on={name !== undefined} title="Compare (c)">
        {name === undefined ? 'Compare' : `Compare: ${name}`}
        <ChevronDown aria-hidden="true" />
      </Menu.Trigger>
      <MenuPopup>
        <Menu.RadioGroup
          onValueChange={(value: string) => set({ cmp: value === 'off' ? undefined : value })}
          value={page.cmp ?? 'off'}
        >
          <MenuRadioItem value="off">No comparison</MenuRadioItem>
          <MenuRadioItem hint="c" value="prev">
            The period before
          </MenuRadioItem>
          <MenuRadioItem value="day">The same time yesterday</MenuRadioItem>
          <MenuRadioItem value="week">The same time last week</MenuRadioItem>
        </Menu.RadioGroup>
      </MenuPopup>
    </Menu.Root>
  );
}
