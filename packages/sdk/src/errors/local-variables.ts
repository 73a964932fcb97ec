import { type Debugger, type InspectorNotification, Session, url as inspectorUrl } from 'node:inspector';
import { nowMs } from '../core/clock.js';
import type { PlainObject } from '../core/surroundings.js';
import { localCopy } from './local-copy.js';
import type { StackFrame } from './stack.js';

export interface LocalVariablesDeps {
  /** Exceptions in a second, thrown or caught, over which it switches itself off for a while. */
  readonly maxPerSecond: number;
  /** It is off for so long, and why. */
  readonly resting: (forMs: number, reason: string) => void;
  readonly failed: () => void;
}

/** What the variables of a call were when something was thrown in it, or below it. */
export interface FrameVariables {
  readonly function: string;
  readonly variables: PlainObject;
}

/** Calls of one error whose variables are kept, the nearest first. */
const maxFrames = 5;
const maxCharsPerFrame = 1500;
/** V8 describes every call of a stack: of deep recursions that takes as long as it is worth nothing. */
const deepStack = 300;
const shortestPauseMs = 30_000;
const longestPauseMs = 3_600_000;
const noteName = Symbol.for('bellwether.locals');

/**
 * Notes the local variables of the application's own functions when an exception is thrown, by V8's debugger.
 *
 * The session is of this very thread: V8 calls us in the middle of the `throw`, we copy, and the program goes on when we return. So nothing waits for another thread, nothing can be left standing, and the end of
 * the process is not held up. It costs a few tenths of a millisecond for each exception, also for those that are expected and caught, which is why it is off by default, and why it switches itself off,
 * for half a minute and then for longer, when exceptions come too fast or from deep recursions. While a debugger of somebody else is attached it stays out of the way.
 */
export class LocalVariables {
  readonly #deps: LocalVariablesDeps;
  readonly #session = new Session();
  /** Scripts of the application itself. */
  readonly #own = new Set<string>();
  readonly #known = new WeakMap<object, readonly FrameVariables[]>();
  #secondMs = 0;
  #inSecond = 0;
  #pauseMs = shortestPauseMs;
  #resumedMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #noting: Noting | undefined;

  constructor(deps: LocalVariablesDeps) {
    this.#deps = deps;
    // The debugger calls it by name, with objects that never leave this thread.
    const value = (error: unknown, scope: object): void => this.#note(error, scope);
    Object.defineProperty(globalThis, noteName, { value, configurable: true, enumerable: false });
    const session = this.#session;
    session.connect();
    session.on('Debugger.scriptParsed', ({ params }) => this.#parsed(params));
    session.on('Debugger.paused', message => this.#paused(message));
    session.post('Debugger.enable');
    this.#watch('all');
  }

  /** The frames of `error` with what is known of their variables. */
  with(error: unknown, frames: readonly StackFrame[]): readonly StackFrame[] {
    const noted = isObject(error) ? this.#known.get(error) : undefined;
    if (noted === undefined) return frames;
    const waiting = [...noted];
    return frames.map(frame => {
      const next = waiting[0];
      if (next === undefined || !frame.isOwn || !isSameCall(frame.function, next.function)) return frame;
      waiting.shift();
      return Object.keys(next.variables).length === 0 ? frame : { ...frame, variables: next.variables };
    });
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#session.disconnect();
    Reflect.deleteProperty(globalThis, noteName);
  }

  #parsed({ scriptId, url }: Debugger.ScriptParsedEventDataType): void {
    const isOwn = /^(?:file:\/\/|[/\\]|[A-Za-z]:[/\\])/.test(url) && !/[\\/]node_modules[\\/]/.test(url);
    if (isOwn && !url.startsWith(sdkFolder) && this.#own.size < maxScripts) this.#own.add(scriptId);
  }

  /** In the middle of a `throw`. What goes wrong here must not change it. */
  #paused({ params }: InspectorNotification<Debugger.PausedEventDataType>): void {
    try {
      const { reason, callFrames, data } = params;
      if (reason !== 'exception' && reason !== 'promiseRejection') return;
      const why = this.#tooMuch(callFrames.length);
      if (why !== undefined) {
        this.#rest(why);
        return;
      }
      const errorId: unknown = typeof data === 'object' ? Reflect.get(data, 'objectId') : undefined;
      if (typeof errorId !== 'string') return;
      const noting: Noting = { error: undefined, frames: [] };
      this.#noting = noting;
      for (const { functionName, scopeChain, location } of callFrames) {
        if (!this.#own.has(location.scriptId)) continue;
        noting.frames.push({ function: functionName, variables: {} });
        this.#copy(scopeChain, errorId);
        if (noting.frames.length === maxFrames) break;
      }
      // A second throw of the same object is further out; the first one knows most.
      if (noting.error !== undefined && !this.#known.has(noting.error)) this.#known.set(noting.error, noting.frames);
    } catch {
      this.#deps.failed();
    } finally {
      this.#noting = undefined;
    }
  }

  /** Has the debugger call `#note` with the variables of the blocks within a function, and of the function itself. */
  #copy(scopeChain: readonly Debugger.Scope[], errorId: string): void {
    for (const { type, object } of scopeChain) {
      if ((type !== 'local' && type !== 'block') || object.objectId === undefined) continue;
      this.#session.post('Runtime.callFunctionOn', {
        objectId: object.objectId,
        functionDeclaration: `function (error) { globalThis[Symbol.for('${noteName.description}')](error, this); }`,
        arguments: [{ objectId: errorId }],
        silent: true,
      });
      if (type === 'local') return;
    }
  }

