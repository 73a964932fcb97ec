import { maskWords, variable } from './line-mask.js';

/** A mask and how many lines have it. */
export interface CountedMask {
  readonly mask: string;
  readonly count: number;
}

/** Masks that differ in words only: the pattern names them together. */
export interface MaskGroup<Mask> {
  readonly pattern: string;
  readonly masks: readonly Mask[];
}

/** Words of which at least this share is equal make two masks alike. */
const alikeShare = 0.6;
/** A word is a value when the masks that are alike have so many of it: `hit` and `miss` are two messages, four names are names. */
const fewestAlike = 4;
/** Groups of one length and first word that a mask is compared with. Bounds the work, whatever is sent. */
const comparedGroups = 60;

/**
 * Groups masks by the words they share, in the manner of Drain: masks of one length and first word are compared with the groups
 * that exist, the most frequent first; what is alike joins, and words that differ become `<*>`.
 */
export function mergeMasks<Mask extends CountedMask>(masks: readonly Mask[]): readonly MaskGroup<Mask>[] {
  const leaves = new Map<string, { words: readonly string[]; readonly masks: Mask[] }[]>();
  for (const mask of masks.toSorted((a, b) => b.count - a.count)) {
    const words = maskWords(mask.mask);
    const leaf = `${words.length} ${words[0] ?? ''}`;
    const groups = leaves.get(leaf);
    if (groups === undefined) {
      leaves.set(leaf, [{ words, masks: [mask] }]);
      continue;
    }
    const alike = groups.slice(0, comparedGroups).find(group => areAlike(group.words, words));
    if (alike === undefined) groups.push({ words, masks: [mask] });
    else {
      alike.words = alike.words.map((word, i) => (word === words[i] ? word : variable));
      alike.masks.push(mask);
    }
  }
  const byPattern = new Map<string, Mask[]>();
  for (const { words, masks } of [...leaves.values()].flat()) {
    for (const mask of masks) {
      const pattern = masks.length >= fewestAlike ? words.join(' ') : mask.mask;
      const same = byPattern.get(pattern);
      if (same === undefined) byPattern.set(pattern, [mask]);
      else same.push(mask);
    }
  }
  return [...byPattern].map(([pattern, masks]) => ({ pattern, masks }));
}

/** Values say nothing of whether two masks are alike. */
function areAlike(group: readonly string[], words: readonly string[]): boolean {
  let fixed = 0;
  let equal = 0;
  group.forEach((word, i) => {
    if (word === variable && words[i] === variable) return;
    fixed += 1;
    if (word === words[i]) equal += 1;
  });
  return fixed > 0 && equal / fixed >= alikeShare;
}
