import { formatDuration } from '../format.js';

/** Longer than the server lets a query run: an answer that is not there by then is lost, and the next refresh asks anew. */
const patienceMs = 60_000;

/** Gives up, in words, on what does not answer. */
export async function inTime<Answer>(
  run: (signal: AbortSignal) => Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer> {
  const late = AbortSignal.timeout(patienceMs);
  try {
    return await run(AbortSignal.any([signal, late]));
  } catch (error) {
    if (!late.aborted || signal.aborted) throw error;
    throw new Error(`No answer came within ${formatDuration(patienceMs)}. Narrow the range, or ask for less.`, {
      cause: error,
    });
  }
}
