import type { SimilarErrors } from '@bellwether/model';
import { errorFingerprint, stableMessage } from '../../enrich/error/error-fingerprint.js';
import type { Asker } from '../asker.js';
import type { ErrorSample } from './error-sample.js';
import { sampledErrors } from './list-errors.js';
import type { ErrorScope } from './occurrences.js';

/** Errors that one is compared with: those with the most events. */
const comparedErrors = 500;
const shown = 8;
const leastLikeness = 0.4;
const maxWords = 60;

/** What is compared: words of the message without what changes from case to case, the type, and the own frames, which weigh as much as three words. */
export function traitsOf({ type, message, frames }: ErrorSample): ReadonlyMap<string, number> {
  const words = stableMessage(message)
    .toLowerCase()
    .split(/[^a-z0-9_]+/)
    .filter(word => word.length > 1)
    .slice(0, maxWords);
  return new Map([
    ...words.map(word => [`w${word}`, 1] as const),
    ...(type === '' ? [] : [[`t${type}`, 2] as const]),
    ...frames.map(frame => [`f${frame}`, 3] as const),
  ]);
}

const weightOf = (traits: ReadonlyMap<string, number>): number =>
  [...traits.values()].reduce((all, weight) => all + weight, 0);

/** What two have in common, of all that they have, by weight: 0 to 1. */
export function likeness(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  const common = [...a].reduce((all, [trait, weight]) => all + (b.has(trait) ? weight : 0), 0);
  const all = weightOf(a) + weightOf(b) - common;
  return all === 0 ? 0 : common / all;
}

/** The id that an error has when its stack is sent as it is shown: where a map was applied before. */
function sentAs({ type, message, frames, culprit }: ErrorSample): string {
  const stacktrace = frames
    .map(frame => frame.split('|'))
    .map(([file = '', called = '']) => `at ${called === '' ? `${file}:1:1` : `${called} (${file}:1:1)`}`)
    .join('\n');
  const [low, high] = errorFingerprint({ type, message, stacktrace: stacktrace === '' ? culprit : stacktrace });
  return ((BigInt(high) << 32n) | BigInt(low)).toString(16).padStart(16, '0');
}

/** Other errors of a range that look like one, the most alike first. */
export async function similarErrors(asker: Asker, scope: ErrorScope, id: string): Promise<SimilarErrors['similar']> {
  const [[own], others] = await Promise.all([
    sampledErrors(asker, { ...scope, ids: [id] }, 1),
    sampledErrors(asker, scope, comparedErrors),
  ]);
  if (own === undefined) return [];
  const traits = traitsOf(own.sample);
  const as = sentAs(own.sample);
  return others
    .filter(other => other.id !== id)
    .map(other => ({
      id: other.id,
      type: other.sample.type,
      message: other.sample.message.slice(0, 300),
      culprit: other.sample.culprit,
      events: other.events,
      lastMs: other.lastMs,
      likeness: likeness(traits, traitsOf(other.sample)),
      isSameBySourceMap: other.id === as || sentAs(other.sample) === id,
    }))
    .filter(other => other.isSameBySourceMap || other.likeness >= leastLikeness)
    .toSorted((a, b) => Number(b.isSameBySourceMap) - Number(a.isSameBySourceMap) || b.likeness - a.likeness)
    .slice(0, shown);
}
