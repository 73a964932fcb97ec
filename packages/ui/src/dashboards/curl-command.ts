type Asked = {
  readonly expr: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Undefined: at the end only. */
  readonly stepMs: number | undefined;
};

/** The same question on a command line. */
export function curlOf(origin: string, { expr, fromMs, toMs, stepMs }: Asked): string {
  const params =
    stepMs === undefined
      ? [`query=${expr}`, `time=${toMs / 1000}`]
      : [`query=${expr}`, `start=${fromMs / 1000}`, `end=${toMs / 1000}`, `step=${stepMs / 1000}`];
  const path = stepMs === undefined ? 'query' : 'query_range';
  return [
    `curl -s ${quoted(`${origin}/api/v1/${path}`)}`,
    ...params.map(param => `  --data-urlencode ${quoted(param)}`),
  ].join(' \\\n');
}

/** As one word for a shell, whatever it holds. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
