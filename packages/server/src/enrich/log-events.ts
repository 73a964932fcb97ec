/** So many different events of a workspace are told apart, over all services; what comes after is `_other`. */
const maxOfWorkspace = 1000;
/** And of all workspaces together. */
const maxOfAll = 20_000;

const otherEvent = '_other';

/** A name that a program gives to a kind of event; a sentence or a value is none. */
const eventName = /^[A-Za-z][\w.:/-]{0,99}$/;

/** Events of one name of one service since the start: the counter `bellwether_log_events_total`. */
export interface CountedEvent {
  readonly workspace: string;
  readonly service: string;
  readonly event: string;
  readonly sinceMs: number;
  count: number;
}

/** Whether the text of a field `event` names the kind of event that a log line tells of. */
export function namesEvent(text: string): boolean {
  return eventName.test(text);
}

/** Counts log lines that are events, by workspace, service and name, as long as the receiver runs. */
export class LogEvents {
  readonly #events = new Map<string, CountedEvent>();
  readonly #ofWorkspace = new Map<string, number>();
  readonly #changed = new Map<string, Set<CountedEvent>>();

  count(workspace: string, service: string, event: string, nowMs: number): void {
    const known = this.#find(workspace, service, namesEvent(event) ? event : otherEvent, nowMs);
    known.count++;
    const changed = this.#changed.get(workspace);
    if (changed === undefined) this.#changed.set(workspace, new Set([known]));
    else changed.add(known);
  }

  /** By workspace those that were counted since the last call. */
  takeChanged(): readonly (readonly [workspace: string, events: readonly CountedEvent[]])[] {
    const changed = [...this.#changed].map(([workspace, events]) => [workspace, [...events]] as const);
    this.#changed.clear();
    return changed;
  }

  #find(workspace: string, service: string, event: string, sinceMs: number): CountedEvent {
    const key = `${workspace}\n${service}\n${event}`;
    const found = this.#events.get(key);
    if (found !== undefined) return found;
    const ofWorkspace = this.#ofWorkspace.get(workspace) ?? 0;
    // Without the service too: there may be as many of them as anybody likes.
    const isFull = ofWorkspace >= maxOfWorkspace || this.#events.size >= maxOfAll;
    if (isFull && !(event === otherEvent && service === '')) return this.#find(workspace, '', otherEvent, sinceMs);
    const made: CountedEvent = { workspace, service, event, sinceMs, count: 0 };
    this.#events.set(key, made);
    this.#ofWorkspace.set(workspace, ofWorkspace + 1);
    return made;
  }
}
