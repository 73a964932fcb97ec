import type { Detector } from '../detector.js';
import { shortPlace } from '../short-place.js';

/** Times that a request kept the event loop from everybody else. Short stalls are innocent, and so is a request that is merely slow. */
export const blockedEventLoop: Detector = {
  kind: 'blocked-event-loop',
  title: 'Blocked event loop',
  needs: 'spans (or span events) `nodejs.eventloop.stall`, as our SDK sends them',
  find({ trace, thresholds }) {
    const byPlace = new Map<string, { entry: number; place: string; spans: number[]; times: number; lostUs: number }>();
    for (const { span, durationUs, place } of trace.stalls) {
      if (durationUs < thresholds.stallMs * 1000) continue;
      const entry = trace.entry[span] ?? span;
      const key = `${entry}\n${place}`;
      const seen = byPlace.get(key) ?? { entry, place, spans: [], times: 0, lostUs: 0 };
      if (seen.spans.at(-1) !== span) seen.spans.push(span);
      seen.times++;
      seen.lostUs += durationUs;
      byPlace.set(key, seen);
    }
    return [...byPlace.values()].map(({ entry, place, spans, times, lostUs }) => ({
      entry,
      // Lines move with every release; the file stays.
      subject: shortPlace(place.replace(/:\d+$/, '')),
      spans,
      times,
      lostUs,
      facts: { place, stallMs: String(Math.round(lostUs / 1000)) },
    }));
  },
};
