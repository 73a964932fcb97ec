/** Colours of the data palette (`--c1` to `--c8` in tokens.css). */
export const paletteSize = 8;

/**
 * A palette slot, 1 to 8, for each service of one trace or chart.
 *
 * A service's own slot is the hash of its name, so it keeps its colour from page to page. When two want the same one,
 * the name that sorts first keeps it and the other takes the next free one; past eight slots repeat.
 * `peers` (databases and other called things) choose after the services.
 */
export function serviceSlots(services: readonly string[], peers: readonly string[] = []): ReadonlyMap<string, number> {
  const slots = new Map<string, number>();
  const taken = new Set<number>();
  for (const names of [services, peers]) {
    const displaced: string[] = [];
    for (const name of [...new Set(names)].sort()) {
      const slot = hashOf(name) % paletteSize;
      if (slots.has(name)) continue;
      if (taken.has(slot)) displaced.push(name);
      else {
        taken.add(slot);
        slots.set(name, slot + 1);
      }
    }
    for (const name of displaced) {
      let slot = hashOf(name) % paletteSize;
      for (let tries = 0; tries < paletteSize && taken.has(slot); tries++) slot = (slot + 1) % paletteSize;
      taken.add(slot);
      slots.set(name, slot + 1);
    }
  }
  return slots;
}

/** FNV-1a over UTF-16 units, with a last mixing step since only the low bits are used. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  return hash >>> 0;
}
