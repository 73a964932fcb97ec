/** Names by their first words: `http_` with all that begins so. A leaf has no children. */
export type PrefixNode<Item> = {
  /** The whole prefix: `http_server_`; for a leaf the whole name. */
  readonly prefix: string;
  readonly items: readonly Item[];
  readonly children: readonly PrefixNode<Item>[];
};

/** Fewer than this are not worth a fold. */
const leastInFold = 3;
const deepest = 4;

/**
 * Folds names that share their first words (`_`, `.`, `:` and `/` end a word). A prefix with too few names, or one that
 * all names share, is no fold of its own.
 */
export function prefixTree<Item>(items: readonly Item[], nameOf: (item: Item) => string): readonly PrefixNode<Item>[] {
  return branch(items, nameOf, '', 0);
}

function branch<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  above: string,
  depth: number,
): readonly PrefixNode<Item>[] {
  const leaves = (): readonly PrefixNode<Item>[] =>
    items.map(item => ({ prefix: nameOf(item), items: [item], children: [] }));
  if (depth >= deepest || items.length < leastInFold) return leaves();
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const prefix = nextPrefix(nameOf(item), above.length);
    const known = groups.get(prefix);
    if (known === undefined) groups.set(prefix, [item]);
    else known.push(item);
  }
  const only = groups.size === 1 ? [...groups.keys()][0] : undefined;
  if (only !== undefined) return only === above ? leaves() : branch(items, nameOf, only, depth + 1);
  return [...groups].flatMap(([prefix, inside]): readonly PrefixNode<Item>[] =>
    inside.length < leastInFold || prefix === above
      ? inside.map(item => ({ prefix: nameOf(item), items: [item], children: [] }))
      : [{ prefix, items: inside, children: branch(inside, nameOf, prefix, depth + 1) }],
  );
}

function nextPrefix(name: string, from: number): string {
  const word = /[^_.:/]*[_.:/]+/y;
  word.lastIndex = from;
  const found = word.exec(name)?.[0];
  return found === undefined ? name : name.slice(0, from + found.length);
}
