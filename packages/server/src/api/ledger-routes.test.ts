import { ledgerAnswer, type LedgerAnswer } from '@bellwether/model';
import { expect, test } from 'vitest';
import type { LedgerAccount, ReceiverStatus, Rejection } from '../handover/messages.js';
import { scopeOf } from '../store/store.js';
import { ledgerRoutes } from './ledger-routes.js';
import { serverSideLink } from './receiver-link.test.support.js';

const account = (workspace: string, changes: Partial<LedgerAccount> = {}): LedgerAccount => ({
  workspace,
  key: 'k',
  protocol: 'loki',
  signal: 'logs',
  received: 10,
  stored: 4,
  duplicate: 1,
  sampledOut: 0,
  pending: 2,
  refused: { full: 2 },
  dropped: { engine: 1 },
  reported: { queue_overflow: 3 },
  ...changes,
});

const rejection = (workspace: string, atMs: number): Rejection => ({
  atMs,
  protocol: 'loki',
  reason: `of ${workspace}`,
  remedy: 'r',
  sender: 's',
  count: 1,
  workspace,
  example: 'line',
});

async function asked(workspace: string, status: Partial<ReceiverStatus> | undefined): Promise<LedgerAnswer> {
  // Only what the route reads.
  const receiver = { ...serverSideLink(), status: () => status as ReceiverStatus | undefined };
  const [route] = ledgerRoutes({ receiver });
  const asker = { scope: scopeOf(workspace) } as never;
  return ledgerAnswer.parse(await route?.answerTo({ query: {}, params: {} }, { asker, nowMs: 5 }));
}

test('a workspace sees its own accounts and refusals, and those of nobody known', async () => {
  const status = {
    ledger: {
      sinceMs: 3,
      rows: [account('mine'), account('other')],
      requests: [{ protocol: 'loki', signal: '' as const, reason: 'unauthorized', requests: 4 }],
    },
    rejections: [rejection('mine', 1), rejection('other', 2), rejection('', 3)],
  };
  const answer = await asked('mine', status);
  expect(answer.rows).toEqual([
    {
      key: 'k',
      protocol: 'loki',
      signal: 'logs',
      received: 10,
      stored: 4,
      pending: 2,
      duplicate: 1,
      sampledOut: 0,
      refused: [{ reason: 'full', items: 2 }],
      dropped: [{ reason: 'engine', items: 1 }],
      reportedBySender: [{ reason: 'queue_overflow', items: 3 }],
    },
  ]);
  expect(answer.refusedRequests).toEqual([{ protocol: 'loki', signal: null, reason: 'unauthorized', requests: 4 }]);
  expect(answer.rejections.map(({ reason, example }) => [reason, example])).toEqual([
    ['of ', 'line'],
    ['of mine', 'line'],
  ]);
  expect([answer.since, answer.nowMs]).toEqual([3, 5]);
});

test('before a receiver was connected the ledger is empty', async () => {
  expect(await asked('mine', undefined)).toEqual({
    nowMs: 5,
    since: null,
    rows: [],
    refusedRequests: [],
    rejections: [],
  });
});
