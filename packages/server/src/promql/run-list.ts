/**
 * Runs of samples by series, in numbers alone: a query over many parts has hundreds of thousands of them, and an object for each would keep the
 * garbage collector busier than the query itself.
 */
export class RunList {
  #used = 0;
  #segment = new Int32Array(1024);
  #from = new Int32Array(1024);
  #to = new Int32Array(1024);
  #next = new Int32Array(1024);
  #first = new Int32Array(256);
  #last = new Int32Array(256);
  #rows = new Int32Array(256);
  #places = 0;

  /** How many series there are. */
  get places(): number {
    return this.#places;
  }

  /** Notes that a series has the samples `from` to before `to` of a segment. Places come in order: 0 first. */
  add(place: number, segment: number, from: number, to: number): void {
    const run = this.#used++;
    if (run === this.#segment.length) {
      this.#segment = twice(this.#segment);
      this.#from = twice(this.#from);
      this.#to = twice(this.#to);
      this.#next = twice(this.#next);
    }
    this.#segment[run] = segment;
    this.#from[run] = from;
    this.#to[run] = to;
    this.#next[run] = -1;
    if (place === this.#places) {
      if (place === this.#first.length) {
        this.#first = twice(this.#first);
        this.#last = twice(this.#last);
        this.#rows = twice(this.#rows);
      }
      this.#places++;
      this.#first[place] = run;
      this.#rows[place] = 0;
    } else this.#next[this.#last[place]!] = run;
    this.#last[place] = run;
    this.#rows[place] = this.#rows[place]! + to - from;
  }

  /** How many samples a series has. */
  rowsOf(place: number): number {
    return this.#rows[place]!;
  }

  /** Writes the numbers of a series' runs, as they came, to the front of `into`; gives how many there are. */
  runsOf(place: number, into: number[]): number {
    let count = 0;
    for (let run = this.#first[place]!; run >= 0; run = this.#next[run]!) into[count++] = run;
    return count;
  }

  segmentOf(run: number): number {
    return this.#segment[run]!;
  }

  fromOf(run: number): number {
    return this.#from[run]!;
  }

  toOf(run: number): number {
    return this.#to[run]!;
  }
}

function twice(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}
