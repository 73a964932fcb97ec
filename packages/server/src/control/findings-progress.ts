import { z } from 'zod';
import type { ControlStore } from './control-store.js';

const stored = z.object({ analysed_ms: z.number() });

/** Until when traces were looked at for findings (milliseconds since 1970); undefined before the first time. */
export function analysedUntilMs({ db }: ControlStore): number | undefined {
  const [row] = db.prepare('SELECT analysed_ms FROM findings_progress').all();
  return row === undefined ? undefined : stored.parse(row).analysed_ms;
}

export function keepAnalysedUntil({ db }: ControlStore, ms: number): void {
  db.prepare(
    'INSERT INTO findings_progress (id, analysed_ms) VALUES (1, ?) ON CONFLICT DO UPDATE SET analysed_ms = excluded.analysed_ms',
  ).run(Math.floor(ms));
}
