import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BlockItems } from '../handover/block-items.js';
import { ItemLedger, type LedgerRow } from './item-ledger.js';

const account = { workspace: 'w', key: 'k', protocol: 'otlp/http', signal: 'traces' } as const;

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, items) => all + items, 0);

const gapOf = ({ received, stored, duplicate, sampledOut, pending, refused, dropped }: LedgerRow): number =>
  received - stored - duplicate - sampledOut - pending - sum(refused) - sum(dropped);

/** What may happen to a request of so many items. */
const request = fc.record({
  row: fc.nat(2),
  items: fc.nat(50),
  fate: fc.constantFrom('keep', 'refuse', 'duplicate', 'in hand'),
  bugs: fc.nat(3),
  refused: fc.nat(3),
});

test('whatever happens to requests and blocks, and whenever it is saved and restored, the equation holds in every row', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(request, fc.constantFrom('cut', 'settle', 'crash')), { maxLength: 60 }), steps => {
      let ledger = new ItemLedger(0);
      let blocks: BlockItems[] = [new BlockItems()];
      const rowOf = (index: number): number => ledger.row({ ...account, key: String(index) });
      const watch = (): void => {
        ledger.watch(() => blocks.map(({ came }) => came));
        // So that each row has the same number in every ledger.
        expect([0, 1, 2].map(rowOf)).toEqual([0, 1, 2]);
      };
      watch();
      for (const step of steps) {
        if (step === 'cut') blocks.push(new BlockItems());
        else if (step === 'settle') {
          const [first] = blocks;
          if (blocks.length > 1 && first !== undefined) {
            blocks = blocks.slice(1);
            ledger.settle(first);
          }
        } else if (step === 'crash') {
          const saved = JSON.parse(JSON.stringify(ledger.save()));
          ledger = new ItemLedger(1);
          ledger.restore(saved);
          watch();
          // The log gives again what no block that is stored holds; what was in hand was never acknowledged.
          for (const [row, items] of blocks.flatMap(({ came }) => [...came])) ledger.replayed(rowOf(row), items);
        } else {
          const { items, fate, bugs, refused } = step;
          const row = rowOf(step.row);
          ledger.arrived(row, items);
          if (fate === 'refuse') ledger.refused(row, 'full', items);
          if (fate === 'duplicate') ledger.duplicate(row, items);
          if (fate === 'keep') {
            ledger.kept(row, items);
            const block = blocks.at(-1);
            if (block === undefined) throw new Error('there is always a block');
            const bug = Math.min(bugs, items);
            for (const [counts, count] of [
              [block.came, items],
              [block.bugs, bug],
              [block.built, items - bug],
              [block.refused, Math.min(refused, items - bug)],
            ] as const)
              counts.set(row, (counts.get(row) ?? 0) + count);
          }
        }
        expect(ledger.rows().map(gapOf)).toEqual(ledger.rows().map(() => 0));
      }
    }),
  );
});

test('what is missing in a block without a cause decayed; the causes are told apart', () => {
  const ledger = new ItemLedger(0);
  const row = ledger.row(account);
  const block = new BlockItems();
  ledger.replayed(row, 20);
  block.came.set(row, 20);
  block.built.set(row, 12);
  block.bugs.set(row, 3);
  block.sampledOut.set(row, 1);
  block.refused.set(row, 2);
  ledger.settle(block);
  expect(ledger.rows()).toMatchObject([
    { received: 20, stored: 10, sampledOut: 1, dropped: { bug: 3, engine: 2, corrupt: 4 } },
  ]);
});

test('of what is pending each workspace has its share', () => {
  const ledger = new ItemLedger(0);
  expect(ledger.pendingShare('w')).toBe(0);
  ledger.arrived(ledger.row(account), 30);
  ledger.arrived(ledger.row({ ...account, key: 'another' }), 30);
  ledger.arrived(ledger.row({ ...account, workspace: 'v' }), 20);
  expect([ledger.pendingShare('w'), ledger.pendingShare('v'), ledger.pendingShare('u')]).toEqual([0.75, 0.25, 0]);
});

test('what senders say they lost stands apart', () => {
  const ledger = new ItemLedger(0);
  ledger.reported(ledger.row(account), 'queue_overflow', 5);
  expect(ledger.rows()).toMatchObject([{ received: 0, reported: { queue_overflow: 5 } }]);
});

test('rows and reasons are bounded: what is beyond counts together, and nothing is lost', () => {
  const ledger = new ItemLedger(0);
  for (let index = 0; index < 3000; index++) {
    const row = ledger.row({ ...account, workspace: `w${index}` });
    ledger.arrived(row, 1);
    ledger.refused(row, `reason ${index}`, 1);
  }
  const rows = ledger.rows();
  expect(rows.length).toBeLessThanOrEqual(1001);
  expect(rows.reduce((all, { received }) => all + received, 0)).toBe(3000);
  expect(Math.max(...rows.map(({ refused }) => Object.keys(refused).length))).toBeLessThanOrEqual(51);
});

test('a ledger that can not be read begins anew', () => {
  const ledger = new ItemLedger(7);
  for (const saved of [undefined, null, 'x', { rows: [] }, { sinceMs: 1, rows: [{ workspace: 1 }], requests: [] }])
    ledger.restore(saved);
  expect([ledger.rows(), ledger.sinceMs]).toEqual([[], 7]);
});
