import { Menu } from '@base-ui/react/menu';
import { useNavigate } from '@tanstack/react-router';
import {
  applyTransformations,
  builtIns,
  firstOf,
  followedLinks,
  interpolateText,
  showFields,
  unknownUnits,
  type Dashboard,
  type Panel,
  type Scope,
} from '@bellwether/dashboards';
import { Ellipsis, Info, TriangleAlert } from 'lucide-react';
import { Popover } from '@base-ui/react/popover';
import { lazy, Suspense, useMemo, useRef, useState, type ReactNode } from 'react';
import type { Marker } from '../charts/plot.js';
import { formatRange } from '../format.js';
import { usePageRange } from '../page-range.js';
import { buttonClass } from '../parts/button.js';
import { download } from '../parts/download.js';
import { Failure } from '../parts/failure.js';
import { MenuItem, MenuPopup } from '../parts/menu.js';
import { PopoverPopup } from '../parts/popover.js';
import { SkeletonBlock } from '../parts/skeleton.js';
import { BarChartPanel } from './bar-chart-panel.js';
import { frameCsv } from './frame-csv.js';
import { HeatmapPanel } from './heatmap-panel.js';
import { LogPanel } from './log-panel.js';
import { BarGaugePanel, GaugePanel, PiePanel, StatPanel } from './number-panels.js';
import type { PanelBodyProps } from './panel-body.js';
import { panelScope } from './panel-query.js';
import styles from './panels.module.css';
import { SeriesPanel } from './series-panel.js';
import { StatePanel } from './state-panel.js';
import { TablePanel } from './table-panel.js';
import { TextPanel } from './text-panel.js';
import type { Filters } from './use-filters.js';
import { usePanelData } from './use-panel-data.js';
import { useSeen } from './use-seen.js';
import { useSize } from './use-size.js';
import { follow } from './value-links.js';

/** What can be done with a panel beside looking at it; what is missing cannot be done here. */
export type PanelActs = {
  onEdit?(): void;
  onDuplicate?(): void;
  onRemove?(): void;
};

export type PanelViewProps = PanelActs & {
  readonly panel: Panel;
  readonly dashboard: Dashboard;
  /** Undefined while the variables are worked out. */
  readonly variables: Scope | undefined;
  readonly markers: readonly Marker[];
  /** Ad hoc filters, put into each query; undefined while they are on their way. */
  readonly filters: Filters | undefined;
  /** Undefined where it is shown alone already. */
  onView?(): void;
};

const AskedDialog = lazy(() => import('./asked-dialog.js').then(module => ({ default: module.AskedDialog })));

const bucketsRemark =
  'The query returns native histograms, which this kind of panel does not draw: make it a heatmap, or put histogram_quantile() or histogram_count() around it.';

