import {
  type Difference,
  type DifferenceValue,
  type FieldRef,
  type SearchSignal,
  printSearch,
} from '@bellwether/model';
import { type Distribution, numberGap } from './number-gap.js';
import { type RowSketch, overlap } from './row-sketch.js';
import { standardErrors, surelyApart } from './share-gap.js';

/** One side of a comparison, as far as it was looked at. */
export interface ComparedSide {
  /** Each row stands for as many as its weight. */
  readonly weight: number;
  /** So many independent observations the rows are worth: rows of one trace are one. */
  readonly observations: number;
}

export interface CountedValue {
  readonly value: string;
  readonly selectedRows: number;
  readonly referenceRows: number;
  readonly selectedWeight: number;
  readonly referenceWeight: number;
  readonly sketch: RowSketch;
}

/** What the rows of both sides say under one key. */
export interface CountedKey extends Omit<CountedValue, 'value'> {
  readonly field: FieldRef;
  /** Told by the resource, which all that a process sends shares. */
  readonly isOfResource: boolean;
  readonly differentValues: number;
  /** How many values were frequent enough to be compared. */
  readonly comparedValues: number;
  /** The frequent ones; longer texts than `longestValue` are cut there. */
  readonly values: readonly CountedValue[];
  /** When its values are numbers. */
  readonly numbers: { readonly selected: Distribution; readonly reference: Distribution } | undefined;
}

/** Texts are compared by their beginning. */
export const longestValue = 200;

/** Chance alone claims a difference once in a hundred lists. */
const chanceOfClaim = 0.01;
/** Shares that lie closer are no explanation, however sure. */
const leastGap = 0.05;
const leastSurelyApart = 0.02;
const mostListed = 20;
const mostValues = 8;
const mostAlso = 8;
/** Values that stand on so much of the same rows say the same. */
const sameRows = 0.85;
/** A value that tells nearly as much as the mere presence of its key tells more. */
const asGoodAsPresence = 0.8;
/** Numbers of few different values are names, as status codes are. */
const fewNumbers = 12;

interface Candidate extends Difference {
  readonly counted: CountedKey;
  readonly sketch: RowSketch;
}

/** Every key's best distinction, those that say the same folded, the surest first. `compared`: how many were tried. */
export function rankDifferences(
  keys: readonly CountedKey[],
  sides: { readonly selected: ComparedSide; readonly reference: ComparedSide },
  signal: SearchSignal,
): { readonly differences: Difference[]; readonly compared: number } {
  const compared = keys.reduce((sum, key) => sum + key.comparedValues + (key.numbers === undefined ? 1 : 2), 0);
  const chance = chanceOfClaim / Math.max(compared, 1);
  const judge = new Judge(sides, chance, signal);
  const found = keys
    .flatMap(key => judge.best(key) ?? [])
    .sort((a, b) => b.surelyApart - a.surelyApart || compareText(a.key, b.key));
  return { differences: folded(found).slice(0, mostListed), compared };
}

class Judge {
  readonly #selected: ComparedSide;
  readonly #reference: ComparedSide;
  readonly #chance: number;
  readonly #errors: number;
  readonly #signal: SearchSignal;

  constructor(
    { selected, reference }: { readonly selected: ComparedSide; readonly reference: ComparedSide },
    chance: number,
    signal: SearchSignal,
  ) {
    this.#selected = selected;
    this.#reference = reference;
    this.#chance = chance;
    this.#errors = standardErrors(chance);
    this.#signal = signal;
  }

