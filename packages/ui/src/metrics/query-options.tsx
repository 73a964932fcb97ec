import { Menu } from '@base-ui/react/menu';
import { ChevronDown } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import { MenuPopup, MenuRadioItem } from '../parts/menu.js';
import { unitName, units } from './measure-format.js';
import type { MetricQuery } from './query-list.js';
import styles from './query-row.module.css';
import { useMeasure } from './use-measure.js';

type OptionProps = { readonly query: MetricQuery; onChange(value: string): void };

/** How the series of a query are called. */
export function LegendField({ query, onChange }: OptionProps): ReactNode {
  const id = useId();
  const [text, setText] = useState(query.legend);
  const [known, setKnown] = useState(query.legend);
  if (known !== query.legend) {
    setKnown(query.legend);
    setText(query.legend);
  }
  const commit = (): void => {
    if (text !== query.legend) onChange(text);
  };
  return (
    <span className={styles['option']}>
      <label htmlFor={id}>Legend</label>
      <input
        id={id}
        onBlur={commit}
        onChange={event => setText(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter') commit();
        }}
        placeholder="what differs, or {{label}}"
        spellCheck={false}
        value={text}
      />
    </span>
  );
}

/** What the values of a query measure: what its metric says, or as chosen. */
export function UnitPicker({ query, onChange }: OptionProps): ReactNode {
  const measureOf = useMeasure();
  const automatic = unitName(measureOf({ ...query, unit: '' }));
  const chosen = units.find(({ key }) => key === query.unit);
  return (
    <Menu.Root>
      <Menu.Trigger className={styles['choice']}>
        <span>Unit</span> {chosen?.name ?? automatic}
        <ChevronDown aria-hidden="true" size={12} />
      </Menu.Trigger>
      <MenuPopup>
        <Menu.RadioGroup
          onValueChange={(value: string) => onChange(value === 'auto' ? '' : value)}
          value={chosen?.key ?? 'auto'}
        >
          <MenuRadioItem hint={automatic} value="auto">
            As the metric says
          </MenuRadioItem>
          {units.map(({ key, name }) => (
            <MenuRadioItem key={key} value={key}>
              {name}
            </MenuRadioItem>
          ))}
        </Menu.RadioGroup>
      </MenuPopup>
    </Menu.Root>
  );
}
