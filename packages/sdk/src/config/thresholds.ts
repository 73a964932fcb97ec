import type { EnvironmentReader } from './environment.js';

/** From when on something is slow or too much. What was measured is kept as it is; these decide what is logged as slow, and alert rules can compare with them. */
export interface Thresholds {
  /** Of requests and queries for which nothing else was said. */
  readonly slowRequestMs: number;
  readonly slowQueryMs: number;
  readonly apiP95Ms: number;
  readonly apiP99Ms: number;
  /** Between 0 and 1. */
  readonly poolUtilization: number;
  readonly errorRatio: number;
}

/** Teams do not agree on what is slow, so there are three sets to begin with. */
export const thresholdPresets = {
  strict: {
    slowRequestMs: 1000,
    slowQueryMs: 100,
    apiP95Ms: 500,
    apiP99Ms: 1000,
    poolUtilization: 0.8,
    errorRatio: 0.01,
  },
  balanced: {
    slowRequestMs: 2000,
    slowQueryMs: 1000,
    apiP95Ms: 1000,
    apiP99Ms: 2000,
    poolUtilization: 0.8,
    errorRatio: 0.05,
  },
  relaxed: {
    slowRequestMs: 5000,
    slowQueryMs: 2000,
    apiP95Ms: 2000,
    apiP99Ms: 5000,
    poolUtilization: 0.9,
    errorRatio: 0.1,
  },
} as const satisfies Readonly<Record<string, Thresholds>>;

export type ThresholdPreset = keyof typeof thresholdPresets;

const presetNames: readonly ThresholdPreset[] = ['strict', 'balanced', 'relaxed'];

/** The preset, with what single variables say in its place. Thresholds in seconds are called by older names. */
export function readThresholdSet(option: string | undefined, read: EnvironmentReader): Thresholds {
  const given = option ?? read.text('BELLWETHER_THRESHOLDS');
  const name = presetNames.find(known => known === given?.toLowerCase());
  if (given !== undefined && name === undefined)
    read.problems.push(
      `BELLWETHER_THRESHOLDS should be ${presetNames.join(', ')}, not "${given.slice(0, 50)}"; using balanced`,
    );
  const preset = thresholdPresets[name ?? 'balanced'];
  const inSeconds = (fallbackMs: number, variable: string): number =>
    read.positive(fallbackMs / 1000, 'a number of seconds', variable) * 1000;
  const milliseconds = 'a number of milliseconds';
  return {
    slowRequestMs: inSeconds(preset.slowRequestMs, 'SLOW_REQUEST_THRESHOLD'),
    slowQueryMs: inSeconds(preset.slowQueryMs, 'SLOW_QUERY_THRESHOLD'),
    apiP95Ms: read.positive(preset.apiP95Ms, milliseconds, 'API_P95_THRESHOLD_MS'),
    apiP99Ms: read.positive(preset.apiP99Ms, milliseconds, 'API_P99_THRESHOLD_MS'),
    poolUtilization: read.positive(preset.poolUtilization, 'a share such as 0.8', 'DB_POOL_UTILIZATION_THRESHOLD'),
    errorRatio: read.positive(preset.errorRatio, 'a share such as 0.05', 'ERROR_RATE_THRESHOLD'),
  };
}
