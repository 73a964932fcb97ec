import { useState } from 'react';
import { useKeys } from '../keys.js';
import type { Column } from './data-table.js';
import styles from './picks.module.css';

/** Which rows of a list are picked, to do the same with all of them. */
export type Picks = { has(id: string): boolean; toggle(id: string): void; clear(): void };

/** Picks of the rows that are shown; `x` picks the row that has the focus, else the first. */
export function usePicks(rows: readonly { readonly id: string }[]): Picks {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string): void =>
    setPicked(before => new Set(before.has(id) ? [...before].filter(one => one !== id) : [...before, id]));
  useKeys([
    {
      keys: 'x',
      label: 'Pick the row',
      group: 'Rows',
      run: () => {
        const row = document.activeElement?.closest('[data-row]')?.getAttribute('data-row') ?? rows[0]?.id;
        if (row !== undefined) toggle(row);
      },
    },
  ]);
  return { has: id => picked.has(id), toggle, clear: () => setPicked(new Set()) };
}

/** The column of a list that picks its rows. */
export function pickColumn<Row extends { readonly id: string }>(
  picks: Picks,
  nameOf: (row: Row) => string,
): Column<Row> {
  return {
    key: 'pick',
    title: 'Pick',
    hint: 'Pick rows to do the same with all of them (x)',
    width: '48px',
    cell: row => (
      // The row opens at a click beside its controls.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events
      <label className={styles['pick']} onClick={event => event.stopPropagation()}>
        <span className="unseen">Pick {nameOf(row)}</span>
        <input checked={picks.has(row.id)} onChange={() => picks.toggle(row.id)} type="checkbox" />
      </label>
    ),
  };
}
