import { setTimeout as sleep } from 'node:timers/promises';
import { type SentOnes, testTexts } from './one-of-each.js';

export interface LookUpResult {
  readonly lines: readonly string[];
  /** False when the server has not shown something that it took. */
  readonly isComplete: boolean;
}

const pagesPort = 4300;
const waitMs = 10_000;
const askMs = 3000;

/**
 * Asks Bellwether's server for what its receiver took, until all is there. Whether there is such a server, and where, is known only by convention: it has port 4300 of the same
 * host unless told otherwise. Where none answers, that is said, and is no fault.
 */
export async function lookUp(
  sent: SentOnes,
  { url, pages }: { readonly url: URL; readonly pages: string | undefined },
): Promise<LookUpResult> {
  const base = pages ?? `${url.protocol}//${url.hostname}:${pagesPort}`;
  if (!(await isBellwether(base))) {
    const hint = pages === undefined ? ' If the pages are elsewhere, name them with --pages.' : '';
    return {
      lines: [`Whether they can be seen was not checked: no Bellwether server answers at ${base}.${hint}`],
      isComplete: pages === undefined,
    };
  }
  const questions = questionsAbout(sent);
  const waiting = new Set(questions);
  const untilMs = Date.now() + waitMs;
  while (waiting.size > 0 && Date.now() < untilMs) {
    for (const question of waiting) {
      const answer = await ask(base + question.path);
      if (answer?.includes(question.shows) === true) waiting.delete(question);
    }
    if (waiting.size > 0) await sleep(300);
  }
  const lines = questions.map(question =>
    waiting.has(question)
      ? `The ${question.what} was taken, but could not be seen within ${waitMs / 1000} seconds. At the server, run: npx bellwether doctor.`
      : `The ${question.what} can be seen: ${base}${question.page}`,
  );
  return { lines, isComplete: waiting.size === 0 };
}

interface Question {
  readonly what: string;
  readonly path: string;
  /** What the answer holds when it is there. */
  readonly shows: string;
  readonly page: string;
}

function questionsAbout({ traceId, service, sinceUnixMs }: SentOnes): readonly Question[] {
  const window = `from=${sinceUnixMs - 60_000}&to=${sinceUnixMs + 600_000}`;
  const lines = encodeURIComponent(`trace_id:${traceId}`);
  const line = (what: string, shows: string): Question => ({
    what,
    path: `/api/bw/v1/logs?${window}&q=${lines}`,
    shows,
    page: `/logs?q=${lines}`,
  });
  const promName = testTexts.metric.replaceAll('.', '_');
  const expression = encodeURIComponent(`{__name__=~"${promName}.*",job="${service}"}`);
  return [
    { what: 'trace', path: `/api/bw/v1/traces/${traceId}`, shows: testTexts.span, page: `/traces/${traceId}` },
    line('error', testTexts.error),
    line('log line', testTexts.log),
    line('business event', testTexts.event),
    {
      what: 'metric',
      path: `/api/v1/series?match[]=${expression}&start=${(sinceUnixMs - 60_000) / 1000}&end=${(sinceUnixMs + 600_000) / 1000}`,
      shows: promName,
      page: `/metrics?q=${expression}`,
    },
  ];
}

async function isBellwether(base: string): Promise<boolean> {
  return (await ask(`${base}/api/bw/v1/services?from=0&to=1`)) !== undefined;
}

/** The text of a successful answer. */
async function ask(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(askMs), redirect: 'error' });
    const text = await answer.text();
    return answer.ok && (answer.headers.get('content-type') ?? '').includes('json') ? text : undefined;
  } catch {
    return undefined;
  }
}
