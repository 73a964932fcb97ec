import {
  builtIns,
  firstOf,
  interpolatePromql,
  interpolateText,
  histogramFrames,
  plainValue,
  prometheusFrames,
  readIntervalMs,
  stepMsFor,
  type Frame,
  type Panel,
  type Scope,
  type Target,
} from '@bellwether/dashboards';
import { queryInstant, queryRange } from '../prometheus-client.js';
import type { Interval } from '../time-range.js';
import { gated } from './gated.js';
import { inTime } from './in-time.js';
import type { Filters } from './use-filters.js';
import { panelAnswer } from './prometheus-answers.js';

/** One query as it is sent. */
export type AskedTarget = {
  readonly target: Target;
  readonly expr: string;
  readonly legend: string;
  readonly stepMs: number;
};

/** What a panel asks: its queries with everything put in, and over which time. */
export type PanelQuestion = Interval & {
  readonly targets: readonly AskedTarget[];
  /** Queries for sources that are not here, in words. */
  readonly notes: readonly string[];
};

type Facts = Interval & {
  readonly variables: Scope;
  readonly dashboard: string;
  readonly uid: string;
  /** About so many points across. */
  readonly points: number;
  /** Puts ad hoc filters into a query; undefined: there are none. */
  readonly filters?: Filters | undefined;
  /** Panels by id, for those that show another's queries. */
  readonly others: ReadonlyMap<number, Panel>;
};

const scrapeMs = 15_000;

/** The values that variables have in one panel: those of its repeat before the dashboard's. */
export function panelScope(panel: Panel, variables: Scope): Scope {
  return firstOf(name => {
    const own = panel.scoped.get(name);
    return own === undefined ? undefined : { ...plainValue(own.value), options: [own], isPattern: true, isRaw: false };
  }, variables);
}

/** Works out what a panel asks. Hidden queries are not asked. */
export function panelQuestion(
  panel: Panel,
  { fromMs, toMs, variables, dashboard, uid, filters, points, others }: Facts,
): PanelQuestion {
  const scope = panelScope(panel, variables);
  const range = shifted(panel, { fromMs, toMs });
  const notes: string[] = [...panel.notes];
  const targets: AskedTarget[] = [];
  for (const target of targetsOf(panel, others)) {
    if (target.hidden) continue;
    const { datasource } = target;
    if (datasource.kind === 'unknown') {
      notes.push(`Query ${target.refId} is for ${datasource.name}, which is not a source here.`);
      continue;
    }
    if (datasource.kind !== 'prometheus' && datasource.kind !== 'mixed') continue;
    if (target.expr.trim() === '') continue;
    const least =
      readIntervalMs(interpolateText(target.interval === '' ? panel.interval : target.interval, scope)) ?? scrapeMs;
    const most = Math.min(panel.maxDataPoints ?? points, points);
    const stepMs = stepMsFor(range.toMs - range.fromMs, most, least);
    const names = firstOf(scope, builtIns({ ...range, stepMs, scrapeMs, dashboard, uid }));
    const expr = interpolatePromql(target.expr, names);
    const filtered = filters === undefined ? expr : filters(expr);
    if (filtered === undefined)
      notes.push(`The filters could not be put into query ${target.refId}: it is asked without.`);
    targets.push({
      target,
      stepMs,
      expr: filtered ?? expr,
      legend: interpolateText(target.legend, names),
    });
  }
  return { ...range, targets, notes: [...new Set(notes)] };
}

function targetsOf(panel: Panel, others: ReadonlyMap<number, Panel>): readonly Target[] {
  return panel.targets.flatMap(target => {
    if (target.datasource.kind !== 'dashboard' || target.panelId === undefined) return [target];
    const source = others.get(target.panelId);
    return source === undefined || source.id === panel.id
      ? []
      : source.targets.filter(({ datasource }) => datasource.kind !== 'dashboard');
  });
}

/** `timeFrom` looks at its own length, `timeShift` some time back. */
function shifted({ timeFrom, timeShift }: Panel, { fromMs, toMs }: Interval): Interval {
  const lengthMs = readIntervalMs(timeFrom.replace(/^now-/, '')) ?? toMs - fromMs;
  const backMs = readIntervalMs(timeShift) ?? 0;
  return { fromMs: toMs - lengthMs - backMs, toMs: toMs - backMs };
}

export type PanelData = {
  readonly frames: readonly Frame[];
  /** Native histograms, as tables of their buckets: only heatmaps and tables can show them. */
  readonly histograms: readonly Frame[];
  /** Warnings and infos of the engine, and what is left out. */
  readonly remarks: readonly string[];
  /** Queries that failed, by their letter. */
  readonly failures: readonly { readonly refId: string; readonly error: unknown }[];
};

/** Asks all queries of a panel. Throws only when every one of them failed. */
export async function askPanel({ fromMs, toMs, targets }: PanelQuestion, signal: AbortSignal): Promise<PanelData> {
  const answers = await Promise.all(
    targets.map(async (asked): Promise<Answered> => {
      try {
        return await gated(
          () => inTime(own => askTarget(asked, { fromMs, toMs }, targets.length > 1, own), signal),
          signal,
        );
      } catch (error) {
        if (signal.aborted) throw error;
        return { frames: [], histograms: [], remarks: [], failure: { refId: asked.target.refId, error } };
      }
    }),
  );
  const failures = answers.flatMap(({ failure }) => failure ?? []);
  const [first] = failures;
  if (first !== undefined && failures.length === answers.length) throw first.error;
  return {
    frames: answers.flatMap(({ frames }) => frames),
    histograms: answers.flatMap(({ histograms }) => histograms),
    remarks: [...new Set(answers.flatMap(({ remarks }) => remarks))],
    failures,
  };
}

type Failed = PanelData['failures'][number];

type Answered = Omit<PanelData, 'failures'> & { readonly failure?: Failed };

async function askTarget(
  { target, expr, legend, stepMs }: AskedTarget,
  range: Interval,
  isOneOfMany: boolean,
  signal: AbortSignal,
): Promise<Answered> {
  const { refId, format, instant } = target;
  if (instant) {
    const answer = panelAnswer(await queryInstant(expr, range.toMs, signal));
    return {
      frames: prometheusFrames(answer, { refId, expr, legend, format, grid: undefined, isOneOfMany }),
      histograms: histogramFrames(answer.histograms, refId),
      remarks: answer.remarks,
    };
  }
  // On whole steps, so that a refresh asks for the same moments again and the lines do not tremble.
  const fromMs = Math.floor(range.fromMs / stepMs) * stepMs;
  const toMs = Math.max(fromMs, Math.floor(range.toMs / stepMs) * stepMs);
  const answer = panelAnswer(await queryRange({ expr, fromMs, toMs, stepMs }, signal));
  const grid = { fromMs, stepMs, count: Math.floor((toMs - fromMs) / stepMs) + 1 };
  return {
    frames: prometheusFrames(answer, { refId, expr, legend, format, grid, isOneOfMany }),
    histograms: histogramFrames(answer.histograms, refId),
    remarks: answer.remarks,
  };
}
