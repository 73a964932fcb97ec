interface Explained {
  /** Why the answers differ, and why that is as it should be. */
  readonly why: string;
  isCase(expr: string, difference: string): boolean;
}

const explained: readonly Explained[] = [
  {
    why: 'An error names two of the series that stand in each other’s way. Which two hangs on the order in which a database keeps its series; Prometheus’ head keeps them in the order of their making.',
    isCase(_expr, difference) {
      const [ours = '', theirs = ''] = difference
        .split('\n  not ')
        .map(text => text.replace(/^error /, '').replace(/the match group \{.*\];many/, 'the match group …;many'));
      return ours === theirs;
    },
  },
];

/** Whether a difference is one of those that are as they should be. */
export function isExplained(expr: string, difference: string): boolean {
  return explained.some(({ isCase }) => isCase(expr, difference));
}
