import { describe, expect, test } from 'vitest';
import { analyse } from './analyse.js';
import { findingKinds } from './detector.js';
import { Draft } from './test-support/draft.js';
import { hardInnocents } from './test-support/hard-innocents.js';
import { seeded } from './test-support/random.js';
import { stories } from './test-support/stories.js';
import { flat, layered } from './test-support/styles.js';
import { defaultThresholds } from './thresholds.js';
import { traceSpans } from './trace-spans.js';

/** Of each kind: traces with the fault, and as many of what real applications do on purpose. */
const perHalf = 40;

describe.each([flat, layered])('told in the style $name', style => {
  test.each(findingKinds)(
    '[D9] [P5] what real applications do on purpose is not taken for %s: at least 95% of what is said is true',
    kind => {
      const random = seeded(4711);
      let right = 0;
      const wrongs: string[] = [];
      const faults = stories[kind].filter(story => story.faults.includes(kind));
      for (const half of [faults, hardInnocents[kind]]) {
        for (let i = 0; i < perHalf; i++) {
          const story = half[i % half.length];
          if (story === undefined) throw new Error(`${kind} has no story`);
          const trace = traceSpans('t', story.tell(new Draft(random, style)));
          const seen = analyse(trace, defaultThresholds, (detector, error) => {
            throw new Error(detector.kind, { cause: error });
          });
          for (const one of seen) {
            if (story.faults.includes(one.kind)) right++;
            else wrongs.push(`${story.name}: ${one.kind} ${one.subject}`);
          }
        }
      }
      const precision = right / (right + wrongs.length);
      expect({ wrongs: [...new Set(wrongs)], isPrecise: precision >= 0.95 }).toEqual({ wrongs: [], isPrecise: true });
    },
  );
});
