import type { ExemplarPoint } from './exemplars.js';
import type { PlotPlace } from './plot.js';

export type PlacedExemplar = { readonly exemplar: ExemplarPoint; readonly xPx: number; readonly yPx: number };

/** Two diamonds closer than this would look like one. */
const cellPx = 12;
const most = 120;

/**
 * Which exemplars are drawn, and where, in pixels from the plot's left and top.
 *
 * Of those that would cover each other the largest value stays: the slow one is what people look for.
 * A value beyond the axis stands at its edge.
 */
export function spreadExemplars(exemplars: readonly ExemplarPoint[], place: PlotPlace): readonly PlacedExemplar[] {
  const { widthPx, heightPx, fromMs, toMs, low, high } = place;
  if (toMs <= fromMs || high <= low) return [];
  const cells = new Map<string, PlacedExemplar>();
  for (const exemplar of exemplars) {
    const { timeMs, value } = exemplar;
    if (timeMs < fromMs || timeMs > toMs || !Number.isFinite(value)) continue;
    const xPx = ((timeMs - fromMs) / (toMs - fromMs)) * widthPx;
    const share = Math.min(Math.max((value - low) / (high - low), 0), 1);
    const yPx = (1 - share) * heightPx;
    const cell = `${Math.floor(xPx / cellPx)} ${Math.floor(yPx / cellPx)}`;
    const known = cells.get(cell);
    if (known === undefined || known.exemplar.value < value) cells.set(cell, { exemplar, xPx, yPx });
  }
  const placed = [...cells.values()];
  if (placed.length <= most) return placed;
  return placed.toSorted((a, b) => b.exemplar.value - a.exemplar.value).slice(0, most);
}
