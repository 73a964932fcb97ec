import diagnostics from 'node:diagnostics_channel';
import { nowMs } from '../core/clock.js';
import type { Recorder } from '../core/recorder.js';
import { libraryOf } from '../load/library-file.js';
import type { LoadedModule } from './module-loads.js';

/** A way to see one library. One object in one file, and a line in `list.ts`. */
export interface Instrumentation {
  /** The library's name; also what `BELLWETHER_DISABLE` takes. */
  readonly name: string;
  readonly via: 'diagnostics channel' | 'patch';
  attach(tools: Tools): void;
}

/** What an instrumentation may use. All it does through these is undone by `undo`, and its faults are caught and counted. */
export interface Tools {
  readonly recorder: Recorder;
  /** Listens on a channel of `node:diagnostics_channel`. `M` is the part of its documented message that we read. */
  subscribe<M>(channel: string, handler: (message: M) => void): void;
  /**
   * Calls `patch` with the exports of a library when it is loaded, once per copy: by `require`, by `import`, or out of a bundle that was made with our plugin.
   *
   * `name` is a library (`pg`), or one file of it without its ending (`graphql/execution/execute` stands for `.js`, `.mjs` and `.cjs`). A library's own name
   * gives what importing it gives.
   *
   * `exports` is `module.exports`, or for an ES module an object with its exports as properties (`default` among them). Assigning to a property (as `wrap` does)
   * replaces the export for everybody: `exports.schedule = ours`. That works for what the file itself declares; what it passes on from other files can only be read (assigning
   * throws), so patch its prototype, or name the file that declares it.
   */
  onLoad(name: string, patch: (exports: unknown, version: string | undefined) => void): void;
  /**
   * For a library that is seen by what it publishes: notes its version when it is loaded, and says so in the report when that is too old to publish.
   */
  needs(name: string, version: string): void;
  /** Notes that the library is there and seen. */
  seen(version?: string): void;
  /** Registers how to take a change back. */
  undo(restore: () => void): void;
}

/** What `report()` says about one instrumentation. */
export interface Attachment {
  readonly name: string;
  readonly via: string;
  /** `waiting`: the library was not loaded, or has done nothing yet. */
  readonly state: 'seen' | 'waiting' | 'disabled' | 'failed';
  readonly version: string | undefined;
  /** Why it is not seen, or not in full, and what to do. */
  readonly reason: string | undefined;
  /** The libraries whose modules it asked for. */
  readonly libraries: readonly string[];
  /** How it got them: by `require` (or an `import` of CommonJS), by a hook for ES modules, out of a bundle, or `late`, loaded before us. */
  readonly by: LoadedModule['by'] | undefined;
}

export interface AttachDeps {
  readonly recorder: Recorder;
  readonly disabled: readonly string[];
  onLoad(name: string, patch: (loaded: LoadedModule) => void): () => void;
}

/** Attaches each instrumentation; one that fails is reported and does not keep the others from working. */
export function attachAll(
  list: readonly Instrumentation[],
  { recorder, disabled, onLoad }: AttachDeps,
): { report(): readonly Attachment[]; late(): readonly string[]; detach(): void } {
  const undos: (() => void)[] = [];
  const late = new Set<string>();
  const states = list.map(instrumentation => {
    const { name, via } = instrumentation;
    const state: { -readonly [K in keyof Attachment]: Attachment[K] } = {
      name,
      via,
      state: 'waiting',
      version: undefined,
      reason: undefined,
      libraries: [],
      by: undefined,
    };
    if (disabled.includes(name)) {
      state.state = 'disabled';
      return state;
    }
    const watch = (module: string, told: (loaded: LoadedModule) => void): void => {
      const library = libraryOf(module);
      if (!state.libraries.includes(library)) state.libraries = [...state.libraries, library];
      undos.push(
        onLoad(module, loaded => {
          state.by ??= loaded.by;
          try {
            told(loaded);
          } catch (error) {
            state.state = 'failed';
            state.reason = error instanceof Error ? error.message : String(error);
            recorder.fault(`${name} (loading ${module})`);
          }
        }),
      );
    };
    const tools: Tools = {
      recorder,
      subscribe(channel, handler) {
        const guarded = (message: unknown): void => {
          const startMs = recorder.budget?.isTimed() === true ? nowMs() : 0;
          try {
            // The message is what the publisher documents for this channel; a field that is missing shows as a fault below.
            handler(message as Parameters<typeof handler>[0]);
          } catch {
            recorder.fault(`${name} (${channel})`);
          }
          if (startMs > 0) recorder.budget?.timed(startMs);
        };
        diagnostics.subscribe(channel, guarded);
        undos.push(() => diagnostics.unsubscribe(channel, guarded));
      },
      onLoad(module, patch) {
        watch(module, ({ exports, version, by }) => {
          if (by === 'late') late.add(libraryOf(module));
          patch(exports, version);
        });
      },
      needs(module, needed) {
        // What it publishes is heard whenever it was loaded.
        watch(module, ({ version }) => {
          if (version === undefined) return;
          state.version = version;
          if (isAtLeast(version, needed)) return;
          state.state = 'failed';
          state.reason = `it publishes what it does from ${needed} on`;
        });
      },
      seen(version) {
        state.state = 'seen';
        if (version !== undefined) state.version = version;
      },
      undo(restore) {
        undos.push(restore);
      },
    };
    try {
      instrumentation.attach(tools);
    } catch (error) {
      state.state = 'failed';
      state.reason = error instanceof Error ? error.message : String(error);
    }
    return state;
  });
  return {
    report: () => states.map(state => ({ ...state })),
    late: () => [...late],
    detach() {
      for (const undo of undos.toReversed()) {
        try {
          undo();
        } catch {
          recorder.fault('detach');
        }
      }
      undos.length = 0;
    },
  };
}

/** Whether `version` is `needed` or later; prereleases count as their release. */
export function isAtLeast(version: string, needed: string): boolean {
  const [have, want] = [version, needed].map(text => text.split(/[.-]/).slice(0, 3).map(Number));
  for (let part = 0; part < 3; part++) {
    const difference = (have?.[part] ?? 0) - (want?.[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
