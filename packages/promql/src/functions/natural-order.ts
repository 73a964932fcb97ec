import { compareText } from '../value/labels.js';

const largestInteger = '9223372036854775807';

/** Digits without leading zeros, if they are an integer of 64 bits. */
function integerOf(part: string): string | undefined {
  if (!/^[0-9]/.test(part)) return undefined;
  const digits = part.replace(/^0+(?=[0-9])/, '');
  const isLarge = digits.length > 19 || (digits.length === 19 && digits > largestInteger);
  return isLarge ? undefined : digits;
}

/**
 * Order of texts as people read them: runs of digits by the number they are, so that `cpu2` comes before `cpu10`.
 *
 * Numbers beyond 64 bits compare as texts.
 */
export function compareNatural(a: string, b: string): number {
  const left = a.match(/[0-9]+|[^0-9]+/g) ?? [];
  const right = b.match(/[0-9]+|[^0-9]+/g) ?? [];
  for (let at = 0; at < left.length && at < right.length; at++) {
    const order = compareParts(left[at] ?? '', right[at] ?? '');
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareParts(a: string, b: string): number {
  const left = integerOf(a);
  const right = integerOf(b);
  if (left === undefined || right === undefined) return compareText(a, b);
  return left.length === right.length ? compareText(left, right) : left.length - right.length;
}
