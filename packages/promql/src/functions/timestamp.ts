import { emptyColumn } from '../evaluate/column.js';
import { absent, float } from '../value/series.js';
import { insideParens } from '../parse/walk.js';
import type { VectorFunction } from './define.js';

/** Of a selector the evaluator gives the times of its samples; anything else has a sample at the time of the step. */
export const timestamp: VectorFunction = {
  kind: 'vector',
  name: 'timestamp',
  doc: 'When each sample was taken, in seconds since 1970; `time() - timestamp(x)` is its age. Only of a selector: a computed sample is as old as the step.',
  evaluate([vector], { steps, argExprs: [expr] }) {
    if (vector?.type !== 'vector') return { type: 'vector', series: [] };
    if (expr !== undefined && insideParens(expr).kind === 'vectorSelector') {
      return { type: 'vector', series: vector.series.map(series => ({ ...series, dropName: true })) };
    }
    const series = vector.series.map(({ labels, kinds: from }) => {
      const { kinds, values } = emptyColumn(steps.count);
      for (let step = 0; step < steps.count; step++) {
        if (from[step] === absent) continue;
        kinds[step] = float;
        values[step] = (steps.startMs + step * steps.stepMs) / 1000;
      }
      return { labels, kinds, values, histograms: undefined, dropName: true };
    });
    return { type: 'vector', series };
  },
};
