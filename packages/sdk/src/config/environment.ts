export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads variables that may be wrong: what is, is named in `problems`, and the fallback is used. */
export class EnvironmentReader {
  readonly problems: string[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** The first of these variables that is not empty. */
  text(...names: readonly string[]): string | undefined {
    for (const name of names) {
      const found = this.#environment[name]?.trim();
      if (found !== undefined && found !== '') return found;
    }
    return undefined;
  }

  /** The first of these variables that is not empty, as true or false. */
  flag(fallback: boolean, ...names: readonly string[]): boolean {
    for (const name of names) {
      const found = this.text(name)?.toLowerCase();
      if (found === undefined) continue;
      if (['true', '1', 'yes', 'on'].includes(found)) return true;
      if (['false', '0', 'no', 'off'].includes(found)) return false;
      this.problems.push(`${name} should be true or false, not "${found.slice(0, 50)}"; using ${fallback}`);
      return fallback;
    }
    return fallback;
  }

  /** A positive number, in the unit that `unit` names. */
  positive(fallback: number, unit: string, ...names: readonly string[]): number {
    for (const name of names) {
      const found = this.text(name);
      if (found === undefined) continue;
      const value = Number(found);
      if (value > 0 && Number.isFinite(value)) return value;
      this.problems.push(`${name} should be ${unit}, not "${found.slice(0, 50)}"; using ${fallback}`);
      return fallback;
    }
    return fallback;
  }

  /** Items between commas. */
  list(name: string): readonly string[] {
    return splitList(this.text(name));
  }

  /** `key=value,key=value`, percent-encoded (https://opentelemetry.io/docs/specs/otel/resource/sdk/). `isSecret`: what is wrong is not shown. */
  pairs(name: string, isSecret = false): Readonly<Record<string, string>> {
    const pairs: [string, string][] = [];
    for (const item of this.list(name)) {
      const at = item.indexOf('=');
      if (at < 1) {
        const which = isSecret ? 'an item without "="' : `"${item}"`;
        this.problems.push(`${name} should be key=value,key=value; ${which} was left out`);
        continue;
      }
      pairs.push([item.slice(0, at).trim(), decoded(item.slice(at + 1).trim())]);
    }
    return Object.fromEntries(pairs);
  }

  /** An http or https address. What was given may hold a password, so it is shown without. */
  url(fallback: string, what: string, given: string | undefined): URL {
    if (given === undefined) return new URL(fallback);
    // `localhost:4318` parses as a URL with the scheme `localhost:`, so the scheme is checked and not only the form.
    const url = URL.canParse(given) ? new URL(given) : undefined;
    // Node takes port 0 for the scheme's own: a message about port 80 would send people looking there.
    if ((url?.protocol === 'http:' || url?.protocol === 'https:') && url.port !== '0') return url;
    const shown = given.includes('@') ? 'what was given' : `"${given.slice(0, 200)}"`;
    this.problems.push(`${what} should look like ${fallback}, not ${shown}; using ${fallback}`);
    return new URL(fallback);
  }
}

export function splitList(value: string | undefined): readonly string[] {
  return (value ?? '')
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '');
}

/** Percent-decoded, or as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether a host is this machine, where compressing costs more than it saves. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
