/**
 * Which of those that wait is next: of the workspace that has the least under way, and of these who came first. -1 when nobody waits.
 *
 * So a workspace with a hundred slow questions waits for itself, and the others' next question only for what is under way.
 */
export function fairNext(waiting: readonly string[], underWay: readonly string[]): number {
  if (waiting.length === 0) return -1;
  const counts = new Map<string, number>();
  for (const workspace of underWay) counts.set(workspace, (counts.get(workspace) ?? 0) + 1);
  let next = 0;
  for (let at = 1; at < waiting.length; at++)
    if ((counts.get(waiting[at] ?? '') ?? 0) < (counts.get(waiting[next] ?? '') ?? 0)) next = at;
  return next;
}
