/** Low and high word of Prometheus' stale marker: the NaN that says a series has ended. */
const staleLow = 2;
const staleHigh = 0x7ff0_0000;

/**
 * The words of a column of values, to tell stale markers from other NaNs.
 *
 * A number that passed through a variable may lose its NaN bits, so they are read and written only here.
 */
export function wordsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}

/** Whether the value at `at` is a stale marker. Little endian, as are all machines that Node runs on here. */
export function isStale(words: Uint32Array, at: number): boolean {
  return words[2 * at] === staleLow && words[2 * at + 1] === staleHigh;
}

/** Writes a stale marker. */
export function setStale(words: Uint32Array, at: number): void {
  words[2 * at] = staleLow;
  words[2 * at + 1] = staleHigh;
}
