import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import type { Peer } from './peers.js';

/** Requests that it answers, by their key in https://kafka.apache.org/protocol.html, each in one version: the oldest that kafkajs speaks and that has headers. */
const api = {
  produce: { key: 0, version: 3 },
  fetch: { key: 1, version: 4 },
  listOffsets: { key: 2, version: 1 },
  metadata: { key: 3, version: 1 },
  offsetCommit: { key: 8, version: 2 },
  offsetFetch: { key: 9, version: 1 },
  findCoordinator: { key: 10, version: 0 },
  joinGroup: { key: 11, version: 0 },
  heartbeat: { key: 12, version: 0 },
  leaveGroup: { key: 13, version: 0 },
  syncGroup: { key: 14, version: 0 },
  apiVersions: { key: 18, version: 0 },
} as const;

const unsupportedVersion = 35;
const unknownMember = 25;
const earliest = -2n;

/** Where things lie in a record batch: its first offset, and how many offsets it has after that one. */
const lastDeltaAt = 23;

interface StoredBatch {
  readonly first: number;
  readonly last: number;
  readonly bytes: Buffer;
}

interface Group {
  member: string;
  generation: number;
  readonly offsets: Map<string, bigint>;
}

/**
 * A broker that speaks Kafka's wire protocol (https://kafka.apache.org/protocol.html) well enough for a client: topics in memory that come into being when they are asked for, with one partition each;
 * producing, fetching, and groups of one member. There is no Kafka in Debian.
 */
