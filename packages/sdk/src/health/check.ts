/** How well something is. */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy';

/** What a check may say beyond being through. */
export interface CheckResult {
  readonly status: HealthStatus;
  /** Figures for whoever may see details; never a secret. */
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

export interface CheckOptions {
  /** `false`: its failure makes the service degraded, not unhealthy. True unless told otherwise. */
  readonly critical?: boolean | undefined;
  /** After this it has failed; 1,000 ms unless told otherwise. */
  readonly timeoutMs?: number | undefined;
  /** A result is used again for so long; 1,000 ms unless told otherwise. */
  readonly cacheMs?: number | undefined;
}

/** A question to something that the service needs. */
export interface Check extends CheckOptions {
  /**
   * Healthy when it returns or resolves, unhealthy when it throws or rejects; a `CheckResult` says more. `signal` is aborted at the timeout.
   */
  run(signal: AbortSignal): unknown;
}

/** Whether what a check returned is a result, and not the answer of what it asked. */
export function isCheckResult(value: unknown): value is CheckResult {
  if (typeof value !== 'object' || value === null || !('status' in value)) return false;
  return value.status === 'healthy' || value.status === 'degraded' || value.status === 'unhealthy';
}
