import { Menu } from '@base-ui/react/menu';
import { useQueryClient } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { usePageRange } from '../page-range.js';
import { buttonClass } from '../parts/button.js';
import { MenuItem, MenuPopup } from '../parts/menu.js';
import styles from './builder.module.css';
import {
  NotBuildable,
  readBuilder,
  writeBuilder,
  type BuilderQuery,
  type Filter,
  type FilterOp,
} from './builder-query.js';
import { offeredOperations, OperationFields } from './operation-fields.js';
import { parsedQuery } from './parsed-query.js';
import { seriesHints, type SeriesHints } from './series-hints.js';
import { SuggestField } from './suggest-field.js';

type BuilderFieldsProps = {
  readonly letter: string;
  readonly expr: string;
  onChange(expr: string): void;
};

const nothing: BuilderQuery = { metric: '', filters: [], operations: [] };
const filterOps: readonly FilterOp[] = ['=', '!=', '=~', '!~'];

/** Fields for the same text: metric, conditions on labels, and what is done with the series, from the inside out. */
export function BuilderFields({ letter, expr, onChange }: BuilderFieldsProps): ReactNode {
  const client = useQueryClient();
  const range = usePageRange();
  const hints = useMemo(() => seriesHints(client, () => range), [client, range]);
  const parsed = expr.trim() === '' ? undefined : parsedQuery(expr);
  const fields = expr.trim() === '' ? nothing : parsed === undefined ? undefined : readBuilder(parsed);
  if (fields === undefined || fields instanceof NotBuildable) {
    return (
      <p className={styles['cannot']}>
        The builder can not show {fields === undefined ? 'a query that can not be read' : fields.message}. The text
        stays as it is.
      </p>
    );
  }
  const { metric, filters, operations } = fields;
  const labelNames = async (): Promise<readonly string[]> =>
    (await hints.labelNames(metric)).filter(label => label !== '__name__');
  const write = (next: Partial<BuilderQuery>): void => onChange(writeBuilder({ ...fields, ...next }));
  return (
    <fieldset className={styles['builder']}>
      <legend className="unseen">Builder of query {letter}</legend>
      <div className={styles['line']}>
        <span className={styles['what']}>Metric</span>
        <SuggestField
          label={`Metric of query ${letter}`}
          load={() => hints.metricNames()}
          onCommit={value => write({ metric: value.trim() })}
          placeholder="pick a metric"
          suggestionsOf="metrics"
          value={metric}
          wide
        />
      </div>
      {metric !== '' && (
        <>
          <div className={styles['line']}>
            <span className={styles['what']}>Where</span>
            {filters.map((filter, index) => (
              <FilterFields
                filter={filter}
                hints={hints}
                labelNames={labelNames}
                // A filter is its place: label and value change under the fingers.
                // oxlint-disable-next-line react/no-array-index-key
                key={index}
                metric={metric}
                onChange={next => write({ filters: filters.map((one, at) => (at === index ? next : one)) })}
                onRemove={() => write({ filters: filters.filter((_, at) => at !== index) })}
              />
            ))}
            <NewFilter
              labelNames={labelNames}
              metric={metric}
              onAdd={label => write({ filters: [...filters, { label, op: '=', value: '' }] })}
            />
          </div>
          <div className={styles['line']}>
            <span className={styles['what']}>Then</span>
            {operations.map((operation, index) => (
              <OperationFields
                // An operation is its place, as above.
                // oxlint-disable-next-line react/no-array-index-key
                key={index}
                labelsOf={labelNames}
                metric={metric}
                onChange={next => write({ operations: operations.map((one, at) => (at === index ? next : one)) })}
                onRemove={() => write({ operations: operations.filter((_, at) => at !== index) })}
                operation={operation}
              />
            ))}
            <Menu.Root>
              <Menu.Trigger className={buttonClass('ghost')}>
                <Plus aria-hidden="true" /> Operation
              </Menu.Trigger>
              <MenuPopup>
                {offeredOperations(operations).map(({ name, hint, operation, isFirst }) => (
                  <MenuItem
                    hint={hint}
                    key={name}
                    onClick={() =>
                      write({ operations: isFirst ? [operation, ...operations] : [...operations, operation] })
                    }
                  >
                    {name}
                  </MenuItem>
                ))}
              </MenuPopup>
            </Menu.Root>
          </div>
        </>
      )}
    </fieldset>
  );
}

type FilterFieldsProps = {
  readonly filter: Filter;
  readonly metric: string;
  readonly hints: SeriesHints;
  labelNames(): Promise<readonly string[]>;
  onChange(filter: Filter): void;
  onRemove(): void;
};

function FilterFields({ filter, metric, hints, labelNames, onChange, onRemove }: FilterFieldsProps): ReactNode {
  const { label, op, value } = filter;
  return (
    <span className={styles['chip']}>
      <SuggestField
        label="Label"
        load={labelNames}
        onCommit={next => (next === '' ? onRemove() : onChange({ ...filter, label: next }))}
        suggestionsOf={`labels of ${metric}`}
        value={label}
      />
      <select
        aria-label={`How ${label} compares`}
        onChange={event => onChange({ ...filter, op: filterOps.find(one => one === event.target.value) ?? '=' })}
        value={op}
      >
        {filterOps.map(one => (
          <option key={one}>{one}</option>
        ))}
      </select>
      <SuggestField
        label={`Value of ${label}`}
        load={() => hints.labelValues(label, metric)}
        onCommit={next => onChange({ ...filter, value: next })}
        placeholder={op === '=~' || op === '!~' ? 'pattern' : 'value'}
        suggestionsOf={`values of ${label} of ${metric}`}
        value={value}
      />
      <button aria-label={`Remove the condition on ${label}`} onClick={onRemove} title="Remove" type="button">
        <X aria-hidden="true" size={12} />
      </button>
    </span>
  );
}

type NewFilterProps = { readonly metric: string; labelNames(): Promise<readonly string[]>; onAdd(label: string): void };

function NewFilter({ metric, labelNames, onAdd }: NewFilterProps): ReactNode {
  return (
    <span className={styles['chip']}>
      <SuggestField
        label="Add a condition on a label"
        load={labelNames}
        onCommit={label => {
          if (label.trim() !== '') onAdd(label.trim());
        }}
        placeholder="+ label"
        suggestionsOf={`labels of ${metric}`}
        value=""
      />
    </span>
  );
}
