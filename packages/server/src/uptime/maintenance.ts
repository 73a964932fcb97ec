import type { MaintenanceTime, MaintenanceWindow } from '@bellwether/model';
import type { ControlStore } from '../control/control-store.js';
import { keepWindow, madeWindows, removeWindow } from '../control/maintenance.js';
import { maintenanceTimeAt } from './maintenance-time.js';

/** A window and whose it is. */
export interface OwnedWindow {
  readonly workspace: string;
  readonly window: MaintenanceWindow;
  /** It stands in the configuration; the pages do not change it. */
  readonly isFromFile: boolean;
}

/** At most so many windows per workspace can be made in the pages. */
export const maxWindows = 100;

/** Every maintenance window, and which checks it excuses when. */
export class Maintenance {
  readonly #control: ControlStore;
  readonly #windows = new Map<string, OwnedWindow>();

  constructor(
    control: ControlStore,
    fromFile: readonly { readonly workspace: string; readonly window: MaintenanceWindow }[],
  ) {
    this.#control = control;
    for (const made of madeWindows(control)) this.#set({ ...made, isFromFile: false });
    for (const given of fromFile) this.#set({ ...given, isFromFile: true });
  }

  of(workspace: string): readonly OwnedWindow[] {
    return [...this.#windows.values()].filter(each => each.workspace === workspace);
  }

  get(workspace: string, id: string): OwnedWindow | undefined {
    return this.#windows.get(`${workspace}/${id}`);
  }

  keep(workspace: string, window: MaintenanceWindow): void {
    keepWindow(this.#control, workspace, window);
    this.#set({ workspace, window, isFromFile: false });
  }

  remove(workspace: string, id: string): void {
    removeWindow(this.#control, workspace, id);
    this.#windows.delete(`${workspace}/${id}`);
  }

  /** The maintenance that a check is in at an instant, or the first after it. */
  nextOf(workspace: string, checkId: string, atMs: number): MaintenanceTime | undefined {
    return this.of(workspace)
      .filter(({ window }) => window.checks.length === 0 || window.checks.includes(checkId))
      .flatMap(({ window }) => maintenanceTimeAt(window, atMs) ?? [])
      .toSorted((a, b) => a.fromMs - b.fromMs)[0];
  }

  /** The maintenance that a check is in at an instant. */
  during(workspace: string, checkId: string, atMs: number): MaintenanceTime | undefined {
    const next = this.nextOf(workspace, checkId, atMs);
    return next !== undefined && next.fromMs <= atMs ? next : undefined;
  }

  #set(owned: OwnedWindow): void {
    this.#windows.set(`${owned.workspace}/${owned.window.id}`, owned);
  }
}
