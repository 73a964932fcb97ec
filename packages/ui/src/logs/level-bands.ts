import type { LogHistogramAnswer, LogLevel } from '@bellwether/model';
import type { HistogramSeries } from '../charts/histogram.js';

/** Levels that are drawn as one: what is quiet, what informs, what warns, what failed. Lowest first. */
const bands: readonly {
  readonly name: string;
  readonly colour: HistogramSeries['colour'];
  readonly levels: readonly LogLevel[];
}[] = [
  { name: 'Debug and below', colour: 'prev', levels: ['unset', 'trace', 'debug'] },
  { name: 'Info', colour: 1, levels: ['info'] },
  { name: 'Warn', colour: 'warn', levels: ['warn'] },
  { name: 'Error and above', colour: 'crit', levels: ['error', 'fatal'] },
];

/** The histogram's series; bands without a line are left out. */
export function levelBands({ levels, stepsMs }: LogHistogramAnswer): readonly HistogramSeries[] {
  return bands.flatMap(({ name, colour, levels: held }) => {
    const counted = levels.filter(({ level }) => held.includes(level));
    if (counted.length === 0) return [];
    const counts = stepsMs.map((_, step) => counted.reduce((sum, level) => sum + (level.counts[step] ?? 0), 0));
    return [{ name, colour, counts }];
  });
}
