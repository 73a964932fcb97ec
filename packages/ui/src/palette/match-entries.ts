/** Something that the palette offers: where it leads or what it does. */
export type PaletteEntry = {
  readonly id: string;
  readonly label: string;
  /** Stands at the right: a key, an age, where it comes from. */
  readonly hint?: string;
  /** Other words it is found by. */
  readonly words?: string;
  run(): void;
};

export type PaletteGroup = { readonly value: string; readonly items: readonly PaletteEntry[] };

/** Entries of a group that are shown while there is nothing to narrow them by, and while there is. */
const shownAtFirst = 6;
const shownOfMatches = 8;

/** The entries that hold every word of `text`, those whose words begin with them first. Groups that have none are left out. */
export function matchEntries(groups: readonly PaletteGroup[], text: string): readonly PaletteGroup[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = words.length === 0 ? shownAtFirst : shownOfMatches;
  return groups
    .map(({ value, items }) => ({
      value,
      items: items
        .map((entry, at) => ({ entry, at, score: scoreOf(entry, words) }))
        .filter(({ score }) => score > 0)
        .toSorted((a, b) => b.score - a.score || a.at - b.at)
        .slice(0, shown)
        .map(({ entry }) => entry),
    }))
    .filter(({ items }) => items.length > 0);
}

/** 0: some word is nowhere. A word at the front of the label counts more than at the front of a word, and that more than inside one. */
function scoreOf({ label, words = '' }: PaletteEntry, wanted: readonly string[]): number {
  const text = `${label} ${words}`.toLowerCase();
  let score = 1;
  for (const word of wanted) {
    const at = text.indexOf(word);
    if (at < 0) return 0;
    if (at === 0) score += 3;
    else if (/[^\p{L}\p{N}]/u.test(text.charAt(at - 1))) score += 2;
  }
  return score;
}
