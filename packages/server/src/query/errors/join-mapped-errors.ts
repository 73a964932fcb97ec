import type { ControlStore } from '../../control/control-store.js';
import { noteActivity } from '../../control/error-activity.js';
import { groupingOf } from '../../control/error-grouping.js';
import { inheritOwner } from '../../control/error-owners.js';
import { inheritState } from '../../control/error-states.js';
import { keepApart, keepMapped, mappedErrors } from '../../control/mapped-errors.js';
import { newestMaps } from '../../control/source-map-files.js';
import type { SourceMaps } from '../../source-maps/source-maps.js';
import type { Asker } from '../asker.js';
import { fingerprintsThatCame, mappedVariants, seenVariants } from './mapped-fingerprints.js';

const dayMs = 86_400_000;
/** Errors of a release whose maps came later are looked at from so long ago. */
const backMs = 14 * dayMs;
/** Events that came so late are still seen. */
const lateMs = 3_600_000;
const maxVersions = 500;
const maxSeen = 2000;
/** Looked at in one go; the others have their turn in the next. */
const maxLooked = 300;
const maxRemembered = 50_000;

/**
 * Finds errors of releases with source maps that are the same as others once maps are applied, and counts them as one (docs/adr/0024). What was looked at is remembered, so that a quiet
 * workspace costs a question over the last hour.
 */
export class MappedErrorJoiner {
  readonly #control: ControlStore;
  readonly #maps: SourceMaps;
  /** Per workspace: the newest map of each release that was looked at, and until when. */
  readonly #looked = new Map<string, { readonly uploads: ReadonlyMap<string, number>; readonly untilMs: number }>();
  readonly #known = new Set<string>();

  constructor(control: ControlStore, maps: SourceMaps) {
    this.#control = control;
    this.#maps = maps;
  }

  async look(asker: Asker, nowMs: number): Promise<void> {
    const { workspace } = asker.scope;
    const uploads = newestMaps(this.#control, workspace, maxVersions);
    const looked = this.#looked.get(workspace);
    const [fresh, old] = [[...uploads.keys()].filter(isFresh), [...uploads.keys()].filter(one => !isFresh(one))];
    const keyOf = (variant: string, version: string): string =>
      JSON.stringify([workspace, variant, version, uploads.get(version)]);
    const toMs = nowMs + lateMs;
    const seen = [
      ...(await seenVariants(asker, { fromMs: nowMs - backMs, toMs }, fresh, maxSeen)),
      ...(await seenVariants(asker, { fromMs: (looked?.untilMs ?? nowMs) - lateMs, toMs }, old, maxSeen)),
    ].filter(({ variant, version }) => !this.#known.has(keyOf(variant, version)));
    const some = seen.slice(0, maxLooked);
    await this.#join(asker, some, nowMs);
    if (this.#known.size + some.length > maxRemembered) this.#known.clear();
    for (const { variant, version } of some) this.#known.add(keyOf(variant, version));
    if (seen.length === some.length) this.#looked.set(workspace, { uploads, untilMs: nowMs });

    function isFresh(version: string): boolean {
      return looked?.uploads.get(version) !== uploads.get(version);
    }
  }

  async #join(asker: Asker, seen: Parameters<typeof mappedVariants>[2], nowMs: number): Promise<void> {
    const control = this.#control;
    const { workspace } = asker.scope;
    const found = await mappedVariants(asker, this.#maps, seen);
    const before = groupingOf(control, workspace);
    const known = new Map(mappedErrors(control, workspace).map(one => [one.id, one]));
    for (const { id, mapped } of found) {
      const kept = known.get(id);
      // The same names for something else in another release: then nothing can be said of either.
      if (kept !== undefined && kept.mapped !== mapped) keepApart(control, workspace, id);
    }
    keepMapped(
      control,
      workspace,
      found.filter(({ id, mapped }) => id !== mapped),
      nowMs,
    );
    const rows = mappedErrors(control, workspace);
    const asThemselves = new Set(rows.filter(({ id, mapped }) => id === mapped).map(({ id }) => id));
    const unseen = [...new Set(rows.map(({ mapped }) => mapped))].filter(id => !asThemselves.has(id));
    const came = await fingerprintsThatCame(asker, unseen);
    keepMapped(
      control,
      workspace,
      came.map(id => ({ id, fingerprint: id, mapped: id, version: '' })),
      nowMs,
    );
    const after = groupingOf(control, workspace);
    for (const { id, fingerprint, mapped, version } of mappedErrors(control, workspace)) {
      if (before.wholes.has(id) || !after.wholes.has(id)) continue;
      inheritState(control, workspace, fingerprint, mapped);
      inheritOwner(control, workspace, fingerprint, mapped);
      const by = { who: 'Bellwether', nowMs, act: 'merged' } as const;
      noteActivity(control, workspace, mapped, { ...by, text: `${id}: the same by the source maps of ${version}` });
      noteActivity(control, workspace, id, {
        ...by,
        text: `into ${mapped}: the same by the source maps of ${version}`,
      });
    }
  }
}
