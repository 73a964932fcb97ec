import type { Currency } from './money.js';

export type Plan = 'standard' | 'premium' | 'enterprise';

/** A partner brings tenants and earns a share of their sales. */
export interface Partner {
  readonly id: string;
  readonly name: string;
  readonly shareBasisPoints: number;
}

/** A customer of the shop's platform: a merchant with its own products, prices and shoppers. */
export interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly plan: Plan;
  readonly currency: Currency;
  readonly skuPrefix: string;
  readonly partnerId?: string;
  /** How much of the traffic is theirs, relative to the others. */
  readonly weight: number;
}

export const partners: readonly Partner[] = [
  { id: 'nordic-commerce', name: 'Nordic Commerce', shareBasisPoints: 250 },
  { id: 'iberia-retail', name: 'Iberia Retail', shareBasisPoints: 300 },
  { id: 'pacific-digital', name: 'Pacific Digital', shareBasisPoints: 220 },
];

export const tenants: readonly Tenant[] = [
  tenant('acme-industrial', 'Acme Industrial', 'enterprise', 'EUR', 'ACM', 26),
  tenant('globex', 'Globex', 'enterprise', 'USD', 'GLX', 18),
  tenant('fjord-outdoor', 'Fjord Outdoor', 'premium', 'EUR', 'FJO', 12, 'nordic-commerce'),
  tenant('kestrel-cycles', 'Kestrel Cycles', 'premium', 'GBP', 'KES', 9),
  tenant('sakura-stationery', 'Sakura Stationery', 'premium', 'JPY', 'SAK', 8, 'pacific-digital'),
  tenant('casa-lumbre', 'Casa Lumbre', 'premium', 'EUR', 'CAS', 6, 'iberia-retail'),
  tenant('bluebird-books', 'Bluebird Books', 'standard', 'GBP', 'BLU', 5),
  tenant('tidewater-tea', 'Tidewater Tea', 'standard', 'USD', 'TID', 4),
  tenant('ostara-garden', 'Ostara Garden', 'standard', 'EUR', 'OST', 4, 'nordic-commerce'),
  tenant('harbour-hardware', 'Harbour Hardware', 'standard', 'USD', 'HAR', 3),
  tenant('pequeno-sol', 'Pequeno Sol', 'standard', 'EUR', 'PEQ', 3, 'iberia-retail'),
  tenant('moss-and-fern', 'Moss and Fern', 'standard', 'GBP', 'MOS', 2),
];

export const productsPerTenant = 40;

export const categories = ['tools', 'outdoor', 'home', 'paper', 'garden', 'travel', 'kitchen', 'gifts'] as const;

/** The stock keeping unit of a tenant's nth product, counted from 1: `ACM-007`. */
export function sku(of: Pick<Tenant, 'skuPrefix'>, nth: number): string {
  return `${of.skuPrefix}-${String(nth).padStart(3, '0')}`;
}

function tenant(
  id: string,
  name: string,
  plan: Plan,
  currency: Currency,
  skuPrefix: string,
  weight: number,
  partnerId?: string,
): Tenant {
  return { id, name, plan, currency, skuPrefix, weight, ...(partnerId === undefined ? {} : { partnerId }) };
}
