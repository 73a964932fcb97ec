import type { Action, Shopper } from './plan.js';

/** An HTTP request to the gateway. */
export interface ShopRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
}

/** How an action is asked of the gateway; undefined when it needs an order and the shopper has none yet. */
export function requestOf(action: Action, shopper: Shopper, lastOrderId: string | undefined): ShopRequest | undefined {
  const { cartId } = shopper;
  switch (action.kind) {
    case 'browse':
      return { method: 'GET', path: `/v1/products?category=${action.category}` };
    case 'product':
      return { method: 'GET', path: `/v1/products/${action.sku}` };
    case 'search':
      return { method: 'GET', path: `/v1/search?q=${encodeURIComponent(action.words)}` };
    case 'add-item':
      return {
        method: 'POST',
        path: `/v1/carts/${cartId}/items`,
        body: { sku: action.sku, quantity: action.quantity },
      };
    case 'view-cart':
      return { method: 'GET', path: `/v1/carts/${cartId}` };
    case 'delivery':
      return { method: 'GET', path: '/v1/delivery-options' };
    case 'reviews':
      return { method: 'GET', path: '/v1/reviews/summary' };
    case 'quote':
      return { method: 'POST', path: '/v1/checkout/quote', body: { cartId } };
    case 'checkout':
      return { method: 'POST', path: '/v1/checkout', body: { cartId, provider: action.provider } };
    case 'view-order':
      return lastOrderId === undefined ? undefined : { method: 'GET', path: `/v1/orders/${lastOrderId}` };
    case 'refund':
      return lastOrderId === undefined
        ? undefined
        : { method: 'POST', path: `/v1/orders/${lastOrderId}/refunds`, body: { reason: action.reason } };
    case 'statement':
      return { method: 'GET', path: `/v1/partners/${action.partnerId}/statement` };
  }
}