/** A panel of a dashboard: its title, what can be done with it, and what its queries say. It asks once it is nearly in sight. */
export function PanelView(props: PanelViewProps): ReactNode {
  const { panel, dashboard, variables, markers, filters, onView, onEdit, onDuplicate, onRemove } = props;
  const box = useRef<HTMLElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const { widthPx, heightPx } = useSize(body);
  const isSeen = useSeen(box);
  const [asTable, setAsTable] = useState(false);
  const [isTelling, setTelling] = useState(false);
  const { zone } = usePageRange();
  const navigate = useNavigate();
  const points = Math.min(Math.max(Math.round(widthPx / 2), 100), 1000);
  const asksItself = panel.kind !== 'text' && panel.kind !== 'logs';
  const { question, query } = usePanelData({
    panel,
    dashboard,
    variables: asksItself ? variables : undefined,
    filters,
    points,
    isSeen: isSeen && widthPx > 0,
  });
  const { fromMs, toMs } = question;
  const stepMs = question.targets[0]?.stepMs ?? 60_000;
  const scope = useMemo(
    () =>
      firstOf(
        panelScope(panel, variables ?? (() => undefined)),
        builtIns({ fromMs, toMs, stepMs, scrapeMs: 15_000, dashboard: dashboard.title, uid: dashboard.uid }),
      ),
    [panel, variables, fromMs, toMs, stepMs, dashboard.title, dashboard.uid],
  );
  const title = interpolateText(panel.title, scope);
  const name = title === '' ? 'Panel without a title' : title;
  const showsBuckets = asTable || panel.kind === 'heatmap' || panel.kind === 'table' || panel.kind === 'unknown';
  const transformed = useMemo(() => {
    const { frames = [], histograms = [] } = query.data ?? {};
    return applyTransformations(showsBuckets ? [...frames, ...histograms] : frames, panel.transformations);
  }, [query.data, panel.transformations, showsBuckets]);
  const units = useMemo(
    () => unknownUnits(showFields(transformed.frames, panel.fieldConfig)),
    [transformed, panel.fieldConfig],
  );
  const remarks = [
    ...question.notes,
    ...(panel.kind === 'unknown'
      ? [`Panels of the kind "${panel.type}" are not drawn here. The table shows what its queries return.`]
      : []),
    ...(transformed.note === undefined ? [] : [transformed.note]),
    ...(query.data?.failures ?? []).map(
      ({ refId, error }) => `Query ${refId} failed: ${error instanceof Error ? error.message : String(error)}`,
    ),
    ...(query.data?.remarks ?? []),
    ...(!showsBuckets && (query.data?.histograms.length ?? 0) > 0 ? [bucketsRemark] : []),
  ];
  const description = interpolateText(panel.description, scope);
  const about = [
    ...(description === '' ? [] : [description]),
    // Often a word of somebody's own, which is right as it is.
    ...units.map(unit => `The unit "${unit}" is none that is known here; it stands behind the numbers.`),
  ];
  const exprs = question.targets.map(({ expr }) => expr);

  return (
    <section aria-label={name} className={styles['panel']} data-transparent={panel.transparent} ref={box} role="group">
      <header>
        <h2 title={title}>{title}</h2>
        {about.length > 0 && <Note icon={<Info aria-hidden="true" />} label={`About ${name}`} lines={about} />}
        {remarks.length > 0 && (
          <Note
            icon={<TriangleAlert aria-hidden="true" />}
            label={`${remarks.length === 1 ? 'A remark' : `${remarks.length} remarks`} on ${name}`}
            lines={remarks}
            warns
          />
        )}
        <Menu.Root>
          <Menu.Trigger aria-label={`${name}: more`} className={buttonClass('ghost', styles['more'])}>
            <Ellipsis aria-hidden="true" />
          </Menu.Trigger>
          <MenuPopup>
            {onView !== undefined && <MenuItem onClick={onView}>View alone</MenuItem>}
            {onEdit !== undefined && <MenuItem onClick={onEdit}>Edit</MenuItem>}
            {exprs.length > 0 && (
              <MenuItem
                onClick={() =>
                  void navigate({ href: `/metrics?${new URLSearchParams(exprs.map(expr => ['q', expr])).toString()}` })
                }
              >
                Explore in Metrics
              </MenuItem>
            )}
            {asksItself && (
              <MenuItem onClick={() => setAsTable(!asTable)}>
                {asTable ? 'View as it was made' : 'View as table'}
              </MenuItem>
            )}
            {exprs.length > 0 && <MenuItem onClick={() => setTelling(true)}>What it asks</MenuItem>}
            <MenuItem
              onClick={() => {
                const caption = `${dashboard.title}, ${formatRange(fromMs, toMs, Date.now(), zone)}`;
                void import('../charts/element-png.js').then(({ downloadPng }) =>
                  box.current === null ? undefined : downloadPng(box.current, caption, name),
                );
              }}
            >
              Download PNG
            </MenuItem>
            {asksItself && (
              <MenuItem onClick={() => download(`${name}.csv`, frameCsv(transformed.frames))}>Download CSV</MenuItem>
            )}
            {onDuplicate !== undefined && <MenuItem onClick={onDuplicate}>Duplicate</MenuItem>}
            {onRemove !== undefined && <MenuItem onClick={onRemove}>Remove</MenuItem>}
            {followedLinks(panel.links, scope).map(link => (
              <MenuItem key={`${link.title} ${link.address}`} onClick={() => follow(link)}>
                {link.title}
              </MenuItem>
            ))}
          </MenuPopup>
        </Menu.Root>
      </header>
      {isTelling && (
        <Suspense fallback={undefined}>
          <AskedDialog onClose={() => setTelling(false)} question={question} title={name} />
        </Suspense>
      )}
      <div className={styles['body']} data-stale={query.isPlaceholderData} ref={body}>
        {panel.kind === 'text' ? (
          <TextPanel panel={panel} title={title} variables={scope} />
        ) : panel.kind === 'logs' ? (
          <LogPanel isSeen={isSeen} panel={panel} title={name} variables={scope} />
        ) : question.targets.length === 0 ? (
          <NothingAsked notes={question.notes} />
        ) : query.status === 'error' && query.data === undefined ? (
          <Failure error={query.error} onRetry={() => void query.refetch()} />
        ) : query.data === undefined || widthPx === 0 ? (
          <SkeletonBlock heightPx={Math.max(heightPx - 12, 40)} />
        ) : transformed.frames.length === 0 ? (
          <NoData failures={query.data.failures.length} hasBuckets={query.data.histograms.length > 0} />
        ) : (
          <PanelBody
            asTable={asTable}
            exprs={exprs}
            frames={transformed.frames}
            heightPx={heightPx}
            interval={question}
            markers={markers}
            panel={panel}
            title={name}
            variables={scope}
            widthPx={widthPx}
          />
        )}
      </div>
    </section>
  );
}

