import type { ServiceRow, ServiceStatus } from '@bellwether/model';
import type { Status } from '../parts/status-mark.js';

/** How the API's status is drawn. */
export const statusMarks: { readonly [status in ServiceStatus]: { readonly mark: Status; readonly word: string } } = {
  failing: { mark: 'crit', word: 'Failing' },
  degraded: { mark: 'warn', word: 'Degraded' },
  'no-data': { mark: 'none', word: 'No data' },
  healthy: { mark: 'ok', word: 'Healthy' },
};

/** Worst first. */
export const statusOrder: readonly ServiceStatus[] = ['failing', 'degraded', 'no-data', 'healthy'];

/** From this share of errors on a number is drawn as trouble. */
export const troubleRatio = 0.01;

/** Failing before degraded before silent before healthy; within one status more errors, then more traffic. */
export function worstFirst(services: readonly ServiceRow[]): readonly ServiceRow[] {
  return services.toSorted((a, b) => {
    const status = statusOrder.indexOf(a.status) - statusOrder.indexOf(b.status);
    if (status !== 0) return status;
    const errors = a.status === 'healthy' ? 0 : (b.errorRatio ?? 0) - (a.errorRatio ?? 0);
    return errors || b.requestsPerSecond - a.requestsPerSecond || a.name.localeCompare(b.name, 'en');
  });
}

/** How many services are in each status. */
export function countByStatus(services: readonly ServiceRow[]): { readonly [status in ServiceStatus]: number } {
  const counts = { healthy: 0, degraded: 0, failing: 0, 'no-data': 0 };
  for (const { status } of services) counts[status] += 1;
  return counts;
}

/** Services whose name, version, language or environment holds the text; in one status when given. */
export function matching(
  services: readonly ServiceRow[],
  text: string,
  status: string | undefined,
): readonly ServiceRow[] {
  const wanted = text.trim().toLowerCase();
  return services.filter(service => {
    if (status !== undefined && service.status !== status) return false;
    const words = [service.name, service.version, service.language, ...service.environments];
    return wanted === '' || words.some(word => word.toLowerCase().includes(wanted));
  });
}
