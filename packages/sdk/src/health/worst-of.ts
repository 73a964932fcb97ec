import type { HealthStatus } from './check.js';

/** The status of all: a critical part that is unhealthy makes it unhealthy, any other trouble degraded. The order of the parts does not matter. */
export function worstOf(parts: Iterable<{ readonly status: HealthStatus; readonly critical: boolean }>): HealthStatus {
  let worst: HealthStatus = 'healthy';
  for (const { status, critical } of parts) {
    if (status === 'unhealthy' && critical) return 'unhealthy';
    if (status !== 'healthy') worst = 'degraded';
  }
  return worst;
}
