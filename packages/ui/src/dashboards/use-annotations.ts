import {
  builtIns,
  firstOf,
  interpolatePromql,
  legendName,
  readIntervalMs,
  stepMsFor,
  type AnnotationQuery,
  type Dashboard,
  type Scope,
} from '@bellwether/dashboards';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Marker } from '../charts/plot.js';
import { usePageRange } from '../page-range.js';
import { queryRange, type AnswerSeries, type QueryResult } from '../prometheus-client.js';
import type { Interval } from '../time-range.js';
import { alertMarkers, alertsExpr, beginnings, deployMarkers, versionsExpr } from './event-markers.js';
import { gated } from './gated.js';
import type { ResolvedVariables } from './resolve-variables.js';

const scrapeMs = 15_000;
const mostMarkers = 200;
const minuteMs = 60_000;
const none: readonly Marker[] = [];

/** Marks that every dashboard has. */
const ownMarks = { deploys: 'New versions', alerts: 'Firing alerts' } as const;

/** Names of variables that say which services a dashboard is about. */
const serviceVariables = new Set(['service', 'service_name', 'job', 'app']);

/** One kind of mark: what it is called, and whether it is shown. */
export type Mark = { readonly name: string; readonly isOn: boolean };

export type Marks = {
  readonly markers: readonly Marker[];
  readonly marks: readonly Mark[];
  /** Kinds whose query failed. */
  readonly failed: readonly string[];
};

type Asked = { readonly name: string; markers(): Promise<readonly Marker[]> };

/**
 * The moments that are marked in the charts: new versions of services, alerts that begin to fire, and what the dashboard's annotation queries return:
 * where it begins to be there, and where its value changes to above 0. `isOn` says which kinds are wanted.
 */
export function useAnnotations(
  { annotations, title, uid }: Dashboard,
  variables: Scope | undefined,
  resolved: ResolvedVariables | undefined,
  isOn: (name: string, byDefault: boolean) => boolean,
): Marks {
  // By the minute, so that a refresh every few seconds does not give up a question that takes longer.
  const page = usePageRange();
  const fromMs = Math.floor(page.fromMs / minuteMs) * minuteMs;
  const toMs = Math.floor(page.toMs / minuteMs) * minuteMs;
  const services = [...(resolved?.values() ?? [])]
    .filter(({ variable, isAll }) => serviceVariables.has(variable.name) && !isAll)
    .flatMap(({ chosen }) => chosen.map(({ value }) => value));
  const marks = [
    ...Object.values(ownMarks).map(name => ({ name, isOn: isOn(name, true) })),
    ...[...new Map(annotations.map(one => [one.name, one])).values()].map(({ name, enabled }) => ({
      name,
      isOn: isOn(name, enabled),
    })),
  ];
  const wanted = new Set(marks.filter(mark => mark.isOn).map(({ name }) => name));
  const enabled = annotations.filter(({ name }) => wanted.has(name));
  const query = useQuery({
    queryKey: ['annotations', uid, [...wanted], enabled, services, fromMs, toMs, variables === undefined],
    queryFn: async ({ signal }) => {
      const eventStepMs = stepMsFor(toMs - fromMs, 300, 60_000);
      const ask = (expr: string, stepMs: number): Promise<QueryResult> =>
        gated(() => queryRange({ expr, ...onSteps({ fromMs, toMs }, stepMs), stepMs }, signal), signal);
      const asked: readonly Asked[] = [
        {
          name: ownMarks.deploys,
          markers: async () => deployMarkers((await ask(versionsExpr(services), eventStepMs)).series),
        },
        {
          name: ownMarks.alerts,
          markers: async () => alertMarkers((await ask(alertsExpr, eventStepMs)).series, eventStepMs),
        },
        ...enabled.map(annotation => ({
          name: annotation.name,
          markers: async () => {
            const stepMs = stepMsFor(toMs - fromMs, 300, readIntervalMs(annotation.step) ?? scrapeMs);
            const scope = firstOf(
              variables ?? (() => undefined),
              builtIns({ fromMs, toMs, stepMs, scrapeMs, dashboard: title, uid }),
            );
            const { series } = await ask(interpolatePromql(annotation.expr, scope), stepMs);
            return series.flatMap(one => markersOf(one, annotation, stepMs));
          },
        })),
      ].filter(({ name }) => wanted.has(name));
      const answers = await Promise.allSettled(asked.map(({ markers }) => markers()));
      return {
        markers: answers.flatMap(answer => (answer.status === 'fulfilled' ? answer.value : [])).slice(0, mostMarkers),
        failed: answers.flatMap((answer, at) => (answer.status === 'rejected' ? [asked[at]?.name ?? ''] : [])),
      };
    },
    enabled: wanted.size > 0 && variables !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
    meta: { quiet: true },
  });
  return { marks, markers: wanted.size > 0 ? (query.data?.markers ?? none) : none, failed: query.data?.failed ?? [] };
}

/** On whole steps, so that marks do not move with every refresh. */
function onSteps({ fromMs, toMs }: Interval, stepMs: number): Interval {
  return { fromMs: Math.floor(fromMs / stepMs) * stepMs, toMs: Math.floor(toMs / stepMs) * stepMs };
}

type Samples = Pick<AnswerSeries, 'labels' | 'timesMs' | 'values'>;

function markersOf(
  { labels, timesMs, values }: Samples,
  { name, titleFormat, textFormat }: AnnotationQuery,
  stepMs: number,
): readonly Marker[] {
  const named = new Map(Object.entries(labels));
  const label = legendName(titleFormat, named) || legendName(textFormat, named) || name;
  return beginnings(timesMs, values, stepMs).map(atMs => ({ atMs, label }));
}