  best(counted: CountedKey): Candidate | undefined {
    const values = counted.values
      .map(value => this.#value(counted, value))
      .sort((a, b) => b.surelyApart - a.surelyApart || gap(b) - gap(a) || compareText(a.value, b.value));
    const value = preferred(values);
    const presence = preferred([this.#presence(counted)]);
    const number = preferred(this.#number(counted));
    const telling =
      value !== undefined && value.surelyApart >= asGoodAsPresence * (presence?.surelyApart ?? 0) ? value : presence;
    const isName = counted.differentValues <= fewNumbers;
    const best =
      number !== undefined && (telling === undefined || (!isName && number.surelyApart >= telling.surelyApart))
        ? number
        : telling;
    if (best === undefined) return undefined;
    return {
      ...best,
      values: values.slice(0, mostValues).map(({ value, selectedShare, referenceShare, term }): DifferenceValue => {
        return { value, selectedShare, referenceShare, term };
      }),
    };
  }

  #value(counted: CountedKey, value: CountedValue): Candidate {
    const pattern = value.value.length < longestValue ? ([value.value] as const) : ([value.value, ''] as const);
    const term = printSearch({ kind: 'match', field: counted.field, patterns: [pattern], place }, this.#signal);
    const selectedShare = value.selectedWeight / this.#selected.weight;
    const referenceShare = value.referenceWeight / this.#reference.weight;
    return { ...this.#candidate(counted, value, { selectedShare, referenceShare }), kind: 'value', term };
  }

  /** A key that one side has and the other lacks, whatever its value. */
  #presence(counted: CountedKey): Candidate {
    const has = counted.selectedWeight / this.#selected.weight;
    const hadByReference = counted.referenceWeight / this.#reference.weight;
    const isPresent = has >= hadByReference;
    const node = { kind: 'has', field: counted.field, place } as const;
    return {
      ...this.#candidate(
        counted,
        { ...counted, value: '' },
        {
          selectedShare: isPresent ? has : 1 - has,
          referenceShare: isPresent ? hadByReference : 1 - hadByReference,
        },
      ),
      kind: isPresent ? 'present' : 'absent',
      term: printSearch(isPresent ? node : { kind: 'not', node }, this.#signal),
    };
  }

  /** Of those that have the number at all. */
  #number(counted: CountedKey): readonly Candidate[] {
    const { numbers } = counted;
    if (numbers === undefined) return [];
    const selected = { ...numbers.selected, of: this.#having(this.#selected, counted.selectedWeight) };
    const reference = { ...numbers.reference, of: this.#having(this.#reference, counted.referenceWeight) };
    const { cut, selectedShare, referenceShare, surelyApart } = numberGap(selected, reference, this.#chance);
    const isAbove = selectedShare >= referenceShare;
    const text = counted.field.key === 'duration' ? durationText(cut) : String(cut);
    const operator = isAbove ? '>' : '<=';
    return [
      {
        ...this.#candidate(
          counted,
          { ...counted, value: String(cut), sketch: [] },
          {
            selectedShare: isAbove ? selectedShare : 1 - selectedShare,
            referenceShare: isAbove ? referenceShare : 1 - referenceShare,
          },
        ),
        surelyApart,
        kind: isAbove ? 'above' : 'below',
        term: printSearch({ kind: 'compare', field: counted.field, operator, text, number: cut, place }, this.#signal),
        quantiles: { selected: twentieths(numbers.selected), reference: twentieths(numbers.reference) },
      },
    ];
  }

  #having({ weight, observations }: ComparedSide, having: number): number {
    return weight === 0 ? 0 : observations * (having / weight);
  }

  #candidate(
    counted: CountedKey,
    { value, selectedRows, referenceRows, sketch }: CountedValue,
    shares: { readonly selectedShare: number; readonly referenceShare: number },
  ): Omit<Candidate, 'kind' | 'term'> {
    return {
      counted,
      sketch,
      key: printedKey(counted.field),
      value,
      ...shares,
      surelyApart: surelyApart(
        { share: shares.selectedShare, of: this.#selected.observations },
        { share: shares.referenceShare, of: this.#reference.observations },
        this.#errors,
      ),
      selectedCount: selectedRows,
      referenceCount: referenceRows,
      also: [],
      values: [],
      quantiles: null,
    };
  }
}

const place = { from: 0, to: 0 };

function printedKey(field: FieldRef): string {
  return field.source === 'resource' ? `resource.${field.key}` : field.key;
}

function gap({ selectedShare, referenceShare }: DifferenceValue): number {
  return selectedShare - referenceShare;
}

/** What the selected have more often says more than what they lack. */
function preferred(candidates: readonly Candidate[]): Candidate | undefined {
  const sure = candidates.filter(
    candidate => candidate.surelyApart >= leastSurelyApart && Math.abs(gap(candidate)) >= leastGap,
  );
  return sure.find(candidate => gap(candidate) > 0) ?? sure[0];
}

/** 5, 10, ... 95 of 100, out of 41 quantiles. */
function twentieths({ quantiles }: Distribution): number[] {
  return Array.from({ length: 19 }, (_, i) => quantiles[(i + 1) * 2] ?? 0);
}

/** As the search language takes it. */
function durationText(ms: number): string {
  return ms >= 1 && Number.isInteger(ms) ? `${ms}ms` : `${Math.max(1, Math.round(ms * 1e6))}ns`;
}

/** What stands on the same rows as something surer becomes a note to it; of those that say the same, the best known name speaks. */
function folded(found: readonly Candidate[]): Difference[] {
  const groups: Candidate[][] = [];
  for (const candidate of found) {
    const same = groups.find(([first]) => first !== undefined && saysTheSame(first, candidate));
    if (same === undefined) groups.push([candidate]);
    else same.push(candidate);
  }
  return groups.flatMap(group => {
    const [speaker, ...others] = group.toSorted((a, b) => fame(a) - fame(b) || a.key.length - b.key.length);
    if (speaker === undefined) return [];
    const { counted: _, sketch: __, ...difference } = speaker;
    const also = others.slice(0, mostAlso).map(({ key, value, term }) => ({ key, value, term }));
    return [{ ...difference, also }];
  });
}

function saysTheSame(a: Candidate, b: Candidate): boolean {
  if (a.quantiles !== null && b.quantiles !== null)
    return JSON.stringify(a.quantiles) === JSON.stringify(b.quantiles) && a.value === b.value;
  return a.sketch.length > 0 && b.sketch.length > 0 && overlap(a.sketch, b.sketch) >= sameRows;
}

function fame({ counted }: Candidate): number {
  if (counted.field.source === 'builtin') return 0;
  return counted.isOfResource ? 2 : 1;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
