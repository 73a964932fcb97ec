import type { Tools } from '../instrument/instrumentation.js';
import type { Define, Reading } from './reading.js';

type Begin = (define: Define) => Reading | undefined;

/** Has each reading taken before each export. One that fails is counted and does not keep the others from being taken. */
export function watchReadings(tools: Tools, readings: readonly Begin[]): void {
  const { metrics } = tools.recorder;
  for (const reading of begun(tools, readings)) tools.undo(metrics.beforeExport(reading.read));
}

const aheadMs = 10_000;

/**
 * Has slow readings taken ahead of the exports, one per turn of the loop, so that together they do not hold it up. A process that ends sooner has them taken
 * with its only export.
 */
export function watchReadingsAhead(tools: Tools, readings: readonly Begin[]): void {
  const { recorder, undo } = tools;
  const all = begun(tools, readings);
  let wereRead = false;
  const readFrom = (at: number): void => {
    const reading = all[at];
    if (reading === undefined) {
      wereRead = true;
      return;
    }
    try {
      reading.read();
    } catch {
      recorder.fault('reading the host');
    }
    setImmediate(readFrom, at + 1).unref();
  };
  const timer = setInterval(readFrom, aheadMs, 0);
  timer.unref();
  undo(() => clearInterval(timer));
  undo(
    recorder.metrics.beforeExport(() => {
      if (!wereRead) for (const reading of all) reading.read();
      wereRead = true;
    }),
  );
}

function begun({ recorder, undo }: Tools, readings: readonly Begin[]): readonly Reading[] {
  const define: Define = (name, kind, unit, description) =>
    recorder.metrics.metric({ name, kind, unit, description, scope: '@bellwether/node' });
  const found: Reading[] = [];
  for (const begin of readings) {
    const reading = begin(define);
    if (reading === undefined) continue;
    found.push(reading);
    if (reading.stop !== undefined) undo(reading.stop);
  }
  return found;
}
