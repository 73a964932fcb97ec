import { numberOf } from '../parse/number.js';

const form = /^([+-]?)((?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9]+)?|inf|nan)$/i;

/** A number of a sequence: as in a query but for hexadecimal ones, for `x` repeats. Throws an `Error` when it is none. */
export function readNumber(text: string, mayHaveSign: boolean): number {
  const found = form.exec(text);
  const [, sign = '', digits = ''] = found ?? [];
  if (found === null || (sign !== '' && !mayHaveSign)) throw new Error(`"${text.slice(0, 40)}" is not a number`);
  return sign === '-' ? -numberOf(digits) : numberOf(digits);
}
