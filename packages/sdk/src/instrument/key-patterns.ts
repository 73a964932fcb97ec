import { keyPattern } from './redis-key-pattern.js';

/** Words that one place in a key may have before it counts as variable; the first is the cache's own name more often than not. */
const maxWords = { first: 64, later: 16 } as const;
const maxPlaces = 2000;

/** What stands between the parts of a pattern. */
const separators = /([:/|.\-{}]+)/;

interface Place {
  readonly words: Map<string, Place>;
  /** What follows here whatever the word is; set when there were too many words. */
  any: Place | undefined;
}

/**
 * Patterns of the keys of one cache. Beyond what a key alone tells (`redis-key-pattern.ts`), it sees that a place varies: after 16 names behind `user:` they
 * are all `user:*`. What it remembers is bounded: 2,000 places, and behind those nothing but `*`.
 */
export class KeyPatterns {
  readonly #root: Place = { words: new Map(), any: undefined };
  #places = 0;

  of(key: string): string {
    const shaped = keyPattern(key);
    if (shaped === '*' || shaped === '') return shaped;
    const parts = shaped.split(separators);
    let place = this.#root;
    for (let at = 0; at < parts.length; at += 2) {
      const word = parts[at] ?? '';
      const next = this.#step(place, word, at === 0 ? maxWords.first : maxWords.later);
      if ((next === place.any || next === nowhere) && word !== '') parts[at] = '*';
      place = next;
    }
    return parts.join('').replace(/\*(?:[-.]\*)+/g, '*');
  }

  #step(place: Place, word: string, most: number): Place {
    if (place.any !== undefined) return place.any;
    const known = place.words.get(word);
    if (known !== undefined) return known;
    if (this.#places >= maxPlaces) return nowhere;
    this.#places++;
    const next: Place = { words: new Map(), any: undefined };
    if (place.words.size < most) {
      place.words.set(word, next);
      return next;
    }
    place.words.clear();
    place.any = next;
    return next;
  }
}

/** Where a key leads when there is no room to remember more. */
const nowhere: Place = { words: new Map(), any: undefined };
nowhere.any = nowhere;
