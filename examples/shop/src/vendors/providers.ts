import { pickWeighted, type Random } from '../domain/random.js';

/** What a provider does with a charge. `busy` means: ask again. */
export type Outcome = 'approved' | 'declined' | 'busy' | 'silent';

/** A payment provider as it is played. */
export interface Provider {
  readonly name: string;
  /** Usual time to an answer, in milliseconds. */
  readonly answerMs: number;
  readonly outcomes: readonly (readonly [Outcome, number])[];
}

export const providers: readonly Provider[] = [
  {
    name: 'northpay',
    answerMs: 35,
    outcomes: [
      ['approved', 985],
      ['declined', 15],
    ],
  },
  {
    name: 'cardinal',
    answerMs: 55,
    outcomes: [
      ['approved', 875],
      ['declined', 95],
      ['busy', 30],
    ],
  },
  {
    name: 'ledgerly',
    answerMs: 80,
    outcomes: [
      ['approved', 950],
      ['declined', 15],
      ['silent', 35],
    ],
  },
];

/** How this charge goes and how long the provider takes, in milliseconds. A silent provider takes far too long. */
export function decide(
  random: Random,
  { answerMs, outcomes }: Provider,
): { readonly outcome: Outcome; readonly afterMs: number } {
  const outcome = pickWeighted(random, outcomes);
  const spread = 0.6 + random() + (random() < 0.03 ? 4 * random() : 0);
  return { outcome, afterMs: outcome === 'silent' ? 6_000 : Math.round(answerMs * spread) };
}
