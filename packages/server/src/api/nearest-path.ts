/** The known path that looks most like the one asked for: a slip of a few letters or a forgotten prefix is told, not guessed at. */
export function nearestPath(asked: string, known: readonly string[]): string | undefined {
  const path = asked.split('?')[0]?.slice(0, 200) ?? '';
  const ranked = known
    .map(candidate => ({ candidate, distance: distance(path, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(best.candidate.length, path.length) / 2
    ? best.candidate
    : undefined;
}

/** Levenshtein's; a parameter (`:id`) stands for any text at its place. */
function distance(asked: string, candidate: string): number {
  const given = asked.split('/');
  const filled = candidate.split('/').map((part, i) => (part.startsWith(':') ? (given[i] ?? part) : part));
  return editDistance(asked, filled.join('/'));
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
