import type { PGlite } from '@electric-sql/pglite';

const syncMessage = Uint8Array.of(0x53, 0, 0, 0, 4);

/** Message types after which the backend is still in the middle of an extended query: Parse, Bind, Close, Describe, Execute, Flush. */
const opening = new Set([...'PBCDEH'].map(letter => letter.charCodeAt(0)));

/**
 * Makes the socket server keep the messages of one extended query together.
 *
 * PGlite is one backend, and its socket server queues message by message: between the Parse and the Bind of one client
 * it would run the Parse of another, and both use the one unnamed statement, so that a client could get the rows of a
 * stranger's query. The server does hold its queue for one client while a transaction is open, so an open exchange
 * (until Sync) is reported to it as one.
 */
export function holdExchanges(db: PGlite): void {
  const isInTransaction = db.isInTransaction.bind(db);
  const execProtocolRawStream = db.execProtocolRawStream.bind(db);
  const exec = db.exec.bind(db);
  let open = false;

  db.isInTransaction = () => open || isInTransaction();
  db.execProtocolRawStream = (message, options) => {
    open = opening.has(message[0] ?? 0);
    return execProtocolRawStream(message, options);
  };
  // The server calls this for the ROLLBACK of a client that went away; what it left half said is ended first.
  db.exec = async (query, options) => {
    if (open) await execProtocolRawStream(syncMessage, { onRawData() {} });
    open = false;
    return isInTransaction() || !/^rollback$/i.test(query.trim()) ? exec(query, options) : [];
  };
}
