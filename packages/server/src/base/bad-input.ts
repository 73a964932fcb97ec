/**
 * Input from outside that can never succeed as it is. Thrown at the edge; one place in `base/http.ts` turns it into a 400.
 * `message` tells the sender what to change; it never quotes more than a few characters of what was sent.
 */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}
