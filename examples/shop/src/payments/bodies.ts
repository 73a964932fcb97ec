import { currencies, money, type Currency, type Money } from '../domain/money.js';
import { RequestError } from '../service/request-error.js';

export interface Charge {
  readonly orderId: string;
  readonly provider: string;
  readonly amount: Money;
}

export interface Refund {
  readonly chargeId: string;
  readonly amount: Money;
}

/** Throws RequestError 400 that names the field that is wrong. */
export function readCharge(body: unknown): Charge {
  return { orderId: text(body, 'orderId'), provider: text(body, 'provider'), amount: amount(body) };
}

/** Throws RequestError 400 that names the field that is wrong. */
export function readRefund(body: unknown): Refund {
  return { chargeId: text(body, 'chargeId'), amount: amount(body) };
}

function text(body: unknown, name: string): string {
  const value = field(body, name);
  if (typeof value === 'string' && value !== '') return value;
  throw new RequestError(400, 'body_invalid', `${name} must be text`);
}

function amount(body: unknown): Money {
  const given = field(body, 'amount');
  const minor = field(given, 'minor');
  const currency = field(given, 'currency');
  if (!Number.isSafeInteger(minor) || Number(minor) <= 0) {
    throw new RequestError(400, 'body_invalid', 'amount.minor must be a whole number above 0');
  }
  if (!isCurrency(currency)) {
    throw new RequestError(400, 'body_invalid', `amount.currency must be one of ${Object.keys(currencies).join(', ')}`);
  }
  return money(Number(minor), currency);
}

function isCurrency(value: unknown): value is Currency {
  return typeof value === 'string' && Object.hasOwn(currencies, value);
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
