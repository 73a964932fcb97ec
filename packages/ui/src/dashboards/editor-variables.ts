import {
  builtIns,
  firstOf,
  interpolatePromql,
  stepMsFor,
  type Dashboard,
  type Panel,
  type Scope,
} from '@bellwether/dashboards';
import type { EditorVariables } from '../metrics/editor/promql-editor.js';
import type { Interval } from '../time-range.js';
import { panelScope } from './panel-query.js';

const scrapeMs = 15_000;
const points = 500;

/** The names that every dashboard has. */
const always: EditorVariables['names'] = [
  { name: '__rate_interval', about: 'long enough for rate()' },
  { name: '__interval', about: 'the step' },
  { name: '__range', about: 'the time shown' },
  { name: '__range_s', about: 'the time shown, in seconds' },
  { name: '__interval_ms', about: 'the step, in ms' },
  { name: '__from', about: 'begin, in ms' },
  { name: '__to', about: 'end, in ms' },
];

/** What the editor of a panel's queries knows of the dashboard's variables. */
export function editorVariables(
  { variables, title, uid }: Dashboard,
  panel: Panel,
  scope: Scope | undefined,
  range: Interval,
): EditorVariables {
  const stepMs = stepMsFor(range.toMs - range.fromMs, points, scrapeMs);
  const names = firstOf(
    panelScope(panel, scope ?? (() => undefined)),
    builtIns({ ...range, stepMs, scrapeMs, dashboard: title, uid }),
  );
  return {
    names: [...variables.map(({ name, label }) => ({ name, about: label === name ? '' : label })), ...always],
    putIn: text => interpolatePromql(text, names),
  };
}
