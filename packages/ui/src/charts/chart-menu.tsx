import { Menu } from '@base-ui/react/menu';
import { useNavigate } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import { useRef, type ReactNode } from 'react';
import { formatRange } from '../format.js';
import { usePageRange } from '../page-range.js';
import { buttonClass } from '../parts/button.js';
import { download } from '../parts/download.js';
import { MenuItem, MenuPopup } from '../parts/menu.js';
import { copyLink } from '../shell/copy-link.js';
import { chartCsv } from './chart-csv.js';
import styles from './chart.module.css';
import type { ChartSeries } from './time-chart.js';

type ChartMenuProps = {
  readonly title: string;
  readonly stepsMs: readonly number[];
  /** What a file has beside the times. */
  readonly series: readonly Pick<ChartSeries, 'name' | 'values'>[];
  /** Absent where there is no table of it. */
  readonly asTable?: boolean;
  /** The same question in PromQL. */
  readonly promql?: string | undefined;
  onToggle?(): void;
};

/** What can be done with a chart besides looking at it. */
export function ChartMenu({ title, stepsMs, series, asTable, promql, onToggle }: ChartMenuProps): ReactNode {
  const navigate = useNavigate();
  const trigger = useRef<HTMLButtonElement>(null);
  const { range, fromMs, toMs, zone } = usePageRange();
  return (
    <Menu.Root>
      <Menu.Trigger ref={trigger} aria-label={`${title}: more`} className={buttonClass('ghost', styles['more'])}>
        <Ellipsis aria-hidden="true" />
      </Menu.Trigger>
      <MenuPopup>
        {onToggle !== undefined && (
          <MenuItem onClick={onToggle}>{asTable === true ? 'View as chart' : 'View as table'}</MenuItem>
        )}
        <MenuItem onClick={() => download(`${title}.csv`, chartCsv(stepsMs, series))}>Download CSV</MenuItem>
        <MenuItem onClick={() => void cardPng(trigger.current, title, formatRange(fromMs, toMs, Date.now(), zone))}>
          Download PNG
        </MenuItem>
        <MenuItem onClick={() => void copyLink(range, 'frozen')}>Copy link</MenuItem>
        {promql !== undefined && (
          <MenuItem onClick={() => void navigate({ to: '/metrics', search: { q: promql } })}>Open in Metrics</MenuItem>
        )}
      </MenuPopup>
    </Menu.Root>
  );
}

/** The card that a menu stands in as a picture; what draws it comes only now. */
export async function cardPng(menu: HTMLElement | null, name: string, caption: string): Promise<void> {
  const card = menu?.closest<HTMLElement>('section[role="group"], [data-picture]');
  if (card === null || card === undefined) return;
  const { downloadPng } = await import('./element-png.js');
  await downloadPng(card, caption, name);
}
