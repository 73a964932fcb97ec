import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** Prometheus, whatever it is called where the dashboard is loaded. */
const datasource = { type: 'prometheus', uid: '${datasource}' };

/** A dashboard that refreshes every 10 s, over the last hour, of any service that sends. */
export function dashboard(uid: string, title: string, description: string): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['bellwether'])
    .timezone('browser')
    .refresh('10s')
    .time({ from: 'now-1h', to: 'now' })
    .tooltip(DashboardCursorSync.Crosshair)
    .editable()
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'));
}

/** A choice of label values, all of them at first. */
export function choice(name: string, label: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(datasource)
    .query({ query, refId: `${name}-values` })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}

/** One line per series of `expr`. */
export function query(expr: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().expr(expr).legendFormat(legend).range();
}

/** The rows of `expr` as they are now. */
export function rows(expr: string): DataqueryBuilder {
  return new DataqueryBuilder().expr(expr).format(PromQueryFormat.Table).instant();
}

const refIds = 'ABCDEFGH';

function numbered(queries: readonly DataqueryBuilder[]): Builder<Dataquery>[] {
  return queries.map((one, at) => one.refId(refIds[at] ?? `Q${at}`));
}

interface Panel {
  readonly title: string;
  /** What it shows and what to look for, in a sentence. */
  readonly description: string;
  /** A unit as Grafana names them. */
  readonly unit: string;
  /** In columns of 24. */
  readonly width: number;
}

/** Lines over time, with last and highest values under it. */
export function chart(panel: Panel, queries: readonly DataqueryBuilder[]): TimeSeriesBuilder {
  return new TimeSeriesBuilder()
    .title(panel.title)
    .description(panel.description)
    .unit(panel.unit)
    .min(0)
    .height(8)
    .span(panel.width)
    .datasource(datasource)
    .lineWidth(1)
    .fillOpacity(0)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(['lastNotNull', 'max']),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .targets(numbered(queries));
}

/** Parts of a whole over time. */
export function stacked(panel: Panel, queries: readonly DataqueryBuilder[]): TimeSeriesBuilder {
  return chart(panel, queries).fillOpacity(30).stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
}

/** One number, as it is now. */
export function figure(panel: Panel, expr: string): StatBuilder {
  return new StatBuilder()
    .title(panel.title)
    .description(panel.description)
    .unit(panel.unit)
    .height(4)
    .span(panel.width)
    .datasource(datasource)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .targets(numbered([query(expr, panel.title)]));
}

/** A column of a table: the query that fills it, its heading and its unit. */
export interface Column {
  readonly expr: string;
  readonly title: string;
  readonly unit: string;
}

/** A row per value of `labels`, a column per query; the first column sorts it. */
export function table(
  panel: Omit<Panel, 'unit'>,
  labels: Readonly<Record<string, string>>,
  columns: readonly Column[],
): TableBuilder {
  const builder = new TableBuilder()
    .title(panel.title)
    .description(panel.description)
    .height(10)
    .span(panel.width)
    .datasource(datasource)
    .targets(numbered(columns.map(column => rows(column.expr))))
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(
          [...Object.keys(labels), ...columns.map((_, at) => `Value #${refIds[at] ?? ''}`)].map((name, at) => [
            name,
            at,
          ]),
        ),
        renameByName: {
          ...labels,
          ...Object.fromEntries(columns.map((column, at) => [`Value #${refIds[at] ?? ''}`, column.title])),
        },
      },
    })
    .withTransformation({ id: 'sortBy', options: { sort: [{ field: columns[0]?.title ?? '', desc: true }] } });
  for (const column of columns) builder.overrideByName(column.title, [{ id: 'unit', value: column.unit }]);
  return builder;
}
