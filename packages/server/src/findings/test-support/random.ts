/** Numbers that are the same for the same seed (mulberry32). */
export interface Random {
  /** From 0 up to 1. */
  next(): number;
  /** A whole number, both ends included. */
  whole(from: number, to: number): number;
  /** About `value`, by up to the share `spread` more or less. */
  about(value: number, spread?: number): number;
  of<T>(list: readonly T[]): T;
}

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    whole,
    about: (value, spread = 0.3) => value * (1 + (next() * 2 - 1) * spread),
    of: list => {
      const found = list[whole(0, list.length - 1)];
      if (found === undefined) throw new Error('an empty list has nothing to choose from');
      return found;
    },
  };
}
