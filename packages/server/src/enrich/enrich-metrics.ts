import { Counter, type Registry } from 'prom-client';
import type { Enrichment } from './enrichment.js';

/** Registers what enrichment counts: `bellwether_scrubbed_total{rule}` and `bellwether_routes_cut_total`. */
export function enrichMetrics(registry: Registry, { scrubber, routes }: Enrichment): void {
  const scrubbed: Counter<'rule'> = new Counter({
    name: 'bellwether_scrubbed_total',
    help: 'What was recognised as secret or personal, by the rule or the kind. In a dry run, also what stayed.',
    labelNames: ['rule'],
    registers: [registry],
    collect() {
      scrubbed.reset();
      for (const [rule, count] of scrubber.counts) scrubbed.inc({ rule }, count);
    },
  });
  const cut: Counter = new Counter({
    name: 'bellwether_routes_cut_total',
    help: 'Server spans whose route ends with /*, since their service has too many.',
    registers: [registry],
    collect() {
      cut.reset();
      cut.inc(routes.overflowed);
    },
  });
}
