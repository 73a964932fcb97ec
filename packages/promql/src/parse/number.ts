import { quoted } from './quoting.js';

/**
 * The value of a number of a query: decimal, with exponent, hexadecimal, octal with a leading zero, `Inf`, `NaN`, with underscores.
 *
 * Throws an `Error` in Prometheus' words.
 */
export function numberOf(text: string): number {
  const plain = text.toLowerCase();
  if (plain === 'inf') return Infinity;
  if (plain === 'nan') return Number.NaN;
  if (!underscoresSeparateDigits(plain)) throw new Error(`error parsing number: ${refused(text)}`);
  const digits = plain.replaceAll('_', '');
  if (/^0x[0-9a-f]+$/.test(digits)) return integerOf(text, BigInt(digits));
  if (/^0[0-7]+$/.test(digits)) return integerOf(text, BigInt(`0o${digits.slice(1)}`));
  const value = /^(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?$/.test(digits) ? Number(digits) : undefined;
  if (value === undefined) throw new Error(`error parsing number: ${refused(text)}`);
  if (value === Infinity) throw new Error(`error parsing number: ${refused(text, 'value out of range')}`);
  return value;
}

function integerOf(text: string, value: bigint): number {
  if (value < 1n << 63n) return Number(value);
  // Greater octal numbers are read as decimal ones, as Prometheus does; hexadecimal ones lack the exponent that they would need.
  if (/^0x/i.test(text)) throw new Error(`error parsing number: ${refused(text)}`);
  return Number(text.replaceAll('_', ''));
}

function refused(text: string, reason = 'invalid syntax'): string {
  return `strconv.ParseFloat: parsing ${quoted(text)}: ${reason}`;
}

/** An underscore may stand only between two digits, or after `0x`. */
function underscoresSeparateDigits(text: string): boolean {
  if (!text.includes('_')) return true;
  const isHex = text.startsWith('0x');
  return text.split('_').every((part, at, parts) => {
    const okStart = at === 0 || (isHex ? /^[0-9a-f]/ : /^[0-9]/).test(part);
    const okEnd = at === parts.length - 1 || (isHex ? /(?:[0-9a-f]|^0x)$/ : /[0-9]$/).test(part);
    return okStart && okEnd;
  });
}

/** A number as Prometheus prints it in a query: shortest form that reads back the same, without an exponent. */
export function printNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '', exponentText] = String(Math.abs(value)).split('e');
  if (exponentText === undefined) return sign + mantissa;
  const exponent = Number(exponentText);
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = whole + fraction;
  const point = whole.length + exponent;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits.padEnd(point, '0');
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
