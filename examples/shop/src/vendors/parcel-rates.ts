import type { Random } from '../domain/random.js';
import type { Vendor } from './vendor.js';

/** The carriers that are asked for their rates, each at an address of its own kind. */
export const carriers = [
  { name: 'swiftparcel', path: '/v1/rates/standard' },
  { name: 'nordpost', path: '/v2/tariffs/home' },
  { name: 'cargoline', path: '/v1/quotes/bulky' },
] as const;

/** A parcel carrier's price list: slow, and always there. */
export function parcelRates(name: string, random: Random): Vendor {
  return {
    name,
    answer: () => ({ status: 200, body: { days: 1 + Math.floor(random() * 4) }, afterMs: 22 + random() * 12 }),
  };
}
