import type { Frame, Panel, Scope } from '@bellwether/dashboards';
import type { Marker } from '../charts/plot.js';
import type { Interval } from '../time-range.js';

/** What every kind of panel is drawn from. */
export type PanelBodyProps = {
  readonly panel: Panel;
  readonly title: string;
  /** After the panel's transformations. */
  readonly frames: readonly Frame[];
  /** Its queries with everything put in. */
  readonly exprs: readonly string[];
  readonly interval: Interval;
  readonly variables: Scope;
  readonly markers: readonly Marker[];
  readonly widthPx: number;
  readonly heightPx: number;
};
