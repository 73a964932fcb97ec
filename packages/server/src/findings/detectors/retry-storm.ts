import { groupCalls, placeOf, type QueryCall, type RemoteCall } from '../calls.js';
import type { Detector, Found } from '../detector.js';
import { median, pausesUs } from '../repeated-calls.js';
import { busyUs, factOf, mostAtOnce, type TraceSpans } from '../trace-spans.js';

const leastTries = 4;
const leastFailures = 3;
/** Who waits longer between two tries gives the other side time. */
const patientUs = 250_000;
/** So many tries are a storm however long the pauses are. */
const endless = 12;

/** The same call again and again although it fails, without giving the other side time. Innocent are pauses that grow, few tries, polls that are told "not yet", and other things that fail besides. */
export const retryStorm: Detector = {
  kind: 'retry-storm',
  title: 'Retry storm',
  needs: 'client spans with status or error',
  find({ trace, calls }) {
    const remote = groupCalls(calls.remote, ({ method, host, url }) => `${method} ${host}${url.whole}`);
    const queries = groupCalls(calls.queries, ({ shape }) => shape);
    return [
      ...remote.flatMap(group =>
        stormOf(
          trace,
          group,
          call => isTransient(trace, call),
          ({ title }) => title,
        ),
      ),
      ...queries.flatMap(group =>
        stormOf(
          trace,
          group,
          ({ span }) => trace.isError[span] === 1 && !isRefused(trace, span),
          ({ summary }) => summary,
        ),
      ),
    ];
  },
};

/** Failures that a second try may mend: none of the answer, too busy, or broken. */
function isTransient(trace: TraceSpans, { span, status }: RemoteCall): boolean {
  if (status === 0) return trace.isError[span] === 1;
  return status >= 500 || status === 429 || status === 408;
}

/** What the database refuses since it does not fit (a key that is there, a value out of range, a wrong statement) is refused of other rows, too: that is no second try. */
const isRefused = (trace: TraceSpans, span: number): boolean =>
  /^(?:22|23|42)[0-9A-Z]{3}$|^ER_(?:DUP|DATA|NO_REF|ROW_IS_REF|BAD_NULL|TRUNC)|^(?:1062|1406|1452|11000)$|constraint|unique|duplicate/i.test(
    factOf(trace, span, 'db.response.status_code', 'error.type').slice(0, 200),
  );

function stormOf<Call extends QueryCall | RemoteCall>(
  trace: TraceSpans,
  group: readonly Call[],
  failed: (call: Call) => boolean,
  subjectOf: (call: Call) => string,
): readonly Found[] {
  const [first] = group;
  const failures = group.filter(failed);
  if (first === undefined || group.length < leastTries || failures.length < leastFailures) return [];
  const at = group.findIndex(failed);
  const run = group.slice(at);
  // Tries follow each other; all but the last failed.
  if (run.length < leastTries || run.slice(0, -1).filter(call => !failed(call)).length > 0) return [];
  const spans = run.map(({ span }) => span);
  if (mostAtOnce(trace, spans) > 1) return [];
  const pauses = pausesUs(trace, spans);
  if (run.length < endless && (median(pauses) >= patientUs || grows(pauses))) return [];
  return [
    {
      entry: first.entry,
      subject: subjectOf(first),
      spans,
      times: run.length,
      lostUs: busyUs(trace, spans.slice(1)),
      facts: {
        tries: String(run.length),
        pauseMs: String(Math.round(median(pauses) / 1000)),
        ...('peer' in first && { peer: first.peer }),
        host: 'host' in first ? first.host : factOf(trace, first.span, 'server.address'),
        place: placeOf(trace, spans),
      },
    },
  ];
}

/** Pauses that get longer, but for the chance that is in them. */
function grows(pauses: readonly number[]): boolean {
  const first = pauses[0] ?? 0;
  const last = pauses.at(-1) ?? 0;
  const steps = pauses.slice(1).filter((pause, i) => pause > (pauses[i] ?? 0)).length;
  return last >= 50_000 && last >= first * 2 && steps >= (pauses.length - 1) * 0.6;
}
