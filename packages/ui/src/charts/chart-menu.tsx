import { Menu } from '@base-ui/react/menu';
import { useNavigate } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import type { ReactNode } from 'react';
import { buttonClass } from '../parts/button.js';
import { MenuItem, MenuPopup } from '../parts/menu.js';
import { chartCsv } from './chart-csv.js';
import styles from './chart.module.css';
import type { ChartSeries } from './time-chart.js';

type ChartMenuProps = {
  readonly title: string;
  readonly stepsMs: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly asTable: boolean;
  /** The same question in PromQL. */
  readonly promql?: string | undefined;
  onToggle(): void;
};

/** What can be done with a chart besides looking at it. */
export function ChartMenu({ title, stepsMs, series, asTable, promql, onToggle }: ChartMenuProps): ReactNode {
  const navigate = useNavigate();
  return (
    <Menu.Root>
      <Menu.Trigger aria-label={`${title}: more`} className={buttonClass('ghost', styles['more'])}>
        <Ellipsis aria-hidden="true" />
      </Menu.Trigger>
      <MenuPopup>
        <MenuItem onClick={onToggle}>{asTable ? 'View as chart' : 'View as table'}</MenuItem>
        <MenuItem onClick={() => download(`${title}.csv`, chartCsv(stepsMs, series))}>Download CSV</MenuItem>
        {promql !== undefined && (
          <MenuItem onClick={() => void navigate({ to: '/metrics', search: { q: promql } })}>Open in Metrics</MenuItem>
        )}
      </MenuPopup>
    </Menu.Root>
  );
}

/** Hands a text to the browser as a file. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
