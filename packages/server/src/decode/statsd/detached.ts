/**
 * The same text as a string of its own. What is cut out of a string keeps all of it in memory; a name that is kept for a day would keep its line of
 * perhaps 64 KiB.
 */
export function detached(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
