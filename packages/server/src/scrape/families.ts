import type { FamilyItem, MetricType } from './exposition.js';
import type { Family } from './write-request.js';

/** Endings of a family's series, and the types that have them. */
const endings: readonly (readonly [string, readonly MetricType[]])[] = [
  ['_total', ['counter']],
  ['_bucket', ['histogram', 'gaugehistogram']],
  ['_count', ['histogram', 'summary', 'gaugehistogram']],
  ['_sum', ['histogram', 'summary', 'gaugehistogram']],
  ['_created', ['counter', 'histogram', 'summary']],
  ['_gcount', ['gaugehistogram']],
  ['_gsum', ['gaugehistogram']],
  ['_info', ['info']],
];

/** What a target says of its metric families. It is as large as the target's page. */
export class Families {
  readonly #known = new Map<string, Family>();
  readonly #noted = new Set<Family>();

  /** Begins a page: families that the page before did not name are forgotten. */
  begin(): void {
    for (const [name, family] of this.#known) if (!this.#noted.has(family)) this.#known.delete(name);
    this.#noted.clear();
  }

  note({ name, type, help, unit }: FamilyItem): void {
    let family = this.#known.get(name);
    if (family === undefined)
      this.#known.set(Buffer.from(name).toString(), (family = { type: 'unknown', help: '', unit: '' }));
    this.#noted.add(family);
    if (type !== undefined) family.type = type;
    if (help !== undefined && help !== family.help) family.help = Buffer.from(help.slice(0, maxHelp)).toString();
    if (unit !== undefined) family.unit = Buffer.from(unit).toString();
  }

  /** The family that a series of this name belongs to. */
  of(name: string): { readonly name: string; readonly family: Family } | undefined {
    const exact = this.#known.get(name);
    if (exact !== undefined) return { name, family: exact };
    for (const [ending, types] of endings) {
      if (!name.endsWith(ending)) continue;
      const stem = name.slice(0, -ending.length);
      const family = this.#known.get(stem);
      if (family !== undefined && types.includes(family.type)) return { name: stem, family };
    }
    return undefined;
  }
}

const maxHelp = 4000;
