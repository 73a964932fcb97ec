import { type ReceiverLink, ReceiverAway } from '../handover/receiver-link.js';

/** The link of a server to which no receiver has connected. */
export function serverSideLink(): ReceiverLink {
  return {
    connected: () => false,
    status: () => undefined,
    flush: () => Promise.reject(new ReceiverAway('no receiver is connected: start it with `bellwether up`')),
    onBlock: () => () => undefined,
  };
}
