import type { FlameAnswer } from '@bellwether/model';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import { apiUrl, fetchJson } from '../api-client.js';
import { formatCount, formatDurationUs } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { Empty } from '../parts/empty.js';
import { LookFurtherBack } from '../parts/look-further-back.js';
import { FilterField } from '../parts/filter-field.js';
import { Page } from '../parts/page.js';
import { Remote } from '../parts/remote.js';
import { SkeletonBlock } from '../parts/skeleton.js';
import { useUrlState } from '../url-state.js';
import { FlamePanel } from './flame-panel.js';
import type { FlameInput } from './flame-model.js';
import styles from './flame.module.css';

/** Where the time of many traces goes: those of a search, merged by the path of their calls, beside the period that is compared with. */
export function TraceFlamePage(): ReactNode {
  const { params, compared } = usePageRange();
  const { get, set } = useUrlState();
  const q = get('q') ?? '';
  const query = useQuery({
    queryKey: ['flame', params.from, params.to, params.env ?? '', q, compared?.fromMs ?? 0],
    queryFn: ({ signal }) =>
      fetchJson<FlameAnswer>(apiUrl('/flame', { ...params, q, cmpFrom: compared?.fromMs, cmpTo: compared?.toMs }), {
        signal,
      }),
    placeholderData: keepPreviousData,
  });
  return (
    <Page title="Flame graph of traces">
      <div className={styles['filters']}>
        <FilterField
          label="Search traces"
          onChange={value => set({ q: value === '' ? undefined : value }, 'replace')}
          placeholder="service:checkout duration>500ms"
          value={q}
        />
        <Link className="link" search={q === '' ? {} : { q }} to="/traces">
          The traces themselves
        </Link>
      </div>
      <Remote
        query={query}
        skeleton={
          <Card title="Time per trace">
            <SkeletonBlock heightPx={420} />
          </Card>
        }
      >
        {answer => <Merged answer={answer} />}
      </Remote>
    </Page>
  );
}

function Merged({ answer }: { readonly answer: FlameAnswer }): ReactNode {
  const { get, set } = useUrlState();
  const frames = useMemo(() => framesOf(answer), [answer]);
  if (answer.traces === 0)
    return (
      <Card title="Time per trace">
        <Empty title="No trace matches in this range">
          <div className={styles['filters']}>
            {get('q') !== undefined && <Button onClick={() => set({ q: undefined })}>Remove the search</Button>}
            <LookFurtherBack />
          </div>
        </Empty>
      </Card>
    );
  const notes = [
    `${formatCount(answer.traces)} traces`,
    ...(answer.isPartial ? ['the newest of more'] : []),
    ...(answer.tracesBefore === null ? [] : [`compared with ${formatCount(answer.tracesBefore)} of before`]),
  ];
  return (
    <Card note={notes.join(', ')} title="Time per trace">
      <FlamePanel format={formatDurationUs} frames={frames} what="Operation" />
    </Card>
  );
}

function framesOf({ names, services, frames }: FlameAnswer): readonly FlameInput[] {
  return frames.parent.map((parent, i) => {
    return {
      name: names[frames.name[i] ?? -1] ?? '',
      group: services[frames.service[i] ?? -1] ?? '',
      place: '',
      parent,
      self: frames.selfUs[i] ?? 0,
      total: frames.totalUs[i] ?? 0,
      before: frames.beforeUs?.[i],
      isFailed: (frames.errors[i] ?? 0) > 0,
    };
  });
}
