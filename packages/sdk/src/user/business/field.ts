/** One fact of a business event: how it is called in code and on the wire, and what is accepted. The guide's table is made from these. */
export interface Field<T, Required extends boolean = boolean> {
  /** The attribute of the log record. */
  readonly attribute: string;
  readonly doc: string;
  /** What is accepted, in words: "should be …". */
  readonly shape: string;
  readonly required: Required;
  /** An event without it, or with what is not accepted, is refused; other fields that are not accepted are left out. */
  readonly strict: boolean;
  accepts(value: unknown): value is T;
}

/** Fields by the name they have in code. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

type ValueOf<F> = F extends Field<infer T> ? T : never;
type RequiredNames<F extends Fields> = { [K in keyof F]: F[K] extends Field<unknown, true> ? K : never }[keyof F];

/** What a caller passes for these fields. */
export type InputOf<F extends Fields> = { readonly [K in RequiredNames<F>]: ValueOf<F[K]> } & {
  readonly [K in Exclude<keyof F, RequiredNames<F>>]?: ValueOf<F[K]> | undefined;
};

/** The field has to be there. */
export function required<T>(field: Field<T, false>): Field<T, true> {
  return { ...field, required: true, strict: true };
}

const maxTextChars = 256;

export function text(attribute: string, doc: string, maxChars = maxTextChars): Field<string, false> {
  return {
    ...optional(attribute, doc, `a text of 1 to ${maxChars} characters`),
    accepts: (value): value is string => typeof value === 'string' && value !== '' && value.length <= maxChars,
  };
}

export function choice<const C extends readonly string[]>(
  attribute: string,
  doc: string,
  choices: C,
): Field<C[number], false> {
  return {
    ...optional(attribute, doc, `one of ${choices.join(', ')}`),
    accepts: (value): value is C[number] => typeof value === 'string' && choices.includes(value),
  };
}

/** A whole number of at least `least`. */
export function count(attribute: string, doc: string, least = 0): Field<number, false> {
  return {
    ...optional(attribute, doc, `a whole number of at least ${least}`),
    accepts: (value): value is number => isWhole(value) && value >= least,
  };
}

export function quantity(attribute: string, doc: string): Field<number, false> {
  return {
    ...optional(attribute, doc, 'a finite number'),
    accepts: (value): value is number => typeof value === 'number' && Number.isFinite(value),
  };
}

/** Time that passed, of at least 0. */
export function duration(attribute: string, doc: string): Field<number, false> {
  return {
    ...optional(attribute, doc, 'a number of at least 0'),
    accepts: (value): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0,
  };
}

export function flag(attribute: string, doc: string): Field<boolean, false> {
  return {
    ...optional(attribute, doc, 'true or false'),
    accepts: (value): value is boolean => typeof value === 'boolean',
  };
}

/** Money in the smallest unit of its currency: cents, yen. Never a fraction: what has been rounded cannot be added up. */
export function minorUnits(attribute: string, doc: string): Field<number, false> {
  return {
    ...optional(attribute, doc, 'a whole number of minor units of at least 0 (1999 for 19.99 EUR)'),
    strict: true,
    accepts: (value): value is number => isWhole(value) && value >= 0,
  };
}

/** ISO 4217, as the ICU of this Node knows it. */
export function currencyCode(attribute: string, doc: string): Field<string, false> {
  return {
    ...optional(attribute, doc, 'an ISO 4217 code such as EUR'),
    strict: true,
    accepts: (value): value is string =>
      typeof value === 'string' && /^[A-Z]{3}$/.test(value) && knownCurrencies().has(value),
  };
}

let currencies: ReadonlySet<string> | undefined;

function knownCurrencies(): ReadonlySet<string> {
  currencies ??= new Set(Intl.supportedValuesOf('currency'));
  return currencies;
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

function optional(attribute: string, doc: string, shape: string) {
  return { attribute, doc, shape, required: false, strict: false } as const;
}
