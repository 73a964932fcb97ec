import { emptyColumn } from '../evaluate/column.js';
import { noLabels } from '../value/labels.js';
import { float } from '../value/series.js';
import type { VectorFunction } from './define.js';

export const scalar: VectorFunction = {
  kind: 'vector',
  name: 'scalar',
  doc: 'The value of the only series as a scalar, so that labels need not match. NaN when there is none or more than one.',
  evaluate([vector], { steps }) {
    const values = new Float64Array(steps.count).fill(NaN);
    if (vector?.type !== 'vector') return { type: 'scalar', values };
    const seen = new Uint8Array(steps.count);
    for (const series of vector.series) {
      for (let step = 0; step < steps.count; step++) {
        if (series.kinds[step] !== float) continue;
        values[step] = seen[step] === 0 ? series.values[step]! : NaN;
        seen[step] = 1;
      }
    }
    return { type: 'scalar', values };
  },
};

export const vector: VectorFunction = {
  kind: 'vector',
  name: 'vector',
  doc: 'A scalar as a vector of one series without labels: `x or vector(0)` keeps a graph from having gaps, if x has no labels.',
  evaluate([scalar], { steps }) {
    const { kinds, values } = emptyColumn(steps.count);
    if (scalar?.type === 'scalar') values.set(scalar.values);
    kinds.fill(float);
    return { type: 'vector', series: [{ labels: noLabels, kinds, values, histograms: undefined, dropName: false }] };
  },
};

export const time: VectorFunction = {
  kind: 'vector',
  name: 'time',
  doc: 'The time of evaluation in seconds since 1970; in a graph that of each point, not of now.',
  evaluate(_args, { steps }) {
    const values = new Float64Array(steps.count);
    for (let step = 0; step < steps.count; step++) values[step] = (steps.startMs + step * steps.stepMs) / 1000;
    return { type: 'scalar', values };
  },
};

export const pi: VectorFunction = {
  kind: 'vector',
  name: 'pi',
  doc: 'The number pi.',
  evaluate: (_args, { steps }) => ({ type: 'scalar', values: new Float64Array(steps.count).fill(Math.PI) }),
};
