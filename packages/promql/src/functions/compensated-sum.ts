/**
 * A sum that keeps what rounding would lose (Kahan's, with Neumaier's improvement), term by term as Prometheus keeps it.
 *
 * Once the sum is infinite nothing is kept, so that infinity stays infinity.
 */
export class CompensatedSum {
  sum = 0;
  lost = 0;

  /** Begins anew with one value. */
  start(value: number): void {
    this.sum = value;
    this.lost = 0;
  }

  add(value: number): void {
    const next = this.sum + value;
    if (next === Infinity || next === -Infinity) this.lost = 0;
    else if (Math.abs(this.sum) >= Math.abs(value)) this.lost += this.sum - next + value;
    else this.lost += value - next + this.sum;
    this.sum = next;
  }

  /** The sum with what was lost. */
  total(): number {
    return this.sum + this.lost;
  }
}
