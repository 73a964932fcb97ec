import {
  canArrange,
  interpolateText,
  type Dashboard,
  type Panel,
  type Scope,
  type Section,
} from '@bellwether/dashboards';
import { ChevronDown, ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Marker } from '../charts/plot.js';
import { useUrlState } from '../url-state.js';
import { ArrangeHandles, type Arranging } from './arrange-handles.js';
import styles from './dashboards.module.css';
import type { Filters } from './use-filters.js';
import { PanelView, type PanelActs } from './panel-view.js';

type DashboardGridProps = {
  readonly dashboard: Dashboard;
  readonly sections: readonly Section[];
  readonly variables: Scope | undefined;
  readonly markers: readonly Marker[];
  readonly filters: Filters | undefined;
  /** With it the panels can be moved and resized. */
  readonly arranging?: Arranging | undefined;
  actsOf(panel: Panel): PanelActs;
};

const rowPx = 30;
const gapPx = 8;

/** The panels where the file puts them: 24 columns, rows of 30 px. On a phone they stand below each other. */
export function DashboardGrid({
  dashboard,
  sections,
  variables,
  markers,
  filters,
  arranging,
  actsOf,
}: DashboardGridProps): ReactNode {
  const { get, set } = useUrlState();
  // Rows that are not as the file has them.
  const turned = new Set((get('rows') ?? '').split(',').filter(Boolean));
  const turn = (key: string): void => {
    const next = new Set(turned);
    if (!next.delete(key)) next.add(key);
    set({ rows: [...next].join(',') || undefined }, 'replace');
  };
  return (
    <div className={styles['sections']}>
      {sections.map(({ row, panels }, at) => {
        const isOpen = row === undefined || row.collapsed === turned.has(row.key);
        const title = row === undefined ? '' : interpolateText(row.title, variables ?? (() => undefined));
        return (
          <div className={styles['section']} key={row?.key ?? `top ${at}`}>
            {row !== undefined && (
              <button aria-expanded={isOpen} className={styles['row']} onClick={() => turn(row.key)} type="button">
                {isOpen ? <ChevronDown aria-hidden="true" size={16} /> : <ChevronRight aria-hidden="true" size={16} />}
                <span>{title === '' ? 'Row' : title}</span>
                {!isOpen && (
                  <span className={styles['count']}>{panels.length === 1 ? '1 panel' : `${panels.length} panels`}</span>
                )}
              </button>
            )}
            {isOpen && (
              <div className={styles['grid']} data-grid>
                {panels.map(panel => {
                  const { x, y, w, h } = panel.place;
                  return (
                    <div
                      className={styles['cell']}
                      data-arranging={arranging !== undefined}
                      key={panel.key}
                      style={{
                        gridColumn: `${x + 1} / span ${w}`,
                        gridRow: `${y + 1} / span ${h}`,
                        minHeight: Math.min(h, 40) * (rowPx + gapPx) - gapPx,
                      }}
                    >
                      <PanelView
                        dashboard={dashboard}
                        filters={filters}
                        markers={markers}
                        onView={() => set({ view: panel.key })}
                        panel={panel}
                        variables={variables}
                        {...actsOf(panel)}
                      />
                      {arranging !== undefined && canArrange(panel.path) && isItself(panel) && (
                        <ArrangeHandles
                          arranging={arranging}
                          panel={panel}
                          rowPx={rowPx + gapPx}
                          title={
                            interpolateText(panel.title, variables ?? (() => undefined)) || 'Panel without a title'
                          }
                        />
                      )}
                    </div>
                  );
                })}
              </div>
            )}
          </div>
        );
      })}
    </div>
  );
}

/** Of the repeats of a panel, the first one stands for it in the file. */
function isItself({ key }: Panel): boolean {
  return !/-r?\d+$/.test(key);
}
