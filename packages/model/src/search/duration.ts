const nsPerUnit: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3, // U+00B5, the micro sign
  μs: 1e3, // U+03BC, the Greek letter: keyboards give either
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

const part = /(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s|m|h)/gy;

/** `200ms`, `1.5s`, `1h30m` in nanoseconds; undefined when the text is no duration with units. */
export function parseDurationNs(text: string): number | undefined {
  let ns = 0;
  let at = 0;
  part.lastIndex = 0;
  while (at < text.length) {
    const found = part.exec(text);
    if (found === null) return undefined;
    ns += Number(found[1]) * (nsPerUnit[found[2] ?? ''] ?? Number.NaN);
    at = part.lastIndex;
  }
  return text === '' || !Number.isFinite(ns) ? undefined : Math.round(ns);
}
