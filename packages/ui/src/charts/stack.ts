type Values = readonly (number | null)[];

/**
 * Running sums from the first layer up; the last result is the total.
 * A step where no layer has a value stays a gap; beside a value a missing one counts as nothing.
 */
export function stack(layers: readonly Values[]): (number | null)[][] {
  const sums: (number | null)[] = [];
  return layers.map((layer, depth) => {
    return layer.map((value, step) => {
      if (depth === 0) sums[step] = layers.some(other => isValue(other[step])) ? 0 : null;
      const below = sums[step];
      if (below === null || below === undefined) return null;
      const sum = below + (value ?? 0);
      sums[step] = sum;
      return sum;
    });
  });
}

function isValue(value: number | null | undefined): boolean {
  return value !== null && value !== undefined;
}
