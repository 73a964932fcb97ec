import { once } from 'node:events';
import { createRequire } from 'node:module';
import net, { type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { matrixFolder } from './matrix.js';
import type { Peer } from './peers.js';

type Document = Record<string, unknown>;
interface Bson {
  serialize(document: Document): Uint8Array;
  deserialize(bytes: Uint8Array): Document;
  readonly Long: { fromNumber(value: number): unknown };
}

const opReply = 1;
const opQuery = 2004;
const opMsg = 2013;
const documentsPerBatch = 2;

/**
 * What speaks MongoDB's wire protocol (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/) well enough for drivers: collections in memory, `find` by equality in
 * batches of two, `getMore`, `insert` with unique `_id`, `update`, `delete`, `count`, `aggregate` (the whole collection), and `sleep`. There is no MongoDB in Debian.
 */
export async function startMongoPeer(): Promise<Peer> {
  // bson comes with the driver that the matrix installs.
  const bson = createRequire(join(matrixFolder, 'current/package.json'))('bson') as Bson;
  const collections = new Map<string, Document[]>();
  const cursors = new Map<string, { readonly rest: Document[] }>();
  const sockets = new Set<Socket>();
  let cursorIds = 1;

  const collection = (name: unknown): Document[] => {
    const key = String(name);
    const known = collections.get(key) ?? [];
    collections.set(key, known);
    return known;
  };
  const matches = (document: Document, filter: unknown): boolean =>
    Object.entries((filter ?? {}) as Document).every(
      ([key, value]) => typeof value === 'object' || document[key] === value,
    );
  const cursor = (name: string, found: Document[], batch: string, id = 0): Document => {
    const now = found.slice(0, documentsPerBatch);
    const rest = found.slice(documentsPerBatch);
    const key = id === 0 && rest.length > 0 ? cursorIds++ : id;
    if (rest.length > 0) cursors.set(String(key), { rest });
    return { cursor: { id: bson.Long.fromNumber(rest.length > 0 ? key : 0), ns: `shop.${name}`, [batch]: now }, ok: 1 };
  };

  async function answer(command: Document): Promise<Document> {
    const [name = ''] = Object.keys(command);
    const of = String(command[name]);
    switch (name) {
      case 'hello':
      case 'isMaster':
      case 'ismaster':
        return {
          ismaster: true,
          isWritablePrimary: true,
          helloOk: true,
          maxBsonObjectSize: 16_777_216,
          maxMessageSizeBytes: 48_000_000,
          maxWriteBatchSize: 100_000,
          logicalSessionTimeoutMinutes: 30,
          minWireVersion: 0,
          maxWireVersion: 21,
          ok: 1,
        };
      case 'find':
        return cursor(
          of,
          collection(of).filter(document => matches(document, command['filter'])),
          'firstBatch',
        );
      case 'aggregate':
        return cursor(of, [...collection(of)], 'firstBatch');
      case 'getMore': {
        const known = cursors.get(of);
        return cursor(String(command['collection']), known?.rest ?? [], 'nextBatch', Number(of));
      }
      case 'insert': {
        const documents = command['documents'] as Document[];
        const into = collection(of);
        const taken = documents.findIndex(({ _id }) => into.some(other => String(other['_id']) === String(_id)));
        if (taken >= 0) {
          const errmsg = `E11000 duplicate key error secret ${String(documents[taken]?.['_id'])}`;
          return { n: 0, writeErrors: [{ index: taken, code: 11_000, errmsg }], ok: 1 };
        }
        into.push(...documents);
        return { n: documents.length, ok: 1 };
      }
      case 'update': {
        const [{ q, u }] = command['updates'] as [{ q: Document; u: { $set?: Document } }];
        const found = collection(of).filter(document => matches(document, q));
        for (const document of found) Object.assign(document, u.$set);
        return { n: found.length, nModified: found.length, ok: 1 };
      }
      case 'delete': {
        const [{ q }] = command['deletes'] as [{ q: Document }];
        const kept = collection(of).filter(document => !matches(document, q));
        const n = collection(of).length - kept.length;
        collections.set(of, kept);
        return { n, ok: 1 };
      }
      case 'count':
        return { n: collection(of).length, ok: 1 };
      case 'listCollections':
        return cursor(
          '$cmd.listCollections',
          [...collections.keys()].map(name => ({ name, type: 'collection' })),
          'firstBatch',
        );
      case 'sleep':
        await new Promise(resolve => setTimeout(resolve, Number(command['ms'])));
        return { ok: 1 };
      case 'ping':
      case 'endSessions':
      case 'killCursors':
      case 'createIndexes':
      case 'create':
        return { ok: 1 };
      default:
        return { ok: 0, code: 59, codeName: 'CommandNotFound', errmsg: `no such command: '${name}'` };
    }
  }

  async function handle(socket: Socket, request: Buffer): Promise<void> {
    const id = request.readInt32LE(4);
    if (request.readInt32LE(12) === opQuery) {
      const after = request.indexOf(0, 20) + 1 + 8;
      const reply = await answer(bson.deserialize(request.subarray(after)));
      const head = Buffer.alloc(20);
      head.writeInt32LE(1, 16);
      socket.write(message(id, opReply, [head, bson.serialize(reply)]));
      return;
    }
    const command: Document = {};
    for (let at = 20; at < request.length;) {
      const kind = request[at++];
      const length = request.readInt32LE(at);
      if (kind === 0) {
        Object.assign(command, bson.deserialize(request.subarray(at, at + length)));
      } else {
        const nameEnd = request.indexOf(0, at + 4);
        const documents: Document[] = [];
        for (let from = nameEnd + 1; from < at + length; from += request.readInt32LE(from))
          documents.push(bson.deserialize(request.subarray(from, from + request.readInt32LE(from))));
        command[request.toString('utf8', at + 4, nameEnd)] = documents;
      }
      at += length;
    }
    const reply = bson.serialize(await answer(command));
    // moreToCome: nobody waits for an answer.
    if ((request.readUInt32LE(16) & 2) === 0) socket.write(message(id, opMsg, [Buffer.alloc(5), reply]));
  }

  const server = net.createServer(socket => {
    sockets.add(socket);
    let waiting: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      waiting = Buffer.concat([waiting, chunk]);
      while (waiting.length >= 4 && waiting.length >= waiting.readInt32LE(0)) {
        const length = waiting.readInt32LE(0);
        const request = waiting.subarray(0, length);
        waiting = waiting.subarray(length);
        if (request.readInt32LE(12) === opQuery || request.readInt32LE(12) === opMsg) void handle(socket, request);
        else socket.destroy();
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `mongodb://127.0.0.1:${port}/shop`,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

function message(responseTo: number, code: number, parts: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(16);
  const length = 16 + parts.reduce((sum, part) => sum + part.length, 0);
  [length, 1, responseTo, code].forEach((value, at) => head.writeInt32LE(value, at * 4));
  return Buffer.concat([head, ...parts]);
}
