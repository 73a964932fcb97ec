import { ledgerAnswer } from '@bellwether/model';
import type { LedgerAnswer } from '@bellwether/model';
import type { ReceiverLink } from '../handover/receiver-link.js';
import { type Route, defineRoute } from './route.js';

export function ledgerRoutes({ receiver }: { readonly receiver: ReceiverLink }): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/ledger',
      summary: 'What became of every item that was sent: stored, refused, dropped, a copy, sampled out or on its way.',
      answer: ledgerAnswer,
      handle(_, { asker, nowMs }): Promise<LedgerAnswer> {
        const status = receiver.status();
        const isOwn = (row: { readonly workspace: string }): boolean => row.workspace === asker.scope.workspace;
        return Promise.resolve({
          nowMs,
          since: status?.ledger.sinceMs ?? null,
          rows: (status?.ledger.rows ?? [])
            .filter(isOwn)
            .map(({ key, protocol, signal, received, stored, pending, duplicate, sampledOut, ...reasons }) => ({
              key,
              protocol,
              signal,
              received,
              stored,
              pending,
              duplicate,
              sampledOut,
              refused: listed(reasons.refused),
              dropped: listed(reasons.dropped),
              reportedBySender: listed(reasons.reported),
            })),
          refusedRequests: (status?.ledger.requests ?? []).map(({ signal, ...counts }) => ({
            ...counts,
            signal: signal === '' ? null : signal,
          })),
          rejections: (status?.rejections ?? [])
            .filter(row => row.workspace === '' || isOwn(row))
            .toSorted((a, b) => b.atMs - a.atMs)
            .map(({ atMs, protocol, reason, remedy, sender, count, example }) => ({
              at: atMs,
              protocol,
              reason,
              remedy,
              sender,
              count,
              example,
            })),
        });
      },
    }),
  ];
}

function listed(counts: Readonly<Record<string, number>>): { readonly reason: string; readonly items: number }[] {
  return Object.entries(counts).map(([reason, items]) => ({ reason, items }));
}
