import type { Recorder } from '../core/recorder.js';
import { nowMs } from '../core/clock.js';
import type { MetricDefinition, Point } from '../core/metrics.js';
import { randomWord, wordHex } from '../core/random-ids.js';
import { type Scope, type Shared, noShared, scopes, withShared } from '../core/scope.js';
import { encodeShared } from '../core/shared-attributes.js';
import { type Level, type PlainObject, severities, Surroundings, type TagValue } from '../core/surroundings.js';
import { errorAttributes, type Mechanism } from './error-attributes.js';
import type { ErrorEvent, ErrorSettings } from './error-event.js';
import { exceptionsOf, type SeenException, type VariablesOf } from './exceptions.js';
import { ignoredBy } from './ignore-rule.js';
import { isPlainObject } from './plain-copy.js';
import { processSurroundings } from './process-surroundings.js';
import { requestAttributes, requestBreadcrumb } from './request-facts.js';
import type { Sources } from './sources.js';

/** How something was reported. */
export interface Circumstances {
  readonly mechanism: Mechanism;
  readonly level?: Level;
  /** What the record's body says before the message. */
  readonly prefix?: string;
  /** The status of the response, when it ended a request. */
  readonly answered?: number;
  /** The span it belongs to; the active one unless told otherwise. */
  readonly scope?: Scope | undefined;
  /** Facts for this report alone. */
  readonly more?: (surroundings: Surroundings, shared: Shared) => void;
}

/** Why reports did not go out, and how often. */
export type DroppedReports = Readonly<Record<string, number>>;

interface Waiting {
  readonly event: ErrorEvent;
  readonly seen: readonly SeenException[];
  readonly circumstances: Circumstances;
  readonly scope: Scope | undefined;
  readonly atMs: number;
  readonly isDetailed: boolean;
}

/** Reports with their frames as structure; what is over has its stack as text only, so that a storm of errors leaves room for other telemetry. */
const maxDetailedPerSecond = 100;

/** Reports that wait for their source lines. What is over goes out at once, without them. */
const maxWaiting = 100;
/** Rules in all; each error is tried on them. */
const maxRules = 200;
/** Longest wait for source lines. */
const maxWaitMs = 2000;

/**
 * The one road of all errors: what the application reports, what frameworks' handlers let through, what nobody caught. Each becomes a log record with event name
 * `exception`, whatever the sampling of its trace says.
 */
export class ErrorReports {
  captured = 0;
  /** Reports that went out without their frames, since there were too many in their second. */
  shortened = 0;
  #secondMs = 0;
  #detailed = 0;
  #settings: ErrorSettings;
  #variables: VariablesOf | undefined;
  readonly #recorder: Recorder;
  readonly #sources: Sources;
  /** The ids of errors that came before; undefined for those that were dropped. */
  readonly #seen = new WeakMap<object, string | undefined>();
  /** What was said about the work in which an error was thrown, for who reports it further out. */
  readonly #thrownIn = new WeakMap<object, Shared>();
  readonly #dropped = new Map<string, Point>();
  readonly #waiting = new Set<Waiting>();

  constructor(recorder: Recorder, sources: Sources) {
    this.#recorder = recorder;
    this.#settings = recorder.config.errors;
    this.#sources = sources;
  }

