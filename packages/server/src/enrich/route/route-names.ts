import { pathTemplate, segmentsOf } from './path-template.js';

/** Parts of a path that may stand side by side before the rest counts as `*`. */
const maxSiblings = 60;
const maxRoutesPerService = 500;
const maxServices = 1000;

interface Node {
  readonly children: Map<string, Node>;
}

interface Service {
  readonly root: Node;
  routes: number;
}

/**
 * Routes for server spans that came with a path only: configured patterns first, then parts that look like ids become `:id`, and what is still unbounded
 * is cut: only so many different names at each place are learnt for a service, in the order they come, and only from requests that were answered; the
 * others are `/*`. What was learnt is not saved. After a start the same path may get a route where it had `/*`, or the other way round; no span is
 * lost or counted twice by that.
 */
export class RouteNames {
  /** Spans whose route ends with `/*`, since their service has too many. */
  overflowed = 0;
  private readonly patterns: ReadonlyMap<number, readonly (readonly string[])[]>;
  private readonly services = new Map<string, Service>();

  /** `patterns`: as `/shops/:slug/products/:id`; a `*` at the end stands for all that follows. */
  constructor(patterns: readonly string[] = []) {
    const byLength = new Map<number, (readonly string[])[]>();
    for (const pattern of patterns) {
      const segments = segmentsOf(pattern);
      const length = segments.at(-1) === '*' ? -1 : segments.length;
      byLength.set(length, [...(byLength.get(length) ?? []), segments]);
    }
    this.patterns = byLength;
  }

  /** The route of a path. `wasFound`: the service knew the path, as far as its answer says. */
  of(service: string, path: string, wasFound: boolean): string {
    const segments = segmentsOf(path);
    return this.configured(segments) ?? this.learnt(service, path, wasFound);
  }

  private configured(segments: readonly string[]): string | undefined {
    if (this.patterns.size === 0) return undefined;
    const matches = (pattern: readonly string[]): boolean =>
      pattern.every((part, i) => part.startsWith(':') || part === '*' || part === segments[i]);
    const pattern =
      this.patterns.get(segments.length)?.find(matches) ??
      this.patterns.get(-1)?.find(pattern => segments.length >= pattern.length - 1 && matches(pattern));
    return pattern === undefined ? undefined : `/${pattern.join('/')}`;
  }

  private learnt(name: string, path: string, wasFound: boolean): string {
    let service = this.services.get(name);
    if (service === undefined) {
      if (this.services.size >= maxServices) return this.overflow('');
      service = { root: { children: new Map() }, routes: 0 };
      this.services.set(name, service);
    }
    const template = pathTemplate(path);
    let node = service.root;
    let known = '';
    for (const part of segmentsOf(template)) {
      let next = node.children.get(part);
      if (next === undefined) {
        const isFull = service.routes >= maxRoutesPerService || node.children.size >= maxSiblings;
        if (part === '*') return template;
        if (isFull) return this.overflow(known);
        if (!wasFound) return `${known}/*`;
        next = { children: new Map() };
        node.children.set(part, next);
        service.routes++;
      }
      known += `/${part}`;
      node = next;
    }
    return template;
  }

  private overflow(known: string): string {
    this.overflowed++;
    return `${known}/*`;
  }
}
