/** Where a chart leads: the search texts that find the traces and logs behind its numbers. Undefined where there are none. */
export type Drill = {
  readonly traces: string | undefined;
  readonly logs: string | undefined;
  /** The spans alone that the numbers were made of: samples are taken of them, and they are compared. Without, those of `traces`. */
  readonly spans?: string;
  /** Which of `spans` alone are meant, in the search language; they are compared with the others too. */
  readonly selected?: string;
  /** The id of the error whose events the numbers are: it is compared with what it did not happen to. */
  readonly error?: string;
};

/** The same for one of several things on the chart; `name` says which. */
export type NamedDrill = Drill & { readonly name: string | undefined };

/** A chart that leads nowhere. */
export const noDrill: Drill = { traces: undefined, logs: undefined };

/** What makes the page *What is different* ask about a stretch of the chart: spans, else log lines; undefined where there are none. */
export function differenceOf(
  { traces, logs, spans = traces, selected, error }: Drill,
  from: string,
  to: string,
): Readonly<Record<string, string>> | undefined {
  const q = spans ?? logs;
  if (q === undefined) return undefined;
  return {
    ...(q !== '' && { q }),
    ...(selected !== undefined && { selected }),
    selFrom: from,
    selTo: to,
    ...(spans === undefined && { signal: 'logs' }),
    ...(error !== undefined && { error }),
  };
}
