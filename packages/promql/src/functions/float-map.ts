import type { MapFunction } from './define.js';

/** A function of each float on its own; histograms are left out. */
export function floatMap(name: string, doc: string, map: MapFunction['map']): MapFunction {
  return { kind: 'map', name, doc, map };
}