function PanelBody({ asTable, ...props }: PanelBodyProps & { readonly asTable: boolean }): ReactNode {
  if (asTable) return <TablePanel {...props} />;
  switch (props.panel.kind) {
    case 'timeseries':
      return <SeriesPanel {...props} />;
    case 'stat':
      return <StatPanel {...props} />;
    case 'gauge':
      return <GaugePanel {...props} />;
    case 'bargauge':
      return <BarGaugePanel {...props} />;
    case 'piechart':
      return <PiePanel {...props} />;
    case 'heatmap':
      return <HeatmapPanel {...props} />;
    case 'state-timeline':
    case 'status-history':
      return <StatePanel {...props} />;
    case 'barchart':
      return <BarChartPanel {...props} />;
    case 'unknown':
      return (
        <>
          <p className={styles['remark']}>
            A panel of the kind “{props.panel.type}” is not drawn here: this is what its queries return.
          </p>
          <TablePanel {...props} />
        </>
      );
    case 'table':
    case 'text':
    case 'logs':
      return <TablePanel {...props} />;
  }
}

function NothingAsked({ notes }: { readonly notes: readonly string[] }): ReactNode {
  return (
    <div className={styles['empty']}>
      <p>{notes.length === 0 ? 'It has no query yet' : 'It asks nothing that can be answered here'}</p>
      {notes.map(note => (
        <p key={note}>{note}</p>
      ))}
    </div>
  );
}

function NoData({ failures, hasBuckets }: { readonly failures: number; readonly hasBuckets: boolean }): ReactNode {
  return (
    <div className={styles['empty']}>
      <p>{hasBuckets ? bucketsRemark : 'No data in this range'}</p>
      {failures > 0 && <p>{failures} of its queries failed; the remarks above say why.</p>}
    </div>
  );
}

type NoteProps = {
  readonly icon: ReactNode;
  readonly label: string;
  readonly lines: readonly string[];
  readonly warns?: boolean;
};

function Note({ icon, label, lines, warns = false }: NoteProps): ReactNode {
  return (
    <Popover.Root>
      <Popover.Trigger aria-label={label} className={buttonClass('ghost', styles['note'])} data-warns={warns}>
        {icon}
      </Popover.Trigger>
      <PopoverPopup label={label}>
        <div className={styles['notes']}>
          {lines.map(line => (
            <p key={line}>{line}</p>
          ))}
        </div>
      </PopoverPopup>
    </Popover.Root>
  );
}
