/** Signals that nobody else means anything by. Node takes SIGUSR1 for its inspector, V8's profiler SIGPROF, the end of the process the others. */
const signals = ['SIGUSR2', 'SIGALRM', 'SIGWINCH', 'SIGIO', 'SIGPWR', 'SIGBREAK'] as const;

/** The signal that asks for profiles; undefined: none does. A bad name is named in `problems`. */
export function readProfileSignal(given: string | undefined, problems: string[]): NodeJS.Signals | undefined {
  if (given === undefined || given.toLowerCase() === 'off') return undefined;
  const found = signals.find(signal => signal === given.toUpperCase());
  if (found === undefined)
    problems.push(
      `BELLWETHER_PROFILE_SIGNAL should be one of ${signals.join(', ')}, not "${given.slice(0, 50)}"; no signal asks for profiles`,
    );
  return found;
}

/** Of a profile on demand, in seconds. */
export function readProfileSeconds(value: number | string | undefined, problems: string[]): number {
  if (value === undefined || value === '') return 10;
  const seconds = Number(value);
  if (seconds > 0 && seconds <= 60) return seconds;
  problems.push(`BELLWETHER_PROFILE_SECONDS should be seconds up to 60, not "${String(value).slice(0, 50)}"; using 10`);
  return 10;
}
