import type { OverviewAnswer } from '@bellwether/model';
import type { ReactNode } from 'react';
import { Card } from '../parts/card.js';
import { FilterField } from '../parts/filter-field.js';
import { useUrlState } from '../url-state.js';
import { EndpointTable } from './endpoint-table.js';

/** All that the service offers, to filter and sort. */
export function EndpointTab({ answer }: { answer: OverviewAnswer }): ReactNode {
  const { get, set } = useUrlState();
  const text = get('q') ?? '';
  const wanted = text.trim().toLowerCase();
  const rows = answer.endpoints.filter(({ operation }) => operation.toLowerCase().includes(wanted));
  return (
    <>
      <FilterField
        label="Filter endpoints"
        onChange={value => set({ q: value }, 'replace')}
        placeholder="Part of the name"
        value={text}
      />
      <Card note={`${rows.length} of ${answer.endpoints.length}`} title="Endpoints">
        <EndpointTable answer={answer} rows={rows} sortParam="sort" walks />
      </Card>
    </>
  );
}
