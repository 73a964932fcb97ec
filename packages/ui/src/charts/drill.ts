/** Where a chart leads: the search texts that find the traces and logs behind its numbers. Undefined where there are none. */
export type Drill = {
  readonly traces: string | undefined;
  readonly logs: string | undefined;
  /** The spans alone that the numbers were made of: samples are taken of them, and they are compared. Without, those of `traces`. */
  readonly spans?: string;
};

/** The same for one of several things on the chart; `name` says which. */
export type NamedDrill = Drill & { readonly name: string | undefined };
