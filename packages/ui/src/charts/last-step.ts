type Values = readonly (number | null)[];

/** A series and the piece of it that is drawn dashed, because its last step is still filling. */
export type Split = { readonly solid: (number | null)[]; readonly dashed: (number | null)[] };

/** The last complete step belongs to both pieces, so that they join. */
export function splitIncomplete(values: Values, lastIncomplete: boolean): Split {
  const last = values.length - 1;
  if (!lastIncomplete) return { solid: [...values], dashed: values.map(() => null) };
  return {
    solid: values.map((value, step) => (step === last ? null : value)),
    dashed: values.map((value, step) => (step >= last - 1 ? value : null)),
  };
}

/** The value of the last step that is complete: what a headline shows. Null when it has none. */
export function lastComplete(values: Values, lastIncomplete: boolean): number | null {
  return values[values.length - (lastIncomplete ? 2 : 1)] ?? null;
}

/** Steps with a value whose neighbours have none: a line would not show them, so they are drawn as points. */
export function lonelySteps(values: readonly (number | null | undefined)[]): number[] {
  const lonely: number[] = [];
  for (let step = 0; step < values.length; step += 1) {
    if (isGap(values[step]) || !isGap(values[step - 1]) || !isGap(values[step + 1])) continue;
    lonely.push(step);
  }
  return lonely;
}

function isGap(value: number | null | undefined): boolean {
  return value === null || value === undefined;
}
