import type { Metrics } from '../../core/metrics.js';
import type { Family } from './family.js';
import { ownFamilies, targetInfo } from './own-families.js';
import { type PrometheusRegistry, registryFamilies } from './registry-families.js';
import { familiesText, type TextFormat } from './text.js';

export interface ExpositionDeps {
  readonly metrics: Metrics;
  readonly ownScope: string;
  readonly resource: Readonly<Record<string, string | number>>;
  /** The application's own registries; they may come later. */
  readonly registries: ReadonlySet<PrometheusRegistry>;
  /** Has gauges and observed counters set. */
  readonly observe: () => void;
  readonly fault: () => void;
}

/** All metrics as text. Where a name is the application's and ours, the application's stays. */
export async function exposition(deps: ExpositionDeps, format: TextFormat): Promise<string> {
  deps.observe();
  const families = new Map<string, Family>();
  for (const registry of deps.registries) {
    try {
      for (const family of await registryFamilies(registry))
        if (!families.has(family.name)) families.set(family.name, family);
    } catch {
      // A collector of the application's may fail; ours are still of use.
      deps.fault();
    }
  }
  for (const family of [...ownFamilies(deps.metrics, deps.ownScope), targetInfo(deps.resource)])
    if (!families.has(family.name)) families.set(family.name, family);
  return familiesText(families.values(), format);
}
