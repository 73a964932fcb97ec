import { describe, expect, test } from 'vitest';
import { analyse } from './analyse.js';
import { type FindingKind, findingKinds } from './detector.js';
import { Draft, type Style } from './test-support/draft.js';
import { seeded } from './test-support/random.js';
import { stories } from './test-support/stories.js';
import { flat, layered } from './test-support/styles.js';
import { defaultThresholds } from './thresholds.js';
import { traceSpans } from './trace-spans.js';

/** Of each kind: traces with the fault, and as many that look like it. */
const perHalf = 40;

interface Judged {
  right: number;
  wrong: number;
  missed: number;
  traces: number;
  readonly wrongs: Set<string>;
  readonly misses: Set<string>;
}

/** Every detector on every trace: what it says of a trace of another kind counts against it too. */
function judge(seed: number, style: Style): ReadonlyMap<FindingKind, Judged> {
  const judged = new Map<FindingKind, Judged>(
    findingKinds.map(kind => [
      kind,
      { right: 0, wrong: 0, missed: 0, traces: 0, wrongs: new Set(), misses: new Set() },
    ]),
  );
  const random = seeded(seed);
  for (const kind of findingKinds) {
    const halves = [
      stories[kind].filter(({ faults }) => faults.includes(kind)),
      stories[kind].filter(({ faults }) => !faults.includes(kind)),
    ];
    for (const half of halves) {
      for (let i = 0; i < perHalf; i++) {
        const story = half[i % half.length];
        if (story === undefined) throw new Error(`${kind} has no story`);
        const spans = story.tell(new Draft(random, style));
        const seen = new Set(
          analyse(traceSpans('t', spans), defaultThresholds, (detector, error) => {
            throw new Error(detector.kind, { cause: error });
          }).map(found => found.kind),
        );
        for (const [other, sums] of judged) {
          const isFault = story.faults.includes(other);
          if (other === kind) sums.traces++;
          if (isFault && seen.has(other)) sums.right++;
          else if (isFault) sums.misses.add(story.name);
          else if (seen.has(other)) sums.wrongs.add(`${kind}: ${story.name}`);
          if (isFault && !seen.has(other)) sums.missed++;
          if (!isFault && seen.has(other)) sums.wrong++;
        }
      }
    }
  }
  return judged;
}

describe.each([
  ['the set that was worked with', 1, flat],
  ['a seed that was held out', 20_261_121, flat],
  ['another way of sending, held out', 77, layered],
] as const)('%s', (name, seed, style) => {
  test(`[D9] [P5] [V] of every kind at least 95% of what is said is true, and at least 85% is seen (${style.name}, seed ${seed})`, () => {
    const judged = judge(seed, style);
    const lines = [...judged].map(([kind, { right, wrong, missed, traces, wrongs, misses }]) => {
      const precision = right / Math.max(right + wrong, 1);
      const recall = right / Math.max(right + missed, 1);
      return { kind, traces, precision, recall, wrongs: [...wrongs], misses: [...misses] };
    });
    const table = lines.map(
      ({ kind, traces, precision, recall }) =>
        `${kind.padEnd(20)} ${traces} traces  precision ${precision.toFixed(3)}  recall ${recall.toFixed(3)}`,
    );
    console.info(`${name}\n${table.join('\n')}`);
    expect(lines.filter(({ precision, recall }) => precision < 0.95 || recall < 0.85)).toEqual([]);
    expect(Math.min(...lines.map(({ traces }) => traces))).toBeGreaterThanOrEqual(40);
  });
});
