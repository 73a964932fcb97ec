/** The currencies of the shop and how many decimals each has (ISO 4217). */
export const currencies = { EUR: 2, USD: 2, GBP: 2, JPY: 0 } as const;

export type Currency = keyof typeof currencies;

/** An amount in the currency's smallest unit: 12,50 EUR is 1250, 1250 JPY is 1250. Never a fraction. */
export interface Money {
  readonly minor: number;
  readonly currency: Currency;
}

/** Throws RangeError when the amount is no safe integer: a fraction of a cent is a bug, not a rounding matter. */
export function money(minor: number, currency: Currency): Money {
  if (!Number.isSafeInteger(minor)) throw new RangeError(`${minor} is no whole number of minor units of ${currency}`);
  return { minor, currency };
}

/** Throws RangeError when the currencies differ: the shop never converts. */
export function add(a: Money, b: Money): Money {
  if (a.currency !== b.currency) throw new RangeError(`cannot add ${b.currency} to ${a.currency}`);
  return money(a.minor + b.minor, a.currency);
}

export function times(amount: Money, quantity: number): Money {
  return money(amount.minor * quantity, amount.currency);
}

/** The share of an amount in basis points (1/100 of a percent), rounded half to even, as accountants do. */
export function share(amount: Money, basisPoints: number): Money {
  const scaled = amount.minor * basisPoints;
  const whole = Math.floor(scaled / 10_000);
  const rest = scaled - whole * 10_000;
  const up = rest > 5_000 || (rest === 5_000 && whole % 2 !== 0);
  return money(up ? whole + 1 : whole, amount.currency);
}

export function minus(a: Money, b: Money): Money {
  return add(a, times(b, -1));
}

/** Splits an amount by weights without losing a unit: the first parts get what rounding leaves. Throws RangeError without a positive weight. */
export function split(amount: Money, weights: readonly number[]): readonly Money[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0) throw new RangeError('cannot split by weights that add up to nothing');
  const parts = weights.map(weight => Math.floor((amount.minor * weight) / total));
  let left = amount.minor - parts.reduce((sum, part) => sum + part, 0);
  return parts.map(part => {
    const extra = left > 0 ? 1 : 0;
    left -= extra;
    return money(part + extra, amount.currency);
  });
}

/** For people: `12.50 EUR`. */
export function show(amount: Money): string {
  const decimals = currencies[amount.currency];
  return `${(amount.minor / 10 ** decimals).toFixed(decimals)} ${amount.currency}`;
}
