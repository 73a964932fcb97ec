import { Menu } from '@base-ui/react/menu';
import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatDuration } from '../format.js';
import { usePageRange } from '../page-range.js';
import { buttonClass } from '../parts/button.js';
import { MenuPopup, MenuRadioItem } from '../parts/menu.js';
import { parseLength } from '../time-range.js';
import { useUrlState } from '../url-state.js';
import { autoStepMs, boundedStepMs, fixedStepsMs } from './step.js';

/** About what the chart is wide; a round step hides the rest. */
function chartWidthPx(): number {
  return Math.max(Math.min(window.innerWidth, 2560) - 320, 300);
}

/** The step of the page: fixed by its URL, else one point per 2 px. */
export function useStepMs(): { readonly stepMs: number; readonly isFixed: boolean } {
  const { fromMs, toMs } = usePageRange();
  const { get } = useUrlState();
  const fixed = parseLength(get('step') ?? '');
  return fixed === undefined
    ? { stepMs: autoStepMs(toMs - fromMs, chartWidthPx()), isFixed: false }
    : { stepMs: boundedStepMs(fixed, toMs - fromMs), isFixed: true };
}

/** How far the points are apart: by itself, or as chosen. */
export function StepPicker(): ReactNode {
  const { fromMs, toMs } = usePageRange();
  const { set } = useUrlState();
  const { stepMs, isFixed } = useStepMs();
  const offered = fixedStepsMs(toMs - fromMs);
  const choices = isFixed && !offered.includes(stepMs) ? [stepMs, ...offered] : offered;
  return (
    <Menu.Root>
      <Menu.Trigger className={buttonClass()} title="How far the points are apart">
        Step {formatDuration(stepMs)}
        {!isFixed && ' (auto)'}
        <ChevronDown aria-hidden="true" />
      </Menu.Trigger>
      <MenuPopup>
        <Menu.RadioGroup
          onValueChange={(value: string) => set({ step: value === 'auto' ? undefined : value })}
          value={isFixed ? `${stepMs / 1000}s` : 'auto'}
        >
          <MenuRadioItem hint="one point per 2 px" value="auto">
            Auto
          </MenuRadioItem>
          {choices.map(choice => (
            <MenuRadioItem key={choice} value={`${choice / 1000}s`}>
              {formatDuration(choice)}
            </MenuRadioItem>
          ))}
        </Menu.RadioGroup>
      </MenuPopup>
    </Menu.Root>
  );
}
