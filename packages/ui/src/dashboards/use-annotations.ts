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
import { queryRange } from '../prometheus-client.js';
import { gated } from './gated.js';

const scrapeMs = 15_000;
const mostMarkers = 200;
const none: readonly Marker[] = [];

/** The moments that the dashboard's annotation queries mark: where what they return begins to be there, and where its value changes to above 0. */
export function useAnnotations(
  { annotations, title, uid }: Dashboard,
  variables: Scope | undefined,
): readonly Marker[] {
  const { fromMs, toMs } = usePageRange();
  const enabled = annotations.filter(one => one.enabled);
  const query = useQuery({
    queryKey: ['annotations', uid, enabled, fromMs, toMs, variables === undefined],
    queryFn: async ({ signal }) => {
      const answers = await Promise.allSettled(
        enabled.map(async annotation => {
          const stepMs = stepMsFor(toMs - fromMs, 300, readIntervalMs(annotation.step) ?? scrapeMs);
          const scope = firstOf(
            variables ?? (() => undefined),
            builtIns({ fromMs, toMs, stepMs, scrapeMs, dashboard: title, uid }),
          );
          const expr = interpolatePromql(annotation.expr, scope);
          const { series } = await gated(() => queryRange({ expr, fromMs, toMs, stepMs }, signal), signal);
          return series.flatMap(one => markersOf(one, annotation, stepMs));
        }),
      );
      return answers.flatMap(answer => (answer.status === 'fulfilled' ? answer.value : [])).slice(0, mostMarkers);
    },
    enabled: enabled.length > 0 && variables !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return query.data ?? none;
}

type Samples = {
  readonly labels: { readonly [label: string]: string };
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
};

function markersOf(
  { labels, timesMs, values }: Samples,
  { name, titleFormat, textFormat }: AnnotationQuery,
  stepMs: number,
): readonly Marker[] {
  const named = new Map(Object.entries(labels));
  const label = legendName(titleFormat, named) || legendName(textFormat, named) || name;
  const markers: Marker[] = [];
  let beforeMs = -Infinity;
  let wasOn = false;
  timesMs.forEach((atMs, at) => {
    const isOn = (values[at] ?? 0) > 0;
    if (isOn && (!wasOn || atMs - beforeMs > stepMs * 1.5)) markers.push({ atMs, label });
    wasOn = isOn;
    beforeMs = atMs;
  });
  return markers;
}
