import type { ReceivedSyslog } from './syslog-logs.js';

/** One request may be of 100 days far from today (`receive/day-guard.ts`). */
const maxDays = 50;
const dayNs = 86_400_000_000_000n;

/** Messages in their order, in pieces of few days each: an old log that is replayed may have a line a day. */
export function inFewDays(messages: readonly ReceivedSyslog[]): readonly (readonly ReceivedSyslog[])[] {
  const pieces: ReceivedSyslog[][] = [];
  const days = new Set<bigint>();
  let piece: ReceivedSyslog[] = [];
  for (const one of messages) {
    days.add((one.message.timeNs ?? 0n) / dayNs);
    if (days.size > maxDays) {
      pieces.push(piece);
      piece = [];
      days.clear();
      days.add((one.message.timeNs ?? 0n) / dayNs);
    }
    piece.push(one);
  }
  return piece.length === 0 ? pieces : [...pieces, piece];
}
