import { Menu } from '@base-ui/react/menu';
import { Monitor, Moon, Sun } from 'lucide-react';
import type { ReactNode } from 'react';
import { MenuPopup, MenuRadioItem } from '../parts/menu.js';
import { chooseTheme, useThemeChoice, type ThemeChoice } from '../theme.js';

const choices = [
  { value: 'light', name: 'Light', icon: Sun },
  { value: 'dark', name: 'Dark', icon: Moon },
  { value: 'system', name: 'As the system', icon: Monitor },
] as const;

/** Light, dark, or as the system says. */
export function ThemeSwitch({ itemClass, wordClass }: { itemClass: string; wordClass: string }): ReactNode {
  const choice = useThemeChoice();
  const Icon = choices.find(({ value }) => value === choice)?.icon ?? Monitor;
  return (
    <Menu.Root>
      <Menu.Trigger aria-label="Theme" className={itemClass} title="Theme">
        <Icon aria-hidden="true" />
        <span className={wordClass}>Theme</span>
      </Menu.Trigger>
      <MenuPopup side="top">
        <Menu.RadioGroup onValueChange={(value: ThemeChoice) => chooseTheme(value)} value={choice}>
          {choices.map(({ value, name }) => (
            <MenuRadioItem key={value} value={value}>
              {name}
            </MenuRadioItem>
          ))}
        </Menu.RadioGroup>
      </MenuPopup>
    </Menu.Root>
  );
}
