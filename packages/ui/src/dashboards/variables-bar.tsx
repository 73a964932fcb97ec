import { allValue, type VariableOption } from '@bellwether/dashboards';
import { Combobox } from '@base-ui/react/combobox';
import { Check, ChevronDown } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { buttonClass } from '../parts/button.js';
import popup from '../parts/popup.module.css';
import { StatusShape } from '../parts/status-mark.js';
import { useUrlState } from '../url-state.js';
import styles from './dashboards.module.css';
import { FilterVariable } from './filter-variable.js';
import type { ResolvedVariable, ResolvedVariables } from './resolve-variables.js';

const mostListed = 300;
const all: VariableOption = { text: 'All', value: allValue };

/** What the dashboard can be asked about: each variable with its choice, kept in the address as `var-<name>`. */
export function VariablesBar({ variables }: { readonly variables: ResolvedVariables }): ReactNode {
  const shown = [...variables.values()].filter(
    ({ variable }) => variable.shown !== 'none' && variable.kind !== 'datasource',
  );
  if (shown.length === 0) return undefined;
  return (
    <div aria-label="Variables" className={styles['variables']} role="group">
      {shown.map(one => (
        <VariableControl key={one.variable.name} resolved={one} />
      ))}
    </div>
  );
}

function VariableControl({ resolved }: { readonly resolved: ResolvedVariable }): ReactNode {
  const { variable, fault } = resolved;
  const { kind, label, shown, name, type } = variable;
  return (
    <div className={styles['variable']}>
      {shown === 'bar' && <span id={`label-${name}`}>{label}</span>}
      {kind === 'unknown' ? (
        <span className={styles['unsupported']}>Variables of the kind &quot;{type}&quot; are not known here</span>
      ) : kind === 'adhoc' ? (
        <FilterVariable resolved={resolved} />
      ) : kind === 'textbox' ? (
        <TextVariable resolved={resolved} />
      ) : (
        <ChoiceVariable resolved={resolved} />
      )}
      {fault !== undefined && (
        <span className={styles['fault']} title={fault}>
          <StatusShape status="crit" />
          <span className="unseen">{fault}</span>
        </span>
      )}
    </div>
  );
}

function TextVariable({ resolved: { variable, chosen } }: { readonly resolved: ResolvedVariable }): ReactNode {
  const { set } = useUrlState();
  const value = chosen[0]?.value ?? '';
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        const text = new FormData(event.currentTarget).get('value');
        set({ [`var-${variable.name}`]: typeof text === 'string' ? text : undefined });
      }}
    >
      <input aria-label={variable.label} className={styles['field']} defaultValue={value} key={value} name="value" />
    </form>
  );
}

function ChoiceVariable({
  resolved: { variable, options, chosen, isAll },
}: {
  readonly resolved: ResolvedVariable;
}): ReactNode {
  const { set } = useUrlState();
  const [typed, setTyped] = useState('');
  const { name, label, multi, includeAll } = variable;
  const listed = includeAll ? [all, ...options] : options;
  const current = isAll ? [all] : chosen;
  const words = isAll ? 'All' : current.map(({ text }) => text).join(' + ') || 'None';
  const choose = (values: readonly VariableOption[]): void => {
    // All is alone: who picks it drops the others, and who picks another drops it.
    const last = values.at(-1);
    const picked = last?.value === allValue ? [all] : values.filter(({ value }) => value !== allValue);
    set({
      [`var-${name}`]: picked.length === 0 ? (includeAll ? [allValue] : undefined) : picked.map(({ value }) => value),
    });
  };
  const filtered = listed.filter(({ text }) => text.toLowerCase().includes(typed.toLowerCase()));
  const list = (
    <Combobox.Portal>
      <Combobox.Positioner align="start" className={popup['positioner']} sideOffset={4}>
        <Combobox.Popup aria-label={label} className={`${popup['menu']} ${styles['options']}`}>
          <Combobox.Input aria-label={`Search ${label}`} className={styles['field']} placeholder="Search" />
          <Combobox.Empty className={styles['none']}>
            {options.length === 0 ? 'It has no values in this range' : 'Nothing has this in its name'}
          </Combobox.Empty>
          <Combobox.List className={styles['list']}>
            {filtered.slice(0, mostListed).map(option => (
              <Combobox.Item className={popup['item']} key={option.value} value={option}>
                <span className={popup['tick']}>
                  <Combobox.ItemIndicator>
                    <Check aria-hidden="true" size={14} />
                  </Combobox.ItemIndicator>
                </span>
                <span className={popup['label']}>{option.text}</span>
              </Combobox.Item>
            ))}
          </Combobox.List>
          {filtered.length > mostListed && (
            <p className={styles['none']}>and {filtered.length - mostListed} more: type to narrow them down</p>
          )}
        </Combobox.Popup>
      </Combobox.Positioner>
    </Combobox.Portal>
  );
  const trigger = (
    <Combobox.Trigger aria-label={`${label}: ${words}`} className={buttonClass('plain', styles['choice'])}>
      <span>{words}</span>
      <ChevronDown aria-hidden="true" />
    </Combobox.Trigger>
  );
  const shared = {
    items: listed,
    filteredItems: filtered,
    inputValue: typed,
    onInputValueChange: setTyped,
    itemToStringLabel: ({ text }: VariableOption) => text,
    isItemEqualToValue: (a: VariableOption, b: VariableOption) => a.value === b.value,
    onOpenChange: (open: boolean) => {
      if (open) setTyped('');
    },
  };
  return multi ? (
    <Combobox.Root {...shared} multiple onValueChange={values => choose(values)} value={[...current]}>
      {trigger}
      {list}
    </Combobox.Root>
  ) : (
    <Combobox.Root
      {...shared}
      onValueChange={value => choose(value === null ? [] : [value])}
      value={current[0] ?? null}
    >
      {trigger}
      {list}
    </Combobox.Root>
  );
}
