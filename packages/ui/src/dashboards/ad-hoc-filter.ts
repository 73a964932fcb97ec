/** A condition on a label that holds for the whole dashboard. */
export type AdHocFilter = { readonly label: string; readonly op: FilterOp; readonly value: string };

export const filterOps = ['=', '!=', '=~', '!~'] as const;
export type FilterOp = (typeof filterOps)[number];

/** Reads `label|=|value`, as Grafana writes filters into addresses. Undefined: PromQL has no such condition. */
export function readFilter(text: string): AdHocFilter | undefined {
  const [label = '', op = '', ...values] = text.split('|').map(unescaped);
  if (label === '') return undefined;
  const known = filterOps.find(one => one === op);
  return known === undefined ? undefined : { label, op: known, value: values.join('|') };
}

/** The same as it stands in an address. */
export function writeFilter({ label, op, value }: AdHocFilter): string {
  return [label, op, value].map(part => part.replaceAll('|', '__gfp__')).join('|');
}

function unescaped(part: string): string {
  return part.replaceAll('__gfp__', '|').replaceAll('__gfc__', ',').replaceAll('__gfh__', '#');
}
