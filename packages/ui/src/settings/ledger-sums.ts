import type { LedgerAnswer } from '@bellwether/model';

type Row = LedgerAnswer['rows'][number];

/** A row of the ledger, or the sum of all. */
export type LedgerRow = Omit<Row, 'signal'> & { readonly signal: Row['signal'] | 'all' };

type ByReason = Row['refused'];

export type Loss = {
  readonly what: 'were refused' | 'were dropped' | 'were lost by the sender';
  readonly reason: string;
  readonly protocol: string;
  readonly signal: string;
  readonly items: number;
};

export function itemsOf(reasons: ByReason): number {
  return reasons.reduce((sum, { items }) => sum + items, 0);
}

/** The sum of all rows. */
export function totalRow(rows: readonly Row[]): LedgerRow {
  const sum = (of: (row: Row) => number): number => rows.reduce((all, row) => all + of(row), 0);
  const all = (of: (row: Row) => ByReason): ByReason => [{ reason: 'all', items: sum(row => itemsOf(of(row))) }];
  return {
    key: '',
    protocol: '',
    signal: 'all',
    received: sum(row => row.received),
    stored: sum(row => row.stored),
    pending: sum(row => row.pending),
    duplicate: sum(row => row.duplicate),
    sampledOut: sum(row => row.sampledOut),
    refused: all(row => row.refused),
    dropped: all(row => row.dropped),
    reportedBySender: all(row => row.reportedBySender),
  };
}

/** What is missing and why, the most first. */
export function lostOf(rows: readonly Row[]): readonly Loss[] {
  return rows
    .flatMap(({ protocol, signal, refused, dropped, reportedBySender }) => {
      const as = (what: Loss['what'], reasons: ByReason): readonly Loss[] =>
        reasons.filter(({ items }) => items > 0).map(reason => ({ what, protocol, signal, ...reason }));
      return [
        ...as('were dropped', dropped),
        ...as('were refused', refused),
        ...as('were lost by the sender', reportedBySender),
      ];
    })
    .toSorted((a, b) => b.items - a.items);
}
