import { business } from '@bellwether/node';
import { askVendor } from '../service/ask-vendor.js';
import type { Who } from '../service/who.js';
import { carriers } from '../vendors/parcel-rates.js';

/** How one carrier would bring a cart. */
export interface DeliveryOption {
  readonly carrier: string;
  readonly days: number;
}

/**
 * What the carriers offer, asked one after the other although none needs what another says: the shop's awaits that could run together, kept on purpose.
 */
export async function deliveryOptions(who: Who): Promise<readonly DeliveryOption[]> {
  business.feature({ feature: 'delivery-options', customer: who.userId });
  const options: DeliveryOption[] = [];
  for (const { name, path } of carriers) {
    const { body } = await askVendor(name, path);
    options.push({ carrier: name, days: daysOf(body) });
  }
  return options;
}

function daysOf(body: unknown): number {
  const days: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'days') : undefined;
  return typeof days === 'number' ? days : 0;
}
