import type { CheckRow, ErrorRow } from '@bellwether/model';

const shownOwners = 3;

/** Who takes care of the errors, those of the most errors first. */
export function ownersOf(errors: readonly Pick<ErrorRow, 'owner'>[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { owner } of errors) if (owner !== '') counts.set(owner, (counts.get(owner) ?? 0) + 1);
  return [...counts]
    .toSorted(([a, n], [b, m]) => m - n || a.localeCompare(b))
    .slice(0, shownOwners)
    .map(([owner]) => owner);
}

/** The uptime checks of a service: those whose id is its name, or begins with it and a dash. What is down comes first. */
export function checksOf<Check extends Pick<CheckRow, 'id' | 'service' | 'state'>>(
  checks: readonly Check[],
  service: string,
): readonly Check[] {
  return checks
    .filter(({ id, service: named }) =>
      named === '' ? id === service || id.startsWith(`${service}-`) : named === service,
    )
    .toSorted((a, b) => Number(b.state === 'down') - Number(a.state === 'down') || a.id.localeCompare(b.id));
}
