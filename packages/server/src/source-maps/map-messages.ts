import type { MappedPlace, Position } from './place-in-map.js';

/** What goes to the thread that reads maps; the body is compressed with gzip. Without positions it is asked what the map is. */
export interface MapQuestion {
  readonly id: number;
  readonly body: Uint8Array;
  readonly positions: readonly Position[] | undefined;
}

/** What comes back. */
export type MapAnswer =
  | { readonly id: number; readonly kind: 'places'; readonly places: readonly (MappedPlace | undefined)[] }
  | {
      readonly id: number;
      readonly kind: 'map';
      readonly debugId: string;
      readonly sources: number;
      readonly hasContent: boolean;
    }
  | { readonly id: number; readonly kind: 'bad'; readonly why: string };
