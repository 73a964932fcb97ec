import { parentPort } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import type { MapAnswer, MapQuestion } from './map-messages.js';
import { BadMap, placesInMap, readSourceMap } from './place-in-map.js';

/** More than a map may have when it is uploaded. */
const maxMapBytes = 128 * 1_048_576;

parentPort?.on('message', (question: MapQuestion) => parentPort?.postMessage(answerTo(question), []));

function answerTo({ id, body, positions }: MapQuestion): MapAnswer {
  try {
    const map = readSourceMap(gunzipSync(body, { maxOutputLength: maxMapBytes }).toString('utf8'));
    if (positions !== undefined) return { id, kind: 'places', places: placesInMap(map, positions) };
    // What is broken is told to whoever uploads it, not to whoever reads a stack.
    placesInMap(map, [{ line: Number.MAX_SAFE_INTEGER, column: 1 }]);
    return {
      id,
      kind: 'map',
      debugId: map.debugId.toLowerCase(),
      sources: map.sections.reduce((sum, section) => sum + section.map.sources.length, 0),
      hasContent: map.sections.some(section =>
        (section.map.sourcesContent ?? []).some(text => typeof text === 'string'),
      ),
    };
  } catch (error) {
    return { id, kind: 'bad', why: error instanceof BadMap ? error.message : 'it can not be read' };
  }
}
