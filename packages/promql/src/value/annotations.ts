/** What a query has to say beside its result: a warning means the result is probably not what was meant, an info that it may not be. */
export interface Annotation {
  readonly level: 'warning' | 'info';
  /** Without the prefix `PromQL warning: ` or `PromQL info: ` and without the place. */
  readonly text: string;
  /** Where in the query's text (code units), if it can be said. */
  readonly start: number | undefined;
}

/** How many annotations of one level a query keeps; the rest are counted. */
const maxAnnotations = 100;

/** Collects the annotations of one query; equal ones count once. */
export class Annotations {
  readonly #seen = new Map<string, Annotation>();
  #left = 0;

  warn(text: string, start?: number): void {
    this.#add({ level: 'warning', text, start });
  }

  info(text: string, start?: number): void {
    this.#add({ level: 'info', text, start });
  }

  all(): readonly Annotation[] {
    return [...this.#seen.values()];
  }

  /** How many different ones were left out because there were too many. */
  get leftOut(): number {
    return this.#left;
  }

  #add(annotation: Annotation): void {
    const key = `${annotation.level} ${String(annotation.start)} ${annotation.text}`;
    if (this.#seen.has(key)) return;
    if (this.#seen.size >= 2 * maxAnnotations) this.#left++;
    else this.#seen.set(key, annotation);
  }
}

/** An annotation as Prometheus words it: `PromQL warning: … (1:5)`. `text` is the query's. */
export function annotationText(annotation: Annotation, text: string): string {
  const prefix = `PromQL ${annotation.level}: ${annotation.text}`;
  if (annotation.start === undefined) return prefix;
  return `${prefix} (${placeIn(text, annotation.start)})`;
}

/** Line and column of a place in a text, both from 1; the column counts bytes of UTF-8, as Prometheus does. */
export function placeIn(text: string, start: number): string {
  const before = text.slice(0, start);
  const lineStart = before.lastIndexOf('\n') + 1;
  const line = before.split('\n').length;
  const column = new TextEncoder().encode(before.slice(lineStart)).length + 1;
  return `${line}:${column}`;
}
