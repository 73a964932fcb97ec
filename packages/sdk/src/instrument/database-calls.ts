import type { Attributes } from '@opentelemetry/api';
import { nowMs } from '../core/clock.js';
import { randomWord } from '../core/random-ids.js';
import type { Recorder } from '../core/recorder.js';
import { newTrace, scopes, type Scope } from '../core/scope.js';
import { observeDuration } from '../core/templates.js';
import { attributeKey } from '../otlp/span-writer.js';
import { callSite, callsOf, type NotedStack, noteStack } from './call-site.js';
import { CollectionCounts } from './collection-counts.js';
import { ormAttributes, setOrmAttributes } from './orm-call.js';
import { QueryPlans } from './query-plans.js';
import { Databases, type Statement, type Statements, type StatementWatch } from './statements.js';

const keys = {
  rows: attributeKey('db.response.returned_rows'),
  status: attributeKey('db.response.status_code'),
  errorType: attributeKey('error.type'),
};

/** When and in which trace a query was sent. */
export interface BegunCall {
  readonly scope: Scope;
  /** Whether it began its trace. */
  readonly root: boolean;
  readonly startMs: number;
}

/** A query that was sent and has not ended. */
export interface OpenCall extends BegunCall {
  readonly statement: Statement;
  /** Where it was sent from, for the few that are looked at. */
  readonly stack: NotedStack | undefined;
}

/** What was noted when a pool was asked for a query. */
export interface NotedByPool {
  readonly stack: NotedStack | undefined;
  readonly scope: Scope | undefined;
  readonly atMs: number;
}

/** How a query failed: `error.type`, and the database's own code when it gave one. Never its message, which may quote values. */
export interface CallFailure {
  readonly type: string;
  readonly code: string | undefined;
}

/** The place of a statement in the code is looked for this often. */
const lookEveryMs = 60_000;
/** The same statement this often in one trace looks like a loop around a query. */
const timesThatMatter = 5;
const suspectMs = 60_000;
/** Stacks noted per second, of all statements together. */
const maxLooksPerSecond = 20;
/** A statement's slow calls become log records at most this often; all are counted. */
const tellEveryMs = 1000;
const maxTellsPerSecond = 20;

/**
 * What every database driver's instrumentation does with a query: its duration and rows go to the histograms of its statement, a sampled one becomes a span, a slow
 * one is counted and told as `db.slow_query`. A driver file finds the calls, their texts, ends and rows; this does the rest.
 */
