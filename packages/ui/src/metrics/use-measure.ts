import { useCallback } from 'react';
import { units } from './measure-format.js';
import { knownMetric, useMetricList } from './metric-list.js';
import { parsedQuery } from './parsed-query.js';
import type { MetricQuery } from './query-list.js';
import { expressionMeasure, type Measure } from './unit.js';

const plain: Measure = { base: '1', perSecond: false };

/** What a query's values measure: as chosen, else as its text and the metadata of its metrics say. */
export function useMeasure(): (query: MetricQuery) => Measure {
  const list = useMetricList().data;
  return useCallback(
    query => {
      const chosen = units.find(({ key }) => key === query.unit);
      if (chosen !== undefined) return chosen.measure;
      const parsed = parsedQuery(query.expr);
      if (parsed === undefined) return plain;
      return expressionMeasure(parsed, metric => knownMetric(metric, list)?.unit);
    },
    [list],
  );
}