  /** Further rules, and another hook when one is given: what an application adds in code when it was started by a flag. */
  configure({ ignore, beforeSend, contextMembers }: Partial<ErrorSettings>): void {
    const now = this.#settings;
    this.#settings = {
      ...now,
      ignore: [...now.ignore, ...(ignore ?? []).filter(rule => !now.ignore.includes(rule))].slice(0, maxRules),
      beforeSend: beforeSend ?? now.beforeSend,
      contextMembers: { ...now.contextMembers, ...contextMembers },
    };
  }

  /** Where local variables come from, when they are asked for. */
  useVariables(variables: VariablesOf | undefined): void {
    this.#variables = variables;
  }

  get dropped(): DroppedReports {
    return Object.fromEntries([...this.#dropped].map(([reason, { value }]) => [reason, value]));
  }

  /** Reports an error; the same object a second time is not reported again. Returns the report's id, undefined when it was dropped. It never throws. */
  exception(error: unknown, circumstances: Circumstances): string | undefined {
    try {
      return this.#exception(error, circumstances);
    } catch {
      this.#recorder.fault('reporting an error');
      return undefined;
    }
  }

  /** Reports a sentence. */
  message(text: string, circumstances: Circumstances): string | undefined {
    try {
      return this.#report({ kind: 'message', text, seen: [], original: text, circumstances });
    } catch {
      this.#recorder.fault('reporting a message');
      return undefined;
    }
  }

  /** An error left a part of the work that had facts of its own: they go with it. The innermost such part counts. */
  thrownIn(error: unknown, shared: Shared): void {
    if (isObject(error) && !this.#thrownIn.has(error)) this.#thrownIn.set(error, shared);
  }

  #exception(error: unknown, circumstances: Circumstances): string | undefined {
    if (isObject(error) && this.#seen.has(error)) {
      this.#drop('duplicate');
      return this.#seen.get(error);
    }
    const id = this.#wanted(error, circumstances);
    if (isObject(error)) this.#seen.set(error, id);
    return id;
  }

  #wanted(error: unknown, circumstances: Circumstances): string | undefined {
    // What a handler throws to answer 4xx is the client's fault: an outcome, not an error of the service.
    if (circumstances.answered !== undefined && circumstances.answered < 500) return this.#drop('client error');
    const rule = ignoredBy(error, circumstances.answered, this.#settings.ignore);
    if (rule !== undefined) return this.#drop(`ignored: ${rule}`);
    const seen = exceptionsOf(error, this.#variables);
    return this.#report({ kind: 'exception', text: seen[0]?.message ?? '', seen, original: error, circumstances });
  }

  #report({ kind, text, seen, original, circumstances }: Reported): string | undefined {
    const scope = circumstances.scope ?? scopes.getStore();
    const [own, shared] = this.#surroundings(original, scope, circumstances);
    const id = wordHex(randomWord()) + wordHex(randomWord()) + wordHex(randomWord()) + wordHex(randomWord());
    const draft = this.#draft(id, kind, text, seen, own, circumstances, shared);
    const event = this.#sent(draft, original);
    if (event === undefined) return undefined;
    own.user = event.user;
    encodeShared(shared);
    this.captured++;
    const atMs = nowMs();
    const isDetailed = kind === 'message' || this.#hasRoom(atMs);
    this.#write({ event, seen, circumstances, scope: withShared(scope, shared), atMs, isDetailed });
    return id;
  }

  /** Copies of all that was said about the work, then what is said for this report. */
  #surroundings(
    original: unknown,
    scope: Scope | undefined,
    circumstances: Circumstances,
  ): readonly [Surroundings, Shared] {
    const thrownIn = isObject(original) ? this.#thrownIn.get(original) : undefined;
    const near = thrownIn ?? scope?.shared ?? { ...noShared(), surroundings: processSurroundings };
    const own = near.surroundings?.copy() ?? new Surroundings();
    const shared: Shared = { ...near, entry: near.entry ?? scope?.shared.entry, surroundings: own };
    circumstances.more?.(own, shared);
    return [own, shared];
  }

  #draft(
    id: string,
    kind: ErrorEvent['kind'],
    text: string,
    seen: readonly SeenException[],
    own: Surroundings,
    circumstances: Circumstances,
    shared: Shared,
  ): ErrorEvent {
    const first = requestBreadcrumb(shared, this.#recorder.clock.offsetMs);
    const { contextMembers } = this.#settings;
    return {
      id,
      kind,
      level: own.level ?? circumstances.level ?? (kind === 'exception' ? 'error' : 'info'),
      message: text,
      exceptions: seen.map(each => ({ id: each.id, type: each.type, message: each.message })),
      user: own.user,
      tags: Object.fromEntries<TagValue>(own.tags),
      contexts: Object.fromEntries(
        [...own.contexts].map(([name, members]) => [name, allowed(members, contextMembers[name])]),
      ),
      extra: Object.fromEntries(own.extra),
      breadcrumbs: [...(first === undefined ? [] : [first]), ...own.breadcrumbs.map(parsed)],
      fingerprint: own.fingerprint,
    };
  }

  /** What the application's own hook leaves of it. A hook that fails may have been there to hide something, so nothing goes out then. */
  #sent(draft: ErrorEvent, original: unknown): ErrorEvent | undefined {
    const { beforeSend } = this.#settings;
    if (beforeSend === undefined) return draft;
    let event: unknown;
    try {
      event = beforeSend(draft, original);
    } catch {
      this.#recorder.fault('beforeSend');
      return this.#drop('beforeSend failed');
    }
    if (event === undefined || event === null) return this.#drop('beforeSend');
    if (!isErrorEvent(event, draft)) {
      this.#recorder.fault('beforeSend (it must give back the event, not a promise)');
      return this.#drop('beforeSend failed');
    }
    return event;
  }

  #write(waiting: Waiting): void {
    const frames = waiting.seen.flatMap(each => each.frames);
    if (!waiting.isDetailed || !this.#sources.missing(frames) || this.#waiting.size >= maxWaiting) {
      this.#record(waiting);
      return;
    }
    this.#waiting.add(waiting);
    void this.#sources.load(frames).then(() => {
      if (this.#waiting.delete(waiting)) this.#record(waiting);
      return undefined;
    });
  }

  /** Whether this second has room for another report with its frames. */
  #hasRoom(atMs: number): boolean {
    if (atMs - this.#secondMs >= 1000) {
      this.#secondMs = atMs;
      this.#detailed = 0;
    }
    if (this.#detailed++ < maxDetailedPerSecond) return true;
    this.shortened++;
    return false;
  }

  #record({ event, seen, circumstances, scope, atMs, isDetailed }: Waiting): void {
    const { preciousLogs } = this.#recorder;
    const attributes = errorAttributes(event, {
      seen,
      mechanism: circumstances.mechanism,
      request: requestAttributes(scope?.shared),
      sourceOf: frame => this.#sources.of(frame),
      isDetailed,
    });
    try {
      preciousLogs.write({
        unixMs: preciousLogs.unixMs(atMs),
        severity: severities[event.level] ?? severities.error,
        severityText: event.level.toUpperCase(),
        body: `${circumstances.prefix ?? ''}${event.message}`,
        attributes,
        eventName: event.kind,
        scope,
      });
      this.#recorder.written();
    } catch {
      this.#recorder.fault('writing an error');
    }
  }

  /** Waits until no report waits for its source lines, `deadlineMs` at most. */
  async ready(deadlineMs: number): Promise<void> {
    const untilMs = nowMs() + Math.min(deadlineMs, maxWaitMs);
    while (this.#waiting.size > 0 && nowMs() < untilMs) await new Promise(resolve => setTimeout(resolve, 5));
  }

  /** Whether reports wait. */
  get waiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Writes what has waited long enough; all of it when the process ends, with the source lines that can be read meanwhile. */
  settle(isLast: boolean): void {
    const longAgoMs = nowMs() - maxWaitMs;
    for (const waiting of this.#waiting) {
      if (!isLast && waiting.atMs > longAgoMs) continue;
      this.#waiting.delete(waiting);
      if (isLast) this.#sources.loadNow(waiting.seen.flatMap(each => each.frames));
      this.#record(waiting);
    }
  }

  stop(): void {
    this.#sources.stop();
  }

  #drop(reason: string): undefined {
    let count = this.#dropped.get(reason);
    if (count === undefined) {
      count = this.#recorder.metrics.metric(droppedErrors).point({ reason });
      this.#dropped.set(reason, count);
    }
    count.value++;
    return undefined;
  }
}

/** Reasons are few: our own, and one for each rule that was configured. */
const droppedErrors: MetricDefinition = {
  name: 'bellwether.errors.dropped',
  unit: '{error}',
  description: 'Errors that were not reported, by reason',
  kind: 'counter',
  scope: '@bellwether/node',
};

interface Reported {
  readonly kind: ErrorEvent['kind'];
  readonly text: string;
  readonly seen: readonly SeenException[];
  readonly original: unknown;
  readonly circumstances: Circumstances;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** What the hook gave back has all that an event needs: it is the draft, or was made from it. */
function isErrorEvent(value: unknown, draft: ErrorEvent): value is ErrorEvent {
  return value === draft || (isObject(value) && Object.keys(draft).every(key => key in value));
}

function allowed(members: PlainObject, names: readonly string[] | undefined): PlainObject {
  if (names === undefined) return members;
  return Object.fromEntries(Object.entries(members).filter(([name]) => names.includes(name)));
}

function parsed(json: string): PlainObject {
  // Our own JSON of a plain object.
  const value: unknown = JSON.parse(json);
  return isPlainObject(value as PlainObject) ? (value as PlainObject) : {};
}