export class DatabaseCalls {
  readonly databases: Databases;
  readonly plans: QueryPlans;
  readonly counts: CollectionCounts;
  readonly #recorder: Recorder;
  #noted: NotedByPool | undefined;
  #handed: NotedByPool | undefined;
  #handedMs = 0;
  readonly #looks: Budget;
  readonly #tells: Budget;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
    this.databases = new Databases(recorder);
    this.plans = new QueryPlans(recorder);
    this.counts = new CollectionCounts(recorder);
    this.#looks = { perSecond: maxLooksPerSecond, secondMs: 0, used: 0 };
    this.#tells = { perSecond: maxTellsPerSecond, secondMs: 0, used: 0 };
  }

  /** A call of `statement`, sent now from the active scope. */
  open(statement: Statement): OpenCall {
    const handed = this.#handed;
    // Within a request all of it is known from when the pool was asked.
    if (handed?.scope?.hasSpan === true)
      return { scope: handed.scope, root: false, statement, startMs: this.#handedMs, stack: handed.stack };
    const { scope, root, startMs } = begin();
    const stack = handed === undefined ? this.#look(statement.watch, scope, startMs) : handed.stack;
    return { scope, root, statement, startMs, stack };
  }

  /** A call that has begun before its statement was known; `stack` is what the driver itself noted of who sent it. */
  openLate({ scope, root, startMs }: BegunCall, statement: Statement, stack: NotedStack): OpenCall {
    return { scope, root, statement, startMs, stack: this.#isDue(statement.watch, scope, startMs) ? stack : undefined };
  }

  /**
   * A pool's own `query` asks for a connection and sends from its callback, when the stack of who asked is gone. So it is noted here, before the pool is asked; `poolAsked`
   * ends that, `noted` is for who wraps the asking, and `hand` for the callback.
   */
  askPool(statements: Statements | undefined, text: string): void {
    const scope = scopes.getStore();
    const atMs = nowMs();
    let stack: NotedStack | undefined;
    try {
      // Outside of any request each query is a trace of its own. Of a pool's first it is not known which database it is of, and so not whether the statement is looked for.
      if (scope !== undefined && statements !== undefined) stack = this.#look(statements.sql(text).watch, scope, atMs);
      else if (scope !== undefined && take(this.#looks, atMs)) stack = noteStack();
    } catch {
      this.#recorder.fault('database (pool)');
    }
    this.#noted = { stack, scope, atMs };
  }

  poolAsked(): void {
    this.#noted = undefined;
  }

  /** What `askPool` noted; undefined when somebody else asks for a connection. */
  get noted(): NotedByPool | undefined {
    return this.#noted;
  }

  /** Until it is called with undefined, queries that are sent are those that `noted` is about; they are sent at `atMs`. */
  hand(noted: NotedByPool | undefined, atMs = noted === undefined ? 0 : nowMs()): void {
    this.#handed = noted;
    this.#handedMs = atMs;
  }

  /** Its end. `rows` are those of its answer when the driver knows. True when it was slow. */
  close(call: OpenCall, failure: CallFailure | undefined, rows: number | undefined): boolean {
    const { scope, root, statement, startMs, stack } = call;
    const { template, watch } = statement;
    const endMs = nowMs();
    const durationMs = endMs - startMs;
    observeDuration(template, failure === undefined ? 'ok' : failure.type, durationMs, outcome);
    if (rows !== undefined) statement.rows.histogram?.record(rows);
    const isSlow = durationMs > statement.slowMs;
    // Writing out a stack costs: it is done for what is slow, and once in a while for each statement.
    let site: Attributes | undefined;
    const isLoop = watch.timesInTrace === timesThatMatter;
    if (stack !== undefined && (isSlow || isLoop || startMs >= watch.suspectUntilMs)) {
      site = callSite(callsOf(stack), this.#recorder.sources);
      watch.site = site;
    }
    if (isSlow) this.#slow(call, durationMs, endMs, rows);
    if (!scope.sampled) return isSlow;
    const { spans } = this.#recorder;
    const before = spans.out.length;
    try {
      const [s0, s1] = root ? [scope.s0, scope.s1] : [randomWord(), randomWord()];
      const start = spans.begin(scope, s0, s1, root ? 0 : scope.s0, root ? 0 : scope.s1, template, startMs, endMs);
      if (rows !== undefined) spans.integer(keys.rows, rows);
      if (failure !== undefined) {
        spans.string(keys.errorType, failure.type);
        if (failure.code !== undefined) spans.string(keys.status, failure.code);
      }
      const orm = ormAttributes(scope);
      if (orm !== undefined) for (const key of Object.keys(orm)) spans.attribute(key, orm[key]);
      if (site !== undefined) for (const key of Object.keys(site)) spans.attribute(key, site[key]);
      spans.end(start, failure === undefined ? 0 : 2, failure === undefined ? '' : failure.type);
    } catch (fault) {
      spans.cancel(before);
      throw fault;
    }
    this.#recorder.written();
    return isSlow;
  }

  #look(watch: StatementWatch, scope: Scope, nowMs: number): NotedStack | undefined {
    return this.#isDue(watch, scope, nowMs) ? noteStack() : undefined;
  }

  #isDue(watch: StatementWatch, scope: Scope, nowMs: number): boolean {
    let due = nowMs >= watch.nextLookMs || nowMs < watch.suspectUntilMs;
    if (watch.trace === scope.t0) {
      if (++watch.timesInTrace === timesThatMatter) due = true;
    } else {
      watch.trace = scope.t0;
      watch.timesInTrace = 1;
    }
    if (!due || !take(this.#looks, nowMs)) return false;
    watch.nextLookMs = nowMs + lookEveryMs;
    return true;
  }

  #slow({ scope, statement, stack }: OpenCall, durationMs: number, endMs: number, rows: number | undefined): void {
    const recorder = this.#recorder;
    const { template, shape, slowMs, watch } = statement;
    statement.slow().value++;
    watch.suspectUntilMs = endMs + suspectMs;
    if (endMs < watch.nextTellMs || !take(this.#tells, endMs)) return;
    watch.nextTellMs = endMs + tellEveryMs;
    const attributes: Attributes = {
      ...template.spec.attributes,
      'db.query.text': shape.text,
      'db.query.summary': shape.summary,
      duration_ms: Math.round(durationMs),
      threshold_ms: slowMs,
      ...(rows === undefined ? {} : { 'db.response.returned_rows': rows }),
      ...ormAttributes(scope),
    };
    const unixMs = recorder.logs.unixMs(endMs);
    const tell = (site: Attributes | undefined): void =>
      recorder.log({
        severity: 13,
        severityText: 'WARN',
        body: `slow query: ${shape.summary} took ${Math.round(durationMs)} ms`,
        attributes: site === undefined ? attributes : { ...attributes, ...site },
        scope,
        unixMs,
        eventName: 'db.slow_query',
      });
    const calls = stack === undefined ? [] : callsOf(stack);
    const { sources } = recorder;
    if (!sources.missing(calls)) {
      tell(callSite(calls, sources) ?? watch.site);
      return;
    }
    // The source map is read in another thread: the record waits for it, but no longer than until the batch it belongs to is cut.
    let told = false;
    const once = (): void => {
      if (told) return;
      told = true;
      unregister();
      watch.site = callSite(calls, sources);
      tell(watch.site);
    };
    const unregister = recorder.beforeCut(once);
    void sources.load(calls).then(once);
  }
}

/** A query that is sent now from the active scope, whose statement is told later. */
export function begin(): BegunCall {
  const active = scopes.getStore();
  // A scope may carry facts and no span: then the query begins a trace of its own, with them, unless it is one in which nothing is to be seen (quiet-scope.ts).
  if (active !== undefined && (active.hasSpan || !active.sampled))
    return { scope: active, root: false, startMs: nowMs() };
  return { scope: ownTrace(active), root: true, startMs: nowMs() };
}

function ownTrace(facts: Scope | undefined): Scope {
  const scope = newTrace(undefined, facts?.shared);
  const orm = facts === undefined ? undefined : ormAttributes(facts);
  if (orm !== undefined) setOrmAttributes(scope, orm);
  return scope;
}

/** How many of something are done in one second at most. */
interface Budget {
  readonly perSecond: number;
  secondMs: number;
  used: number;
}

function take(budget: Budget, nowMs: number): boolean {
  if (nowMs - budget.secondMs >= 1000) {
    budget.secondMs = nowMs;
    budget.used = 0;
  }
  return ++budget.used <= budget.perSecond;
}

const ofRecorder = new WeakMap<Recorder, DatabaseCalls>();

/** The one of this recorder, which all drivers share. */
export function databaseCalls(recorder: Recorder): DatabaseCalls {
  let calls = ofRecorder.get(recorder);
  if (calls === undefined) {
    calls = new DatabaseCalls(recorder);
    ofRecorder.set(recorder, calls);
  }
  return calls;
}

function outcome(failure: string | number): Attributes {
  return failure === 'ok' ? {} : { 'error.type': String(failure) };
}
