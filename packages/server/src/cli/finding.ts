/** One thing the doctor looked at. `remedy` says what to do about a warning or failure, in one line or several. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'failure';
  readonly text: string;
  readonly remedy?: string;
  /** The beginning of what was refused. */
  readonly example?: string;
}

const marks = { ok: 'ok  ', warning: 'WARN', failure: 'FAIL' } as const;

/** As lines for a person. What senders wrote is shown without control characters. */
export function findingsText(findings: readonly Finding[]): string {
  return findings
    .flatMap(({ level, text, remedy, example }) => [
      `${marks[level]}  ${text}`,
      ...(remedy ?? '').split('\n').flatMap(line => (line === '' ? [] : [`      ${line}`])),
      ...(example === undefined ? [] : [`      For example: ${example}`]),
    ])
    .map(line => line.replaceAll(/\p{Cc}/gu, ' '))
    .join('\n');
}

/** `1,234 spans`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

export const ago = (ms: number): string => `${duration(Math.max(0, ms))} ago`;

export function duration(ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / 86_400_000)} days`;
}

export function size(bytes: number): string {
  if (bytes < 1024 ** 2) return `${Math.round(bytes / 1024)} KiB`;
  if (bytes < 1024 ** 3) return `${Math.round(bytes / 1024 ** 2)} MiB`;
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
