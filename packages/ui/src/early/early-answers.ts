/** When this document was opened: the page's first "now", so that what was asked early is what the page asks. */
export const openedMs = Date.now();

/** An answer that nobody took by then is too old to be shown. */
const keptMs = 10_000;

const answers = new Map<string, Promise<Response>>();

/** Asks while the page's scripts are still being read; `takeEarlyAnswer` has what comes. Both leave a mark in the browser's timeline. */
export function askEarly(urls: readonly string[]): void {
  for (const url of urls) {
    performance.mark('early question', { detail: url });
    const answer = fetch(url, { headers: { accept: 'application/json' } });
    answers.set(url, answer);
    // A failure is not kept: who asks later asks anew. Whoever took it before hears of it.
    const drop = (): boolean => answers.delete(url);
    answer.then(({ ok }) => ok || drop(), drop);
  }
  setTimeout(() => answers.clear(), keptMs);
}

/** What was asked early with that very address, once; undefined when nothing was. */
export function takeEarlyAnswer(url: string): Promise<Response> | undefined {
  const answer = answers.get(url);
  if (answer === undefined) return undefined;
  answers.delete(url);
  performance.mark('early answer taken', { detail: url });
  return answer;
}
