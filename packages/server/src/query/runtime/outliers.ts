import type { InstanceRow } from '@bellwether/model';

type Figures = Omit<InstanceRow, 'outlier'>;

const fewRequests = 20;
const times = 2;
const leastErrors = 0.02;

/** How an instance stands out from the middle of the others; '' when it does not, or when there is nothing to compare with. */
export function outlierOf(row: Figures, all: readonly Figures[]): string {
  const others = all.filter(one => one !== row);
  const seen = others.filter(({ requests }) => requests >= fewRequests);
  const signs: string[] = [];
  if (row.requests >= fewRequests && seen.length > 0) {
    const p95 = median(seen.map(one => one.p95Ms));
    if (row.p95Ms !== null && p95 !== undefined && p95 > 0 && row.p95Ms >= times * p95)
      signs.push(`p95 ${(row.p95Ms / p95).toFixed(1)} times that of the others`);
    const errors = median(seen.map(one => one.errorRatio));
    if (row.errorRatio !== null && errors !== undefined && row.errorRatio >= Math.max(leastErrors, 3 * errors))
      signs.push('fails more often than the others');
  }
  const memory = median(others.map(one => one.memoryBytes));
  if (row.memoryBytes !== null && memory !== undefined && memory > 0 && row.memoryBytes >= times * memory)
    signs.push(`memory ${(row.memoryBytes / memory).toFixed(1)} times that of the others`);
  const cpu = median(others.map(one => one.cpu));
  if (row.cpu !== null && cpu !== undefined && row.cpu >= 0.2 && row.cpu >= times * cpu)
    signs.push(
      cpu === 0 ? 'CPU where the others have none' : `CPU ${(row.cpu / cpu).toFixed(1)} times that of the others`,
    );
  return signs.join('; ');
}

function median(values: readonly (number | null)[]): number | undefined {
  const known = values.filter(value => value !== null).sort((a, b) => a - b);
  return known[Math.floor((known.length - 1) / 2)];
}
