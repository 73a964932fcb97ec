import { cardNumber } from './card-number.js';
import type { Detector } from './detector.js';
import { stateMask, triggerScan, type TriggerScan } from './trigger-scan.js';

/** What a scan is told of each thing it replaces. */
export type Counted = (detector: Detector) => void;

/** Looks for what some detectors recognise. Making one costs some milliseconds; scanning costs a table look-up per byte where there is nothing. */
export class ShapeScan {
  private readonly detectors: readonly Detector[];
  private readonly scan: TriggerScan;

  constructor(detectors: readonly Detector[]) {
    this.detectors = detectors;
    this.scan = triggerScan(
      detectors.map(({ triggers }) => triggers),
      detectors.indexOf(cardNumber),
    );
  }

  /** Whether a closer look is worth it. The hot path of ingest: `bench/enrich/micro.mjs` shows its cost. */
  isSuspicious(bytes: Uint8Array, from: number, length: number): boolean {
    const { next, classOf } = this.scan;
    const end = from + length;
    let state = 0;
    for (let i = from; i < end; i++) {
      state = next[state + classOf[bytes[i]!]!]!;
      if (state < 0) return true;
    }
    return false;
  }

  /**
   * The text without what was found. `tell` hears of every find; where it is one of `onlyCount`, the text stays. Detectors in `without` are not asked.
   */
  replace(text: string, tell: Counted, without: ReadonlySet<Detector>, onlyCount: ReadonlySet<Detector>): string {
    const { next, classOf, columns, kinds } = this.scan;
    let out = '';
    let copied = 0;
    let counted = 0;
    let state = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      state = next[state + classOf[code < 128 ? code : 128]!]!;
      if (state >= 0) continue;
      state &= stateMask;
      const bits = kinds[state / columns]!;
      for (let kind = 0; kind < this.detectors.length; kind++) {
        if ((bits & (1 << kind)) === 0) continue;
        const detector = this.detectors[kind]!;
        if (without.has(detector)) continue;
        const found = detector.find(text, i + 1);
        if (found === undefined || found.from < copied || found.to < i) continue;
        if (onlyCount.has(detector)) {
          // The same find may have several triggers.
          if (found.from >= counted) tell(detector);
          counted = Math.max(counted, found.to);
          continue;
        }
        tell(detector);
        out += text.slice(copied, found.from) + found.put;
        copied = found.to;
        i = Math.max(i, found.to - 1);
        state = 0;
        break;
      }
    }
    return copied === 0 ? text : out + text.slice(copied);
  }
}
