import { refusalHeaders, type Answer } from '../base/http.js';
import type { Refusal } from '../base/refusal.js';

/** A refusal as a line of text, for senders that log what they hear. */
export function refuseAsText(refusal: Refusal): Answer {
  return {
    status: refusal.facts.status,
    headers: { ...refusalHeaders(refusal), 'content-type': 'text/plain; charset=utf-8' },
    body: `${refusal.text}\n`,
  };
}
