import { business, monitoredCacheOperation, monitoredTaskProcessing } from '@bellwether/node';

export interface TenantConfig {
  readonly tier: 'standard' | 'premium' | 'enterprise';
  readonly commissionPercent: number;
}

const cached = new Map<string, TenantConfig>();

/** What a tenant has agreed on; undefined when it was not asked for yet. */
export const cachedConfig = monitoredCacheOperation(
  'local',
  'get',
  'tenant:{tenantId}:config',
)((tenantId: string): TenantConfig | undefined => cached.get(tenantId));

export function configOf(tenantId: string): TenantConfig {
  const known = cachedConfig(tenantId);
  if (known !== undefined) return known;
  const config: TenantConfig = { tier: tenantId.startsWith('big') ? 'enterprise' : 'standard', commissionPercent: 10 };
  cached.set(tenantId, config);
  return config;
}

export interface Sale {
  readonly tenantId: string;
  readonly partner: string;
  readonly amountMinor: number;
}

/** A job of the queue of commissions. */
export const calculateCommission = monitoredTaskProcessing(
  'commission_calculation',
  'commission_queue',
)(async ({ tenantId, partner, amountMinor }: Sale): Promise<number> => {
  if (amountMinor < 0) throw new RangeError('a sale cannot be negative');
  const commissionMinor = Math.round((amountMinor * configOf(tenantId).commissionPercent) / 100);
  business.commission({ partner, type: 'sale', amountMinor: commissionMinor, currency: 'USD' });
  return commissionMinor;
});
