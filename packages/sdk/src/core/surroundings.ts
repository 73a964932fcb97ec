/** Plain data: what JSON can hold. */
export type Plain = string | number | boolean | null | readonly Plain[] | PlainObject;
export interface PlainObject {
  readonly [key: string]: Plain;
}

/** A tag's value. */
export type TagValue = string | number | boolean;

/** How bad something is; OpenTelemetry's severity numbers stand beside the words. */
export const severities = { debug: 5, info: 9, warning: 13, error: 17, fatal: 21 } as const;
export type Level = keyof typeof severities;

/** JavaScript callers say anything. */
export function isLevel(value: unknown): value is Level {
  return typeof value === 'string' && Object.hasOwn(severities, value);
}

const maxBreadcrumbs = 100;
const maxBreadcrumbChars = 12_000;

/** How many tags, contexts and extras one request may have; what is over is counted. */
export const maxNames = 50;

/**
 * What an application said about the work in progress: who it is for, tags, contexts, and what happened before. It is made for a request when the first of
 * it is said; errors carry it. All of it is bounded, and holds copies: no object of the application is kept alive.
 */
export class Surroundings {
  user: PlainObject | undefined;
  requestId: string | undefined;
  level: Level | undefined;
  fingerprint: readonly string[] | undefined;
  readonly tags = new Map<string, TagValue>();
  readonly contexts = new Map<string, PlainObject>();
  readonly extra = new Map<string, Plain>();
  /** Each as JSON, the oldest first. */
  readonly breadcrumbs: string[] = [];
  /** Tags, contexts, extras and breadcrumbs that had no room. */
  dropped = 0;
  #breadcrumbChars = 0;

  /** The same facts; what is added to one is not seen in the other. */
  copy(): Surroundings {
    const copy = new Surroundings();
    copy.user = this.user;
    copy.requestId = this.requestId;
    copy.level = this.level;
    copy.fingerprint = this.fingerprint;
    for (const [name, value] of this.tags) copy.tags.set(name, value);
    for (const [name, value] of this.contexts) copy.contexts.set(name, value);
    for (const [name, value] of this.extra) copy.extra.set(name, value);
    for (const breadcrumb of this.breadcrumbs) copy.addBreadcrumb(breadcrumb);
    copy.dropped = this.dropped;
    return copy;
  }

  /** Sets or, by undefined, takes away one name of `facts`. */
  put<V>(facts: Map<string, V>, name: string, value: V | undefined): void {
    if (value === undefined) facts.delete(name);
    else if (facts.has(name) || facts.size < maxNames) facts.set(name, value);
    else this.dropped++;
  }

  /** The last 100 stay, and of these as many as fit into 12,000 characters. */
  addBreadcrumb(json: string): void {
    this.breadcrumbs.push(json);
    this.#breadcrumbChars += json.length;
    while (this.breadcrumbs.length > maxBreadcrumbs || this.#breadcrumbChars > maxBreadcrumbChars) {
      this.#breadcrumbChars -= this.breadcrumbs.shift()?.length ?? 0;
      this.dropped++;
    }
  }
}
