import type { GivenSpan } from '../trace-spans.js';
import type { Random } from './random.js';

export type Facts = Readonly<Record<string, string>>;

/** A call as a story tells it; how it is written down is the style's. */
export type Step =
  | {
      readonly sql: string;
      readonly rows?: number;
      readonly ms: number;
      readonly fails?: boolean;
      readonly host?: string;
      readonly more?: Facts;
    }
  | {
      readonly cache: string;
      readonly key: string;
      readonly ms: number;
      readonly system?: string;
      readonly more?: Facts;
    }
  | {
      readonly http: string;
      readonly url: string;
      readonly ms: number;
      readonly status?: number;
      /** The service of our own that answers. */
      readonly by?: string;
      readonly more?: Facts;
    }
  | { readonly span: string; readonly ms: number; readonly kind?: number; readonly more?: Facts };

/** How a kind of sender writes a call down. */
export interface Style {
  readonly name: string;
  /** The span's name, kind and attributes. */
  write(step: Step): { readonly name: string; readonly kind: number; readonly facts: Facts };
  request(method: string, route: string, path: string, query: string): { readonly name: string; readonly facts: Facts };
  /** Spans of functions between the request and its calls. */
  readonly layers: readonly string[];
  /** Does each turn of a loop have a span of its own? */
  readonly wrapsTurns: boolean;
  /** Share by which times differ from turn to turn. */
  readonly jitter: number;
}

/** A trace being told, step by step. Times are microseconds. */
export class Draft {
  readonly spans: GivenSpan[] = [];
  readonly random: Random;
  readonly style: Style;
  nowUs = 1000;
  #nextId = 1;
  #entry = '';
  #parent = '';
  #layers = 0;

  constructor(random: Random, style: Style) {
    this.random = random;
    this.style = style;
  }

  /** Begins a request; `path` is where it went. */
  request(method: string, route: string, path: string = route, query = '', more: Facts = {}): this {
    const { name, facts } = this.style.request(method, route, path, query);
    return this.#begin(name, 2, { ...facts, ...more });
  }

  /** Begins a job: a message of a queue, or a schedule. */
  job(name: string, kind: 1 | 5 = 5): this {
    return this.#begin(name, kind, {});
  }

  #begin(name: string, kind: number, facts: Facts): this {
    this.#entry = this.#add('', name, kind, 0, 0, facts);
    this.#parent = this.#entry;
    for (const layer of this.style.layers) {
      this.#parent = this.#add(this.#parent, layer, 1, this.nowUs, 0, {});
      this.#layers++;
    }
    return this;
  }

  /** Calls one after the other. */
  calls(...steps: readonly Step[]): this {
    for (const step of steps) {
      this.#call(step, this.nowUs, this.#parent);
      this.pause(0.2);
    }
    return this;
  }

  /** The same with a turn of a loop around each. */
  loop(count: number, turn: (i: number) => Step, pauseMs = 0.3): this {
    for (let i = 0; i < count; i++) {
      const step = turn(i);
      const startUs = this.nowUs;
      const parent = this.style.wrapsTurns ? this.#add(this.#parent, 'Loader.load', 1, startUs, 0, {}) : this.#parent;
      this.#call(step, startUs, parent);
      if (this.style.wrapsTurns) this.#close(parent);
      this.pause(pauseMs);
    }
    return this;
  }

  /** All begun together, `width` at a time. */
  together(steps: readonly Step[], width = steps.length): this {
    const freeUs = Array.from({ length: width }, () => this.nowUs);
    let endUs = this.nowUs;
    for (const step of steps) {
      const lane = freeUs.indexOf(Math.min(...freeUs));
      const startUs = (freeUs[lane] ?? this.nowUs) + this.random.whole(5, 60);
      const end = this.#call(step, startUs, this.#parent);
      freeUs[lane] = end;
      endUs = Math.max(endUs, end);
    }
    this.nowUs = endUs;
    return this.pause(0.2);
  }

  pause(ms: number): this {
    this.nowUs += Math.max(this.random.about(ms * 1000, this.style.jitter), 1);
    return this;
  }

  /** A stall of the loop while the request computes. */
  stall(ms: number, place: string): this {
    const entry = this.spans.findIndex(span => span.id === this.#entry);
    const span = this.spans[entry];
    if (span === undefined) return this;
    this.spans[entry] = { ...span, stalls: [...(span.stalls ?? []), { durationUs: ms * 1000, place }] };
    this.nowUs += ms * 1000;
    return this;
  }

  /** What is known of the answer once it is sent. */
  answer(facts: Facts): readonly GivenSpan[] {
    this.nowUs += 500;
    return this.spans.map((span, i) => {
      const isOpen = i <= this.#layers;
      const closed = isOpen ? { ...span, durationUs: this.nowUs - span.startUs - (i > 0 ? 200 : 0) } : span;
      return span.id === this.#entry ? { ...closed, facts: { ...closed.facts, ...facts } } : closed;
    });
  }

  #call(step: Step, startUs: number, parent: string): number {
    const { name, kind, facts } = this.style.write(step);
    const ms = this.random.about(step.ms, this.style.jitter);
    const durationUs = Math.max(Math.round(ms * 1000), 20);
    const fails =
      ('fails' in step && step.fails === true) ||
      ('status' in step && ((step.status ?? 200) >= 400 || step.status === 0));
    const id = this.#add(parent, name, kind, startUs, durationUs, { ...facts, ...step.more }, fails);
    if ('by' in step && step.by !== undefined) {
      const served = this.style.request(step.http, step.url, step.url, '');
      this.#add(id, served.name, 2, startUs + 30, Math.max(durationUs - 60, 10), served.facts, false, step.by);
    }
    this.nowUs = Math.max(this.nowUs, startUs + durationUs);
    return startUs + durationUs;
  }

  #close(id: string): void {
    const at = this.spans.findIndex(span => span.id === id);
    const span = this.spans[at];
    if (span !== undefined) this.spans[at] = { ...span, durationUs: this.nowUs - span.startUs };
  }

  #add(
    parent: string,
    name: string,
    kind: number,
    startUs: number,
    durationUs: number,
    facts: Facts,
    isError = false,
    service = 'shop',
  ): string {
    const id = (this.#nextId++).toString(16).padStart(16, '0');
    this.spans.push({ id, parent, startUs, durationUs, service, name, kind, isError, facts });
    return id;
  }
}
