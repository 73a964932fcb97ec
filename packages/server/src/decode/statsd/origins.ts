/** Whose a line is, as it was written. */
export interface Origins {
  /** `key:value,flag`, in every tag style. */
  readonly tags: string;
  /** What follows `c:`, '' when nothing does. */
  readonly container: string;
  /** What follows `e:`, '' when nothing does. */
  readonly external: string;
}

export const maxTags = 64;

/** Takes over a field that says whose a line is; leaves others alone. */
export function readOrigin(origins: { tags: string; container: string; external: string }, field: string): void {
  if (field.startsWith('#')) {
    const tags = field.slice(1);
    origins.tags = origins.tags === '' ? tags : `${origins.tags},${tags}`;
  } else if (field.startsWith('c:')) origins.container = field.slice(2);
  else if (field.startsWith('e:')) origins.external = field.slice(2);
}

export function hasTooManyTags(tags: string): boolean {
  let commas = 0;
  for (let at = tags.indexOf(','); at !== -1; at = tags.indexOf(',', at + 1)) if (++commas >= maxTags) return true;
  return false;
}
