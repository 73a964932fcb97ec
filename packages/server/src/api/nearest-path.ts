/** The known path that answers `asked`, for one method or another. */
export function samePath(asked: string, known: readonly string[]): string | undefined {
  const path = asked.split('?')[0] ?? '';
  return known.find(candidate => fill(candidate, path) === path);
}

/** The known path that looks most like the one asked for: a slip of a few letters or a forgotten prefix is told, not guessed at. */
export function nearestPath(asked: string, known: readonly string[]): string | undefined {
  const path = asked.split('?')[0]?.slice(0, 200) ?? '';
  const withPrefix = known.find(candidate => path.length > 1 && candidate.endsWith(path));
  if (withPrefix !== undefined) return withPrefix;
  const ranked = known
    .map(candidate => ({ candidate, distance: distance(path, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(best.candidate.length, path.length) / 3
    ? best.candidate
    : undefined;
}

/** Levenshtein's. */
function distance(asked: string, candidate: string): number {
  return editDistance(asked, fill(candidate, asked));
}

/** A parameter (`:id`) stands for any text at its place. */
function fill(candidate: string, asked: string): string {
  const given = asked.split('/');
  return candidate
    .split('/')
    .map((part, i) => (part.startsWith(':') ? given[i] || part : part))
    .join('/');
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
