import { labelsKey, withoutMetadata, type Labels } from '../value/labels.js';
import { sameLabels } from './same-labels.js';

/**
 * Refuses two series that have the same labels once their names, which are no longer true, are gone. Series come one by one.
 *
 * What a source gives for one name differs without the name as well; only types and units, which go with it, may have been all the difference.
 */
export class LabelsOnce {
  readonly #keys = new Set<string>();
  /** Labels that can not be the same, as long as only such came. */
  #different: Labels[] | undefined;

  /** `isOneName`: they come from a selector that names the metric. */
  constructor(isOneName: boolean) {
    this.#different = isOneName ? [] : undefined;
  }

  add(labels: Labels, dropName: boolean): void {
    if (this.#different !== undefined) {
      if (!hasTypeOrUnit(labels)) {
        this.#different.push(labels);
        return;
      }
      const before = this.#different;
      this.#different = undefined;
      for (const one of before) this.add(one, dropName);
    }
    const key = labelsKey(dropName ? withoutMetadata(labels) : labels);
    if (this.#keys.has(key)) throw sameLabels();
    this.#keys.add(key);
  }
}

function hasTypeOrUnit(labels: Labels): boolean {
  for (let at = 0; at < labels.length; at += 2) {
    const name = labels[at];
    if (name === '__type__' || name === '__unit__') return true;
  }
  return false;
}
