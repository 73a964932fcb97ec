import { Popover } from '@base-ui/react/popover';
import { useQuery } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import { usePageRange } from '../page-range.js';
import { Button, buttonClass } from '../parts/button.js';
import { PopoverPopup } from '../parts/popover.js';
import { fetchLabelNames, fetchLabelValues } from '../prometheus-client.js';
import { useUrlState } from '../url-state.js';
import { filterOps, readFilter, writeFilter, type AdHocFilter } from './ad-hoc-filter.js';
import styles from './dashboards.module.css';
import type { ResolvedVariable } from './resolve-variables.js';

/** Conditions that hold in every query of the dashboard; they stand in the address as Grafana writes them. */
export function FilterVariable({ resolved: { variable, chosen } }: { readonly resolved: ResolvedVariable }): ReactNode {
  const { set } = useUrlState();
  const [isOpen, setOpen] = useState(false);
  const filters = chosen.map(({ value }) => value);
  const put = (next: readonly string[]): void => {
    // Without any, what the dashboard was saved with would be back.
    set({ [`var-${variable.name}`]: next.length === 0 ? (variable.current.length === 0 ? undefined : ['']) : next });
  };
  return (
    <span className={styles['filters']}>
      {filters.map(text => {
        const filter = readFilter(text);
        const words = filter === undefined ? text : `${filter.label} ${filter.op} ${filter.value}`;
        return (
          <span className={styles['filter']} key={text}>
            {words}
            {filter === undefined && ' (not applied)'}
            <button
              aria-label={`Remove the filter ${words}`}
              onClick={() => put(filters.filter(one => one !== text))}
              type="button"
            >
              <X aria-hidden="true" size={12} />
            </button>
          </span>
        );
      })}
      <Popover.Root onOpenChange={setOpen} open={isOpen}>
        <Popover.Trigger className={buttonClass('plain')}>
          <Plus aria-hidden="true" /> Filter
        </Popover.Trigger>
        <PopoverPopup align="start" label="New filter">
          <NewFilter
            onAdd={filter => {
              setOpen(false);
              put([...new Set([...filters, writeFilter(filter)])]);
            }}
          />
        </PopoverPopup>
      </Popover.Root>
    </span>
  );
}

const mostOffered = 200;

function NewFilter({ onAdd }: { onAdd(filter: AdHocFilter): void }): ReactNode {
  const { fromMs, toMs } = usePageRange();
  const [range] = useState({ fromMs, toMs });
  const [filter, setFilter] = useState<AdHocFilter>({ label: '', op: '=', value: '' });
  const id = useId();
  const labels = useQuery({
    queryKey: ['filter-labels', range],
    queryFn: ({ signal }) => fetchLabelNames(range, signal),
    retry: false,
  }).data;
  const isLabel = labels?.includes(filter.label) === true;
  const values = useQuery({
    queryKey: ['filter-values', filter.label, range],
    queryFn: ({ signal }) => fetchLabelValues(filter.label, { ...range, limit: mostOffered }, signal),
    enabled: isLabel,
    retry: false,
  }).data;
  return (
    <form
      className={styles['new-filter']}
      onSubmit={event => {
        event.preventDefault();
        if (filter.label.trim() !== '') onAdd({ ...filter, label: filter.label.trim() });
      }}
    >
      <label>
        Label
        <input
          autoComplete="off"
          className={styles['field']}
          list={`${id}-labels`}
          onChange={event => setFilter({ ...filter, label: event.target.value })}
          required
          value={filter.label}
        />
      </label>
      <datalist id={`${id}-labels`}>
        {(labels ?? [])
          .filter(name => name !== '__name__')
          .slice(0, mostOffered)
          .map(name => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
      </datalist>
      <label>
        Condition
        <select
          className={styles['field']}
          onChange={event => setFilter({ ...filter, op: filterOps.find(op => op === event.target.value) ?? '=' })}
          value={filter.op}
        >
          {filterOps.map(op => (
            <option key={op} value={op}>
              {op}
            </option>
          ))}
        </select>
      </label>
      <label>
        Value
        <input
          autoComplete="off"
          className={styles['field']}
          list={`${id}-values`}
          onChange={event => setFilter({ ...filter, value: event.target.value })}
          value={filter.value}
        />
      </label>
      <datalist id={`${id}-values`}>
        {(values ?? []).map(value => (
          <option key={value} value={value}>
            {value}
          </option>
        ))}
      </datalist>
      <Button look="primary" type="submit">
        Add filter
      </Button>
    </form>
  );
}
