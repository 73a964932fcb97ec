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
  cartItems: number;
  hasOrdered: boolean;
}

const guestsAtOnce = 40;
const words = ['solid', 'lantern', 'arrived early', 'teapot', 'worth every cent', 'notebook'] as const;
const reasons = ['damaged', 'too late', 'changed mind', 'wrong size'] as const;
const usualProviders = [
  ['northpay', 60],
  ['cardinal', 25],
  ['ledgerly', 15],
] as const;

/**
 * The shop's visitors, endlessly and the same for the same seed: about `ratePerSecond` requests a second, more by day
 * than by night, at random moments. Guests browse, fill a cart, order, look at the order, and now and then want their money back.
 */
export function* plan(seed: number, ratePerSecond: number, startMs: number): Generator<Visit, never> {
  const random = seededRandom(seed);
  const guests = Array.from({ length: guestsAtOnce }, () => arrive(random));
  let atMs = startMs;
  for (;;) {
    atMs += (-Math.log(1 - random()) * 1000) / (ratePerSecond * rhythm(atMs));
    const seat = Math.floor(random() * guests.length);
    const guest = guests[seat] ?? arrive(random);
    yield { atMs, shopper: guest.shopper, action: act(random, guest) };
    if (random() < (guest.hasOrdered ? 0.25 : 0.03)) guests[seat] = arrive(random);
  }
}

function arrive(random: Random): Guest {
  const tenant = pickWeighted(
    random,
    tenants.map(one => [one, one.weight] as const),
  );
  const userId = `u_${10_000 + Math.floor(random() * 90_000)}`;
  const cartId = `cart_${Math.floor(random() * 2 ** 32).toString(36)}`;
  return { shopper: { tenantId: tenant.id, userId, cartId }, tenant, cartItems: 0, hasOrdered: false };
}

function act(random: Random, guest: Guest): Action {
  const { cartItems, hasOrdered } = guest;
  const kind = pickWeighted<Action['kind']>(random, [
    ['browse', 26],
    ['product', 24],
    ['search', 3],
    ['add-item', cartItems < 12 ? 34 : 4],
    ['view-cart', cartItems > 0 ? 9 : 0],
    ['quote', cartItems > 1 ? 7 : 0],
    ['checkout', cartItems > 3 ? 11 : cartItems > 0 ? 3 : 0],
    ['view-order', hasOrdered ? 18 : 0],
    ['refund', hasOrdered ? 3 : 0],
    ['statement', 0.8],
  ]);
  const anySku = (): string => sku(guest.tenant, 1 + Math.floor(random() * productsPerTenant));
  switch (kind) {
    case 'browse':
      return { kind, category: pick(random, categories) };
    case 'product':
      return { kind, sku: anySku() };
    case 'search':
      return { kind, words: pick(random, words) };
    case 'add-item':
      guest.cartItems++;
      return { kind, sku: anySku(), quantity: 1 + Math.floor(random() ** 2 * 6) };
    case 'checkout':
      guest.cartItems = 0;
      guest.hasOrdered = true;
      return { kind, provider: pickWeighted(random, usualProviders) };
    case 'refund':
      return { kind, reason: pick(random, reasons) };
    case 'statement':
      return { kind, partnerId: pick(random, partners).id };
    case 'view-cart':
    case 'quote':
    case 'view-order':
      return { kind };
  }
}
