import type { Recorder } from '../core/recorder.js';
import type { Scope } from '../core/scope.js';
import { attributeKey, type SpanWriter } from '../otlp/span-writer.js';
import { callSite, callsOf, type NotedStack, noteStack } from './call-site.js';

/** Stacks noted per second for one kind of call: the noting and writing out of so many takes less than a thousandth of a core. */
const perSecond = 5;
/** Besides those: the same kind of call this often in one trace looks like a loop. */
const timesThatMatter = 5;
const loopsPerSecond = 10;

const keys = {
  file: attributeKey('code.file.path'),
  line: attributeKey('code.line.number'),
  function: attributeKey('code.function.name'),
};

/** What is called. */
export type CallKind = 'cache' | 'pool' | 'service';

/**
 * Where in the application its calls of caches, pools and other services are made, for a few of them, and first of all for those in a loop.
 * Databases look by statement (`database-calls.ts`), for they know what is slow.
 */
export class CallPlaces {
  readonly #recorder: Recorder;
  #secondMs = 0;
  #looks = 0;
  #loops = 0;
  #trace = 0;
  #timesInTrace = 0;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** The stack here, for a call of this trace; undefined when enough calls of this second were looked at. */
  look(scope: Scope | undefined, nowMs: number): NotedStack | undefined {
    if (nowMs - this.#secondMs >= 1000) {
      this.#secondMs = nowMs;
      this.#looks = 0;
      this.#loops = 0;
    }
    const trace = scope?.t0 ?? 0;
    if (trace !== this.#trace) {
      this.#trace = trace;
      this.#timesInTrace = 0;
    }
    const isLoop = ++this.#timesInTrace % timesThatMatter === 0;
    const isDue = isLoop ? ++this.#loops <= loopsPerSecond : ++this.#looks <= perSecond;
    return isDue ? noteStack() : undefined;
  }

  /** Puts the place onto the span that is being written, when the stack has one. */
  tell(spans: SpanWriter, stack: NotedStack | undefined): void {
    const site = stack === undefined ? undefined : callSite(callsOf(stack), this.#recorder.sources);
    if (site === undefined) return;
    const { 'code.file.path': file, 'code.line.number': line, 'code.function.name': name } = site;
    if (typeof file === 'string') spans.string(keys.file, file);
    if (typeof line === 'number') spans.integer(keys.line, line);
    if (typeof name === 'string') spans.string(keys.function, name);
  }
}

const ofRecorder = new WeakMap<Recorder, Map<CallKind, CallPlaces>>();

/** The one of this recorder for a kind of call, which all clients share. */
export function callPlaces(recorder: Recorder, kind: CallKind): CallPlaces {
  let byKind = ofRecorder.get(recorder);
  if (byKind === undefined) {
    byKind = new Map();
    ofRecorder.set(recorder, byKind);
  }
  let places = byKind.get(kind);
  if (places === undefined) {
    places = new CallPlaces(recorder);
    byKind.set(kind, places);
  }
  return places;
}
