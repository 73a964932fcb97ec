/** One place of a trigger: the characters that may stand there (ASCII; `\x80` is every other character), and how often. */
export interface Place {
  readonly chars: string;
  readonly times: 'once' | 'optional';
}

/** A short text that begins or marks something worth a closer look, such as `eyJ` or `password=`. */
export type Trigger = readonly Place[];

const other = 128;

const lower = 'abcdefghijklmnopqrstuvwxyz';
export const digits = '0123456789';
export const upper = lower.toUpperCase();
/** And `_`, which joins words. */
export const letters = `${lower}${upper}_`;
export const wordChars = `${letters}${digits}`;

/** These characters, in this case. */
export function exactly(text: string): Trigger {
  return [...text].map(chars => ({ chars, times: 'once' }));
}

/** These letters, in any case; `-` also stands for `_`, a space, or nothing. */
export function anyCase(text: string): Trigger {
  return [...text].map(char =>
    char === '-'
      ? { chars: '-_ ', times: 'optional' }
      : { chars: `${char.toLowerCase()}${char.toUpperCase()}`, times: 'once' },
  );
}

export const one = (chars: string): Place => ({ chars, times: 'once' });
export const maybe = (chars: string): Place => ({ chars, times: 'optional' });

/** Long numbers are counted apart: after so many digits, with spaces and dashes between, `longNumber` is told. */
const longNumberDigits = 13;

/** A table to run over a text: `at = next[(at & stateMask) + classOf[byte]]`. */
export interface TriggerScan {
  /** By byte (128 for all that is not ASCII): its column. */
  readonly classOf: Uint8Array;
  /** By place of a state's row plus column: the place of the next state's row; negative where a trigger ends. The first row is the beginning. */
  readonly next: Int32Array;
  readonly columns: number;
  /** By state (the place of its row divided by `columns`): a bit for each kind whose trigger ends here. */
  readonly kinds: Uint32Array;
}

export const stateMask = 0x7fff_ffff;

interface State {
  readonly inside: readonly number[];
  readonly numberDigits: number;
}

/**
 * One table for all triggers, so that a text is looked at once, at the cost of a look-up per byte, however many triggers there are.
 * `kinds`: the triggers of each kind, at most 32; `longNumber`: the kind that 13 digits in a row belong to, -1 for none.
 * Built once, by the subset construction.
 */
export function triggerScan(kinds: readonly (readonly Trigger[])[], longNumber: number): TriggerScan {
  // The places of all triggers one after the other, an empty one behind each trigger.
  const places: (Place | undefined)[] = [];
  const kindOfEnd = new Map<number, number>();
  const begin = new Set<number>();
  kinds.forEach((triggers, kind) => {
    for (const trigger of triggers) {
      const first = places.length;
      places.push(...trigger, undefined);
      kindOfEnd.set(places.length - 1, kind);
      enter(places, first, begin);
    }
  });

  // Bytes that no trigger tells apart share a column.
  const signatures = Array.from({ length: other + 1 }, (_, byte) => {
    const char = String.fromCharCode(byte);
    const number = isDigit(byte) ? 'd' : isSeparator(byte) ? 's' : 'x';
    return number + places.map(place => (place?.chars.includes(char) === true ? '1' : '0')).join('');
  });
  const classes = [...new Set(signatures)];
  const columns = classes.length;
  const classOf = new Uint8Array(256).fill(classes.indexOf(signatures[other]!));
  signatures.forEach((signature, byte) => (classOf[byte] = classes.indexOf(signature)));

  // Every state is also the beginning of everything, so states list only what is reached beyond it.
  const reach = (position: number, column: number, into: Set<number>): void => {
    if (classes[column]!.charCodeAt(position + 1) === 49) enter(places, position + 1, into);
  };
  const reachedAtOnce = classes.map((_, column) => {
    const reached = new Set<number>();
    for (const position of begin) reach(position, column, reached);
    return reached;
  });

  const states: State[] = [];
  const numberOf = new Map<string, number>();
  const numberFor = (inside: ReadonlySet<number>, numberDigits: number): number => {
    const sorted = [...inside].sort((a, b) => a - b);
    const key = `${numberDigits}:${sorted.join()}`;
    const known = numberOf.get(key);
    if (known !== undefined) return known;
    numberOf.set(key, states.length);
    states.push({ inside: sorted, numberDigits });
    return states.length - 1;
  };
  numberFor(new Set(), 0);
  const rows: number[] = [];
  for (let state = 0; state < states.length; state++) {
    const { inside, numberDigits } = states[state]!;
    classes.forEach((signature, column) => {
      const reached = new Set<number>(reachedAtOnce[column]);
      for (const position of inside) reach(position, column, reached);
      const kind = signature.charAt(0);
      const counted = kind === 'd' ? Math.min(numberDigits + 1, longNumberDigits + 1) : kind === 's' ? numberDigits : 0;
      rows.push(numberFor(reached, longNumber === -1 ? 0 : counted));
    });
  }

  const found = Uint32Array.from(states, ({ inside, numberDigits }) => {
    let bits = numberDigits === longNumberDigits ? 1 << longNumber : 0;
    for (const position of inside) {
      const kind = kindOfEnd.get(position);
      if (kind !== undefined) bits |= 1 << kind;
    }
    return bits;
  });
  const next = Int32Array.from(rows, state => (state * columns) | (found[state] === 0 ? 0 : ~stateMask));
  return { classOf, next, columns, kinds: found };
}

/** Notes that `position` is reached, and all behind it that can be reached by leaving places out. */
function enter(places: readonly (Place | undefined)[], position: number, into: Set<number>): void {
  for (let at = position; !into.has(at); at++) {
    into.add(at);
    const place = places[at];
    if (place === undefined || place.times === 'once') return;
  }
}

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

const isSeparator = (byte: number): boolean => byte === 32 || byte === 45;
