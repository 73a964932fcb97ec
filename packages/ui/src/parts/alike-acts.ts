/** One act with all rows that it is the same for: what makes each row what it is now. `idsWith` puts their ids to it. */
export function alikeActs<Row extends { readonly id: string }, Said, Act>(
  rows: readonly Row[],
  saidOf: (row: Row) => Said,
  idsWith: (ids: string[], said: Said) => Act,
): readonly Act[] {
  const found = new Map<string, { readonly said: Said; readonly ids: readonly string[] }>();
  for (const row of rows) {
    const said = saidOf(row);
    const key = JSON.stringify(said);
    found.set(key, { said, ids: [...(found.get(key)?.ids ?? []), row.id] });
  }
  return [...found.values()].map(({ ids, said }) => idsWith([...ids], said));
}
