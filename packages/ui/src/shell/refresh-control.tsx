import { Menu } from '@base-ui/react/menu';
import { ChevronDown, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { usePageRange, type PageRange } from '../page-range.js';
import { Button, buttonClass, ButtonGroup } from '../parts/button.js';
import { MenuPopup, MenuRadioItem } from '../parts/menu.js';
import styles from './top-bar.module.css';

const choices = [
  { value: '0', name: 'Off' },
  { value: '5', name: 'Every 5 s' },
  { value: '10', name: 'Every 10 s' },
  { value: '30', name: 'Every 30 s' },
  { value: '60', name: 'Every minute' },
] as const;

/** Looks again now, and by itself from time to time. */
export function RefreshControl(): ReactNode {
  const page = usePageRange();
  return (
    <ButtonGroup label="Refresh">
      <Button aria-label="Refresh now" onClick={page.refresh} title="Refresh (r)">
        <RotateCw aria-hidden="true" />
      </Button>
      <Menu.Root>
        <Menu.Trigger
          aria-label={`Refresh by itself: ${describe(page)}`}
          className={buttonClass('plain', styles['wide'])}
          title={reason(page)}
        >
          {describe(page)}
          <ChevronDown aria-hidden="true" />
        </Menu.Trigger>
        <MenuPopup>
          <Menu.RadioGroup
            onValueChange={(value: string) => page.setEverySeconds(Number(value))}
            value={String(page.everySeconds)}
          >
            {choices.map(({ value, name }) => (
              <MenuRadioItem key={value} value={value}>
                {name}
              </MenuRadioItem>
            ))}
          </Menu.RadioGroup>
        </MenuPopup>
      </Menu.Root>
    </ButtonGroup>
  );
}

function describe({ everySeconds, paused }: PageRange): string {
  if (everySeconds === 0 || paused !== undefined) return 'Off';
  return everySeconds === 60 ? '1 m' : `${everySeconds} s`;
}

function reason({ everySeconds, paused }: PageRange): string {
  if (paused === 'fixed') return 'A fixed range does not move, so nothing is refreshed';
  if (paused === 'long') return 'Ranges over 24 hours are refreshed only by hand';
  return everySeconds === 0 ? 'Refreshed only by hand' : `Refreshed every ${everySeconds} s while the page is visible`;
}
