import { compareLabels, labelValue } from '../value/labels.js';
import { float, type StepSeries } from '../value/series.js';
import type { Evaluated, VectorFunction } from './define.js';
import { compareNatural } from './natural-order.js';

function seriesOf(arg: Evaluated | undefined): readonly StepSeries[] {
  return arg?.type === 'vector' ? arg.series : [];
}

/** The same series with floats alone. */
function floatsOf(series: StepSeries): StepSeries {
  if (series.histograms === undefined) return series;
  return { ...series, kinds: series.kinds.map(kind => (kind === float ? float : 0)), histograms: undefined };
}

/** By the value of the only step; a range query has no order. NaN comes last either way. */
function sortByValue(name: string, doc: string, sign: 1 | -1): VectorFunction {
  return {
    kind: 'vector',
    name,
    doc,
    evaluate([vector], { steps }) {
      const series = seriesOf(vector)
        .map(floatsOf)
        .filter(one => one.kinds.includes(float));
      if (steps.count > 1) return { type: 'vector', series };
      const sorted = series.toSorted((a, b) => {
        const left = a.values[0] ?? NaN;
        const right = b.values[0] ?? NaN;
        if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
        return left === right ? 0 : sign * (left < right ? -1 : 1);
      });
      return { type: 'vector', series: sorted };
    },
  };
}

function sortByLabels(name: string, doc: string, sign: 1 | -1): VectorFunction {
  return {
    kind: 'vector',
    name,
    doc,
    evaluate([vector, ...names]) {
      const wanted = names.flatMap(arg => (arg.type === 'string' ? [arg.value] : []));
      const sorted = seriesOf(vector).toSorted((a, b) => {
        for (const label of wanted) {
          const order = compareNatural(labelValue(a.labels, label), labelValue(b.labels, label));
          if (order !== 0) return sign * order;
        }
        return sign * compareLabels(a.labels, b.labels);
      });
      return { type: 'vector', series: sorted };
    },
  };
}

export const sort = sortByValue(
  'sort',
  'Series by rising value, for tables. Only an instant query has an order; a graph does not change.',
  1,
);

export const sortDesc = sortByValue(
  'sort_desc',
  'Series by falling value, for tables. Only an instant query has an order; a graph does not change.',
  -1,
);

export const sortByLabel = sortByLabels(
  'sort_by_label',
  'Series by the values of labels, `cpu2` before `cpu10`, for tables. Only an instant query has an order.',
  1,
);

export const sortByLabelDesc = sortByLabels(
  'sort_by_label_desc',
  'Series by the values of labels, from the last to the first. Only an instant query has an order.',
  -1,
);
