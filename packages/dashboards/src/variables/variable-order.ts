import { namesIn } from './interpolate.js';
import type { Variable } from './variable.js';

/**
 * Variables in waves: those of a wave refer only to those of the waves before, so that each wave is asked at once.
 * Those that refer to each other in a circle come last, as they are.
 */
export function variableWaves(variables: readonly Variable[]): readonly (readonly Variable[])[] {
  const names = new Set(variables.map(({ name }) => name));
  const needs = new Map(
    variables.map(variable => {
      const referred = [...namesIn(`${variable.query} ${variable.regex}`)];
      return [variable.name, referred.filter(name => names.has(name) && name !== variable.name)] as const;
    }),
  );
  const waves: Variable[][] = [];
  const done = new Set<string>();
  let left = [...variables];
  while (left.length > 0) {
    const ready = left.filter(({ name }) => (needs.get(name) ?? []).every(need => done.has(need)));
    const wave = ready.length > 0 ? ready : left;
    waves.push(wave);
    for (const { name } of wave) done.add(name);
    left = left.filter(({ name }) => !done.has(name));
  }
  return waves;
}

/** Whether a variable changes with the range of the page, and not only with other variables. */
export function followsRange({ query }: Variable): boolean {
  return [...namesIn(query)].some(name => name === '__from' || name === '__to' || name.startsWith('__range'));
}
