import { Menu } from '@base-ui/react/menu';
import { Ellipsis } from 'lucide-react';
import { useRef, type ReactNode } from 'react';
import { chartCsv } from '../charts/chart-csv.js';
import { cardPng } from '../charts/chart-menu.js';
import { formatRange } from '../format.js';
import { usePageRange } from '../page-range.js';
import { buttonClass } from '../parts/button.js';
import { download } from '../parts/download.js';
import { MenuItem, MenuPopup } from '../parts/menu.js';
import { copyLink } from '../shell/copy-link.js';
import { useUrlState } from '../url-state.js';
import type { FrameSeries } from './series-frame.js';
import { seriesText } from './series-names.js';

type ResultMenuProps = {
  readonly title: string;
  readonly stepsMs: readonly number[];
  readonly series: readonly FrameSeries[];
  readonly isTable: boolean;
  readonly exemplars: boolean;
};

/** What can be done with the result besides looking at it. */
export function ResultMenu({ title, stepsMs, series, isTable, exemplars }: ResultMenuProps): ReactNode {
  const trigger = useRef<HTMLButtonElement>(null);
  const { set } = useUrlState();
  const { range, fromMs, toMs, zone } = usePageRange();
  return (
    <Menu.Root>
      <Menu.Trigger aria-label="Result: more" className={buttonClass('ghost')} ref={trigger}>
        <Ellipsis aria-hidden="true" />
      </Menu.Trigger>
      <MenuPopup>
        <MenuItem onClick={() => set({ points: isTable ? undefined : 'table' })}>
          {isTable ? 'Points as a chart' : 'Points as a table'}
        </MenuItem>
        <MenuItem onClick={() => set({ exemplars: exemplars ? 'off' : undefined })}>
          {exemplars ? 'Hide exemplars' : 'Show exemplars'}
        </MenuItem>
        <MenuItem onClick={() => download('metrics.csv', chartCsv(stepsMs, columns(series)))}>Download CSV</MenuItem>
        <MenuItem
          onClick={() =>
            void cardPng(trigger.current, 'metrics', `${title}, ${formatRange(fromMs, toMs, Date.now(), zone)}`)
          }
        >
          Download PNG
        </MenuItem>
        <MenuItem onClick={() => void copyLink(range, 'frozen')}>Copy link</MenuItem>
      </MenuPopup>
    </Menu.Root>
  );
}

/** Whole series as column names: a file is read without the page beside it. */
function columns(series: readonly FrameSeries[]): readonly { name: string; values: readonly (number | null)[] }[] {
  return series.map(({ letter, labels, values }) => ({ name: `${letter} ${seriesText(labels)}`, values }));
}
