import { type Dashboard, type Panel, type Scope } from '@bellwether/dashboards';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { usePageRange } from '../page-range.js';
import { writeRange } from '../time-range.js';
import type { Filters } from './use-filters.js';
import { askPanel, panelQuestion, type PanelData, type PanelQuestion } from './panel-query.js';

export type PanelAnswer = { readonly question: PanelQuestion; readonly query: UseQueryResult<PanelData> };

type Asking = {
  readonly panel: Panel;
  readonly dashboard: Dashboard;
  /** Undefined while the variables are not known. */
  readonly variables: Scope | undefined;
  readonly filters: Filters | undefined;
  readonly points: number;
  readonly isSeen: boolean;
};

/** The answer to a panel's queries. It is asked while the panel is in sight, and never again while an answer to the same is under way. */
export function usePanelData({ panel, dashboard, variables, filters, points, isSeen }: Asking): PanelAnswer {
  const { fromMs, toMs, range } = usePageRange();
  const { from, to } = writeRange(range);
  const wanted = `${from ?? ''} ${to ?? ''}`;
  const [asked, setAsked] = useState({ wanted, fromMs, toMs });

  const others = useMemo(() => {
    const panels = dashboard.sections.flatMap(section => section.panels);
    return new Map(panels.flatMap(one => (one.id === undefined ? [] : [[one.id, one] as const])));
  }, [dashboard]);
  const { title, uid } = dashboard;
  const question = panelQuestion(panel, {
    fromMs: asked.fromMs,
    toMs: asked.toMs,
    variables: variables ?? (() => undefined),
    dashboard: title,
    uid,
    filters,
    points,
    others,
  });
  const query = useQuery({
    queryKey: [
      'panel',
      question.fromMs,
      question.toMs,
      question.targets.map(({ expr, legend, stepMs, target }) => [
        expr,
        legend,
        stepMs,
        target.refId,
        target.format,
        target.instant,
      ]),
    ],
    queryFn: ({ signal }) => askPanel(question, signal),
    enabled: isSeen && variables !== undefined && question.targets.length > 0,
    placeholderData: keepPreviousData,
    // A panel that fails says so at once; the next refresh tries again.
    retry: false,
  });
  // A refresh that comes while the last one is still being answered waits for it: slow queries do not pile up, and do get answered.
  const isOther = asked.wanted !== wanted;
  if (isOther || (!query.isFetching && (asked.fromMs !== fromMs || asked.toMs !== toMs)))
    setAsked({ wanted, fromMs, toMs });
  return { question, query };
}
