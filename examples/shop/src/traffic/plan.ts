import { pick, pickWeighted, seededRandom, type Random } from '../domain/random.js';
import { categories, partners, productsPerTenant, sku, tenants, type Tenant } from '../domain/tenants.js';
import { rhythm } from './rhythm.js';

/** What a shopper does next. */
export type Action =
  | { readonly kind: 'browse'; readonly category: string }
  | { readonly kind: 'product'; readonly sku: string }
  | { readonly kind: 'search'; readonly words: string }
  | { readonly kind: 'add-item'; readonly sku: string; readonly quantity: number }
  | { readonly kind: 'view-cart' }
  | { readonly kind: 'delivery' }
  | { readonly kind: 'reviews' }
  | { readonly kind: 'quote' }
  | { readonly kind: 'checkout'; readonly provider: string }
  | { readonly kind: 'view-order' }
  | { readonly kind: 'refund'; readonly reason: string }
  | { readonly kind: 'statement'; readonly partnerId: string };

export interface Shopper {
  readonly tenantId: string;
  readonly userId: string;
  readonly cartId: string;
}

/** One request of the traffic. */
export interface Visit {
  /** When, in milliseconds since the epoch. */
  readonly atMs: number;
  readonly shopper: Shopper;
  readonly action: Action;
}

interface Guest {
  readonly shopper: Shopper;
  readonly tenant: Tenant;
  /** How many products a buyer wants; 0 for one who only looks around. */
  readonly wanted: number;
  cartItems: number;
  hasQuote: boolean;
  hasOrdered: boolean;
}

/** So few that a buyer is done in some ten seconds, whatever the rate. */
const fewestGuests = 6;
const words = ['solid', 'lantern', 'arrived early', 'teapot', 'worth every cent', 'notebook'] as const;
const reasons = ['damaged', 'too late', 'changed mind', 'wrong size'] as const;
const usualProviders = [
  ['northpay', 60],
  ['cardinal', 25],
  ['ledgerly', 15],
] as const;

/**
 * The shop's visitors, endlessly and the same for the same seed: about `ratePerSecond` requests a second, more by day
 * than by night (or as `busyAt` says, 1 being the mean), at random moments. Guests browse, fill a cart, order, look at the order, and now and then want their money back.
 */
export function* plan(
  seed: number,
  ratePerSecond: number,
  startMs: number,
  busyAt: (atMs: number) => number = rhythm,
): Generator<Visit, never> {
  const random = seededRandom(seed);
  const guests = Array.from({ length: Math.max(fewestGuests, Math.round(ratePerSecond)) }, () => arrive(random));
  let atMs = startMs;
  for (;;) {
    atMs += (-Math.log(1 - random()) * 1000) / (ratePerSecond * busyAt(atMs));
    const seat = Math.floor(random() * guests.length);
    const guest = guests[seat] ?? arrive(random);
    yield { atMs, shopper: guest.shopper, action: act(random, guest) };
    if (random() < leaves(guest)) guests[seat] = arrive(random);
  }
}

function arrive(random: Random): Guest {
  const tenant = pickWeighted(
    random,
    tenants.map(one => [one, one.weight] as const),
  );
  const userId = `u_${10_000 + Math.floor(random() * 90_000)}`;
  const cartId = `cart_${Math.floor(random() * 2 ** 32).toString(36)}`;
  return {
    shopper: { tenantId: tenant.id, userId, cartId },
    tenant,
    wanted: random() < 0.4 ? wantedBy(random, tenant) : 0,
    cartItems: 0,
    hasQuote: false,
    hasOrdered: false,
  };
}

/** Mostly a few; one buyer in six fills the cart, and the customers of enterprises buy for whole teams. */
function wantedBy(random: Random, tenant: Tenant): number {
  const few = 1 + Math.floor(random() * 3);
  const wanted = random() < 0.17 ? few + 5 : few;
  return tenant.plan === 'enterprise' ? wanted + few : wanted;
}

function leaves(guest: Guest): number {
  if (guest.hasOrdered) return 0.4;
  return guest.wanted > 0 ? 0.01 : 0.12;
}

function act(random: Random, guest: Guest): Action {
  return (random() < 0.5 ? purchase(random, guest) : undefined) ?? lookAround(random, guest);
}

/** The next step towards an order and after it; undefined for who wants nothing. */
function purchase(random: Random, guest: Guest): Action | undefined {
  if (guest.wanted === 0) return undefined;
  if (guest.hasOrdered) {
    return random() < 0.12 ? { kind: 'refund', reason: pick(random, reasons) } : { kind: 'view-order' };
  }
  if (guest.cartItems < guest.wanted) {
    guest.cartItems++;
    return { kind: 'add-item', sku: anySku(random, guest), quantity: 1 + Math.floor(random() ** 2 * 6) };
  }
  if (!guest.hasQuote && random() < 0.6) {
    guest.hasQuote = true;
    return { kind: 'quote' };
  }
  guest.hasOrdered = true;
  return { kind: 'checkout', provider: pickWeighted(random, usualProviders) };
}

function lookAround(random: Random, guest: Guest): Action {
  const kind = pickWeighted(random, [
    ['browse', 30],
    ['product', 30],
    ['search', 4],
    ['view-cart', guest.cartItems > 0 && !guest.hasOrdered ? 12 : 0],
    ['delivery', guest.cartItems > 0 && !guest.hasOrdered ? 10 : 0],
    ['reviews', 1],
    ['statement', 1],
  ] as const);
  switch (kind) {
    case 'browse':
      return { kind, category: pick(random, categories) };
    case 'product':
      return { kind, sku: anySku(random, guest) };
    case 'search':
      return { kind, words: pick(random, words) };
    case 'view-cart':
    case 'delivery':
    case 'reviews':
      return { kind };
    case 'statement':
      return { kind, partnerId: pick(random, partners).id };
  }
}

function anySku(random: Random, guest: Guest): string {
  return sku(guest.tenant, 1 + Math.floor(random() * productsPerTenant));
}
