interface Explained {
  /** Why the answers differ, and why that is as it should be. */
  readonly why: string;
  isCase(expr: string, difference: string): boolean;
}

const withoutPlaces = (text: string): string => text.replaceAll(/ \(\d+:\d+\)/g, '');

const textsOf = (lines: readonly string[]): string => [...new Set(lines.map(withoutPlaces))].sort().join('\n');

const explained: readonly Explained[] = [
  {
    why: 'An error names two of the series that stand in each other’s way. Which two is chance in Prometheus: between functions it keeps series in a map without order.',
    isCase(_expr, difference) {
      const [ours = '', theirs = ''] = difference
        .split('\n  not ')
        .map(text => text.replace(/^error /, '').replace(/the match group \{.*\];many/, 'the match group …;many'));
      return ours === theirs;
    },
  },
  {
    why: 'What is said of a subquery’s samples has no place in Prometheus (it shows 1:1, the query’s beginning); ours shows where the subquery stands.',
    isCase(expr, difference) {
      const [ours = '', theirs = ''] = difference.replace(/^says/, '').split('\n not');
      return expr.includes(':') && theirs.includes(' (1:1)') && withoutPlaces(ours) === withoutPlaces(theirs);
    },
  },
  {
    why: 'Whether a histogram of negative counts was reset hangs on buckets that hold nothing, which a database adds when samples of other layouts come later. Nothing counts below zero; such histograms come of subtraction.',
    isCase: (_expr, difference) => difference.includes('"count":"-'),
  },
  {
    why: 'A histogram multiplied by NaN or infinity has a NaN in every bucket, also in those that a database added empty because samples beside it have them.',
    isCase: (_expr, difference) =>
      /"count":"(?:NaN|[+-]Inf)","sum":"(?:NaN|[+-]Inf)","buckets"|\{count:(?:NaN|[+-]Inf), sum/.test(difference),
  },
  {
    why: 'Prometheus can not write a histogram with custom buckets down when its counts are NaN, and gives up the query.',
    isCase: (_expr, difference) => difference.includes('histograms with custom buckets have no zero bucket'),
  },
  {
    why: 'A duration of more than 292 years is refused; in Prometheus it overflows and means another time.',
    isCase: (_expr, difference) => /^an error where theirs has none: .*duration is out of range$/.test(difference),
  },
  {
    why: 'When names are removed at the end of the query, Prometheus’ info forgets which are to be removed.',
    isCase: (expr, difference) => /info\((?:rate|sum)/.test(expr) && difference.includes('"__name__":"level"'),
  },
  {
    why: 'What is to be said of two places is said of both; Prometheus keeps one place for each text.',
    isCase(_expr, difference) {
      if (!difference.startsWith('says')) return false;
      const [ours = [], theirs = []] = difference
        .slice('says'.length)
        .split('\n not')
        .map(text => text.split('\n').map(line => line.trim()));
      return textsOf(ours) === textsOf(theirs) && theirs.every(line => ours.includes(line));
    },
  },
];

/** Whether a difference is one of those that are as they should be. */
export function isExplained(expr: string, difference: string): boolean {
  return explained.some(({ isCase }) => isCase(expr, difference));
}
