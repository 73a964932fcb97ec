/** Something to do when a signal comes; a promise is waited for before the process ends. */
export type SignalWatcher = (signal: NodeJS.Signals) => Promise<unknown> | void;

/** `drain` comes first, `flush` when that is done: what is recorded meanwhile is sent too. */
export type SignalPhase = 'drain' | 'flush';

interface Watched {
  readonly watchers: Map<SignalWatcher, SignalPhase>;
  readonly listener: (signal: NodeJS.Signals) => void;
}

const watched = new Map<NodeJS.Signals, Watched>();

/**
 * Watches a signal without taking it over: when nobody else handles it, the process still ends by it, after the watchers. When the application handles
 * it, how and when to end stays its affair, and all watchers are called at once. A watcher must not throw. Returns how to stop watching.
 */
export function watchSignal(signal: NodeJS.Signals, phase: SignalPhase, watcher: SignalWatcher): () => void {
  let entry = watched.get(signal);
  if (entry === undefined) {
    const watchers: Watched['watchers'] = new Map();
    entry = { watchers, listener: came => onSignal(came, watchers) };
    watched.set(signal, entry);
    process.on(signal, entry.listener);
  }
  const { watchers } = entry;
  watchers.set(watcher, phase);
  return () => {
    watchers.delete(watcher);
    if (watchers.size === 0) forget(signal);
  };
}

function forget(signal: NodeJS.Signals): void {
  const entry = watched.get(signal);
  if (entry === undefined) return;
  watched.delete(signal);
  process.removeListener(signal, entry.listener);
}

function onSignal(signal: NodeJS.Signals, watchers: Watched['watchers']): void {
  const alone = process.listenerCount(signal) - foreignWatchers() <= 1;
  const call = (phase: SignalPhase): readonly Promise<unknown>[] =>
    [...watchers].filter(([, own]) => own === phase).flatMap(([watcher]) => watcher(signal) ?? []);
  const drains = call('drain');
  // What ends the process is either ours, after the drains, or the application's, at a time that we do not know.
  const flushed =
    alone && drains.length > 0
      ? Promise.allSettled(drains).then(() => Promise.allSettled(call('flush')))
      : Promise.allSettled(call('flush'));
  if (!alone) return;
  void flushed.finally(() => {
    forget(signal);
    process.kill(process.pid, signal);
  });
}

/**
 * Listeners of the package `signal-exit`: like ours they only watch, and end the process when no others are there. Without knowing of each other, each would
 * wait for the other to act.
 */
function foreignWatchers(): number {
  const version3: unknown = Reflect.get(process, '__signal_exit_emitter__');
  const version4: unknown = Reflect.get(globalThis, Symbol.for('signal-exit emitter'));
  let count = 0;
  for (const emitter of [version3, version4]) {
    if (typeof emitter !== 'object' || emitter === null || !('count' in emitter)) continue;
    if (typeof emitter.count === 'number') count += emitter.count;
  }
  return count;
}