export async function startKafkaPeer(): Promise<Peer> {
  const topics = new Map<string, StoredBatch[]>();
  const groups = new Map<string, Group>();
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  let members = 0;

  const topic = (name: string): StoredBatch[] => {
    const known = topics.get(name) ?? [];
    topics.set(name, known);
    return known;
  };
  const end = (name: string): number => (topic(name).at(-1)?.last ?? -1) + 1;
  const group = (name: string): Group => {
    const known = groups.get(name) ?? { member: '', generation: 0, offsets: new Map() };
    groups.set(name, known);
    return known;
  };

  const answers: Readonly<Record<number, (request: Reader, reply: Writer) => void | Promise<void>>> = {
    [api.apiVersions.key]: (_request, reply) => {
      reply.int16(0);
      reply.array(Object.values(api), ({ key, version }) => reply.int16(key).int16(version).int16(version));
    },
    [api.metadata.key]: (request, reply) => {
      const asked = request.array(() => request.string());
      const names = asked.length === 0 ? [...topics.keys()] : asked;
      // One broker, which is the controller.
      reply.array([0], id => reply.int32(id).string('127.0.0.1').int32(port()).string(undefined)).int32(0);
      reply.array(names, name => {
        topic(name);
        reply.int16(0).string(name).int8(0);
        reply.array([0], partition => {
          reply.int16(0).int32(partition).int32(0);
          reply.array([0], id => reply.int32(id)).array([0], id => reply.int32(id));
        });
      });
    },
    [api.produce.key]: (request, reply) => {
      request.string();
      request.int16();
      request.int32();
      const written = request.array(() => {
        const name = request.string();
        const offsets = request.array(() => {
          const partition = request.int32();
          const bytes = Buffer.from(request.bytes());
          const first = end(name);
          bytes.writeBigInt64BE(BigInt(first), 0);
          topic(name).push({ first, last: first + bytes.readInt32BE(lastDeltaAt), bytes });
          return { partition, first };
        });
        return { name, offsets };
      });
      for (const wake of waiting) wake();
      reply.array(written, ({ name, offsets }) =>
        reply
          .string(name)
          .array(offsets, ({ partition, first }) => reply.int32(partition).int16(0).int64(BigInt(first)).int64(-1n)),
      );
      reply.int32(0);
    },
    [api.fetch.key]: async (request, reply) => {
      request.int32();
      const maxWaitMs = request.int32();
      request.int32();
      request.int32();
      request.int8();
      const asked = request.array(() => ({
        name: request.string(),
        partitions: request.array(() => {
          const [partition, from] = [request.int32(), Number(request.int64())];
          request.int32();
          return { partition, from };
        }),
      }));
      const isThere = (): boolean =>
        asked.some(({ name, partitions }) => partitions.some(({ from }) => end(name) > from));
      if (!isThere())
        await new Promise<void>(resolve => {
          const over = (): void => {
            clearTimeout(timer);
            waiting.delete(over);
            resolve();
          };
          const timer = setTimeout(over, maxWaitMs);
          waiting.add(over);
        });
      reply.int32(0).array(asked, ({ name, partitions }) =>
        reply.string(name).array(partitions, ({ partition, from }) => {
          const mark = BigInt(end(name));
          reply
            .int32(partition)
            .int16(0)
            .int64(mark)
            .int64(mark)
            .array([], () => {});
          reply.bytes(
            Buffer.concat(
              topic(name)
                .filter(batch => batch.last >= from)
                .map(batch => batch.bytes),
            ),
          );
        }),
      );
    },
    [api.listOffsets.key]: (request, reply) => {
      request.int32();
      const asked = request.array(() => ({
        name: request.string(),
        partitions: request.array(() => ({ partition: request.int32(), timestamp: request.int64() })),
      }));
      reply.array(asked, ({ name, partitions }) =>
        reply.string(name).array(partitions, ({ partition, timestamp }) =>
          reply
            .int32(partition)
            .int16(0)
            .int64(-1n)
            .int64(timestamp === earliest ? 0n : BigInt(end(name))),
        ),
      );
    },
    [api.findCoordinator.key]: (_request, reply) => {
      reply.int16(0).int32(0).string('127.0.0.1').int32(port());
    },
    [api.joinGroup.key]: (request, reply) => {
      const own = group(request.string());
      request.int32();
      const asked = request.string();
      request.string();
      const [protocol] = request.array(() => ({ name: request.string(), metadata: Buffer.from(request.bytes()) }));
      own.member = asked === '' ? `member-${++members}` : asked;
      own.generation++;
      reply.int16(0).int32(own.generation).string(protocol?.name).string(own.member).string(own.member);
      reply.array([own.member], member => reply.string(member).bytes(protocol?.metadata ?? Buffer.alloc(0)));
    },
    [api.syncGroup.key]: (request, reply) => {
      request.string();
      request.int32();
      const member = request.string();
      const assigned = request.array(() => ({ to: request.string(), what: Buffer.from(request.bytes()) }));
      reply.int16(0).bytes(assigned.find(({ to }) => to === member)?.what ?? Buffer.alloc(0));
    },
    [api.heartbeat.key]: (request, reply) => {
      const own = group(request.string());
      request.int32();
      reply.int16(request.string() === own.member ? 0 : unknownMember);
    },
    [api.leaveGroup.key]: (request, reply) => {
      group(request.string()).member = '';
      reply.int16(0);
    },
    [api.offsetFetch.key]: (request, reply) => {
      const { offsets } = group(request.string());
      const asked = request.array(() => ({
        name: request.string(),
        partitions: request.array(() => request.int32()),
      }));
      reply.array(asked, ({ name, partitions }) =>
        reply.string(name).array(partitions, partition =>
          reply
            .int32(partition)
            .int64(offsets.get(name) ?? -1n)
            .string('')
            .int16(0),
        ),
      );
    },
    [api.offsetCommit.key]: (request, reply) => {
      const { offsets } = group(request.string());
      request.int32();
      request.string();
      request.int64();
      const committed = request.array(() => ({
        name: request.string(),
        partitions: request.array(() => {
          const [partition, offset] = [request.int32(), request.int64()];
          request.string();
          return { partition, offset };
        }),
      }));
      for (const { name, partitions } of committed) for (const { offset } of partitions) offsets.set(name, offset);
      reply.array(committed, ({ name, partitions }) =>
        reply.string(name).array(partitions, ({ partition }) => reply.int32(partition).int16(0)),
      );
    },
  };

  async function handle(socket: Socket, bytes: Buffer): Promise<void> {
    const request = new Reader(bytes);
    const [key, version, id] = [request.int16(), request.int16(), request.int32()];
    request.string();
    const reply = new Writer();
    const known = Object.values(api).find(one => one.key === key);
    if (known?.version === version) await answers[key]?.(request, reply);
    else reply.int16(unsupportedVersion).array([], () => {});
    if (!socket.destroyed) socket.write(reply.message(id));
  }

  const server = net.createServer(socket => {
    sockets.add(socket);
    let unread: Buffer = Buffer.alloc(0);
    // Answers come in the order of the requests.
    let last = Promise.resolve();
    socket.on('data', (chunk: Buffer) => {
      unread = Buffer.concat([unread, chunk]);
      while (unread.length >= 4 && unread.length >= 4 + unread.readInt32BE(0)) {
        const request = unread.subarray(4, 4 + unread.readInt32BE(0));
        unread = unread.subarray(4 + request.length);
        last = last.then(() => handle(socket, request)).catch(() => void socket.destroy());
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  // A server that listens on TCP has such an address.
  const port = (): number => (server.address() as AddressInfo).port;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `127.0.0.1:${port()}`,
    async stop() {
      for (const wake of waiting) wake();
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

/** Reads Kafka's types: big-endian numbers, texts by a length of two bytes, bytes and lists by one of four; -1 is null. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#take(1));
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#take(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8));
  }

  string(): string {
    const length = Math.max(0, this.int16());
    const from = this.#take(length);
    return this.#bytes.toString('utf8', from, from + length);
  }

  bytes(): Buffer {
    const length = Math.max(0, this.int32());
    const from = this.#take(length);
    return this.#bytes.subarray(from, from + length);
  }

  array<T>(read: () => T): readonly T[] {
    return Array.from({ length: Math.max(0, this.int32()) }, read);
  }

  #take(length: number): number {
    const from = this.#at;
    this.#at += length;
    return from;
  }
}

/** Writes the same types. */
class Writer {
  readonly #parts: Buffer[] = [];

  int8(value: number): this {
    return this.#number(1, part => part.writeInt8(value));
  }

  int16(value: number): this {
    return this.#number(2, part => part.writeInt16BE(value));
  }

  int32(value: number): this {
    return this.#number(4, part => part.writeInt32BE(value));
  }

  int64(value: bigint): this {
    return this.#number(8, part => part.writeBigInt64BE(value));
  }

  string(value: string | undefined): this {
    if (value === undefined) return this.int16(-1);
    const bytes = Buffer.from(value);
    this.int16(bytes.length).#parts.push(bytes);
    return this;
  }

  bytes(value: Buffer): this {
    this.int32(value.length).#parts.push(value);
    return this;
  }

  array<T>(values: readonly T[], write: (value: T) => unknown): this {
    this.int32(values.length);
    for (const value of values) write(value);
    return this;
  }

  /** All of it as the answer to the request `id`. */
  message(id: number): Buffer {
    const body = Buffer.concat(this.#parts);
    const head = Buffer.alloc(8);
    head.writeInt32BE(body.length + 4, 0);
    head.writeInt32BE(id, 4);
    return Buffer.concat([head, body]);
  }

  #number(length: number, write: (part: Buffer) => unknown): this {
    const part = Buffer.alloc(length);
    write(part);
    this.#parts.push(part);
    return this;
  }
}