  #note(error: unknown, scope: object): void {
    const noting = this.#noting;
    const frame = noting?.frames.at(-1);
    if (noting === undefined || frame === undefined || !isObject(error)) return;
    noting.error = error;
    // What an inner block has hides what is outside of it.
    frame.variables = { ...localCopy(scope, maxCharsPerFrame), ...frame.variables };
  }

  /** Why variables are not worth what they cost now; undefined when they are. */
  #tooMuch(calls: number): string | undefined {
    if (inspectorUrl() !== undefined) return 'a debugger is attached';
    if (calls > deepStack) return `an exception was thrown below ${calls} calls`;
    const atMs = nowMs();
    if (atMs - this.#secondMs >= 1000) {
      this.#secondMs = atMs;
      this.#inSecond = 0;
    }
    if (++this.#inSecond <= this.#deps.maxPerSecond) return undefined;
    return `more than ${this.#deps.maxPerSecond} exceptions were thrown in a second`;
  }

  /** Off for a while; for longer each time, unless it has gone well for long. */
  #rest(reason: string): void {
    const atMs = nowMs();
    const wentWell = atMs - this.#resumedMs > longestPauseMs;
    const forMs = wentWell ? shortestPauseMs : this.#pauseMs;
    this.#pauseMs = Math.min(forMs * 2, longestPauseMs);
    this.#watch('none');
    this.#timer = setTimeout(() => {
      this.#resumedMs = nowMs();
      this.#watch('all');
    }, forMs);
    this.#timer.unref();
    this.#deps.resting(forMs, reason);
  }

  #watch(state: 'all' | 'none'): void {
    this.#session.post('Debugger.setPauseOnExceptions', { state });
  }
}

/** What is noted in one pause. */
interface Noting {
  error: object | undefined;
  readonly frames: { readonly function: string; variables: PlainObject }[];
}

/** The folder of this package, as scripts are named; its own exceptions are nobody's news. */
const sdkFolder = new URL('../', import.meta.url).href;
const maxScripts = 20_000;

/** Of a function without a name the stack says how it was called (`Timeout._onTimeout`), the debugger nothing. */
function isSameCall(inStack: string | undefined, inDebugger: string): boolean {
  return inDebugger === '' || bareName(inStack) === bareName(inDebugger);
}

/** `Cart.pay`, `async pay` and `pay` are one: V8's stacks have the class, its debugger has not. */
function bareName(name: string | undefined): string {
  return (name ?? '').replace(/^async /, '').replace(/^.*\./, '');
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
