import { isFileRoute } from '../file-route.js';
import type { Detector, Found } from '../detector.js';
import { durationUs, factOf, numberOf, type TraceSpans } from '../trace-spans.js';

/** Messages go through a broker that keeps each in memory. */
const messageShare = 0.25;

/** An answer, a request or a message that is too large. Innocent are files, exports and media. */
export const oversizedPayload: Detector = {
  kind: 'oversized-payload',
  title: 'Oversized payload',
  needs: '`http.response.body.size`, `http.request.body.size` or `messaging.message.body.size`',
  find({ trace, thresholds }) {
    const found: Found[] = [];
    const answered = new Set(trace.parent.filter((_, span) => trace.kind[span] === 2));
    for (let span = 0; span < trace.count; span++) {
      const large = largest(trace, span, thresholds.payloadBytes);
      if (large === undefined || trace.isError[span] === 1 || isFileRoute(trace, span)) continue;
      // Of a call between two services that both tell, the server is the one to mend it.
      if (answered.has(span)) continue;
      const route = factOf(trace, span, 'http.route') || (trace.name[span] ?? '');
      found.push({
        entry: trace.entry[span] ?? span,
        subject: `${large.what} ${route}`,
        spans: [span],
        times: 1,
        lostUs: durationUs(trace, span) * (1 - thresholds.payloadBytes / large.bytes),
        facts: { what: large.what, bytes: String(large.bytes), route, place: '' },
      });
    }
    return found;
  },
};

function largest(
  trace: TraceSpans,
  span: number,
  limit: number,
): { readonly what: string; readonly bytes: number } | undefined {
  const answer = numberOf(trace, span, 'http.response.body.size', 'http.response_content_length') ?? 0;
  const request = numberOf(trace, span, 'http.request.body.size', 'http.request_content_length') ?? 0;
  const message = numberOf(trace, span, 'messaging.message.body.size') ?? 0;
  if (answer >= limit && answer >= request) return { what: 'answer', bytes: answer };
  if (request >= limit) return { what: 'request', bytes: request };
  return message >= limit * messageShare ? { what: 'message', bytes: message } : undefined;
}
