import { isAllowed } from '../keyless.js';
import { listenTcp } from '../listen-tcp.js';
import type { PortProtocol } from '../protocol.js';
import { FluentConnection } from './connection.js';
import { answerHeartbeats } from './heartbeats.js';
import { notAllowed, refuseFluent, tooMany } from './refuse.js';

/**
 * Fluentd's forward protocol.
 *
 * What is sent with a `chunk` is acknowledged when it is on disk, and kept once however often it is sent. Whatever comes without is on disk before more is
 * read from its connection, so a full log makes senders wait. A connection that sends what can not be read is closed: nobody knows where the next message begins.
 */
export const fluent: PortProtocol = {
  name: 'fluent',
  what: 'Fluentd’s forward protocol',
  transport: 'tcp',
  async listen(address, deps) {
    const tcp = await listenTcp(address, {
      what: 'Fluentd’s forward protocol',
      isAllowed(from) {
        const allowed = isAllowed(from, deps.keyless);
        if (!allowed) refuseFluent(notAllowed, from, deps);
        return allowed;
      },
      tooMany: from => refuseFluent(tooMany, from, deps),
      serve: (socket, signal) => new FluentConnection(socket, deps, signal).serve(),
      bug: deps.bug,
      log: deps.log,
    });
    const heartbeats = answerHeartbeats({ ...address, port: tcp.port }, deps);
    return {
      port: tcp.port,
      async stop(graceMs) {
        heartbeats.close();
        await tcp.stop(graceMs);
      },
    };
  },
};
