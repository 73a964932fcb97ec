/** The windows of a range selector or subquery, one per step. */
export interface Windows {
  /** The end of the first window, and how far the next one's is: 0 when `@` holds them in one place. */
  readonly firstEndMs: number;
  readonly strideMs: number;
  readonly rangeMs: number;
  readonly leftOpen: boolean;
}

/**
 * Where the windows of all steps lie in a list of times: at each step from `from` to before `to`.
 *
 * Series that were written together share their list of times; this is worked out once for all of them, and so is what functions make of it.
 */
export class WindowPlaces {
  readonly windows: Windows;
  readonly timesMs: Float64Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly #known = new Map<object, unknown>();

  constructor(timesMs: Float64Array, windows: Windows, count: number) {
    this.windows = windows;
    this.timesMs = timesMs;
    const froms = new Int32Array(count);
    const tos = new Int32Array(count);
    const { firstEndMs, strideMs, rangeMs, leftOpen } = windows;
    // A sample at the start of a closed range is in it: its start is moved before that sample.
    const slackMs = leftOpen ? 0 : 0.5;
    const samples = timesMs.length;
    let from = 0;
    let to = 0;
    for (let step = 0; step < count; step++) {
      const endMs = firstEndMs + step * strideMs;
      const startMs = endMs - rangeMs - slackMs;
      while (to < samples && timesMs[to]! <= endMs) to++;
      while (from < to && timesMs[from]! <= startMs) from++;
      froms[step] = from;
      tos[step] = to;
    }
    this.from = froms;
    this.to = tos;
  }

  /** What `make` gives for these places, worked out once. */
  known<Made>(make: (places: WindowPlaces) => Made): Made {
    const there = this.#known.get(make);
    // It is what the same function made before.
    if (there !== undefined) return there as Made;
    const made = make(this);
    this.#known.set(make, made);
    return made;
  }
}

/** More lists of times are not remembered: series that share none have one each. */
const maxLists = 64;

/** Gives the places of the windows in lists of times, those of recent lists again. */
export function placesFor(windows: Windows, count: number): (timesMs: Float64Array) => WindowPlaces {
  const known = new Map<Float64Array, WindowPlaces>();
  return timesMs => {
    const there = known.get(timesMs);
    if (there !== undefined) return there;
    const made = new WindowPlaces(timesMs, windows, count);
    if (known.size >= maxLists) known.clear();
    known.set(timesMs, made);
    return made;
  };
}
