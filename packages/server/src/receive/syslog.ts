import type { Socket } from 'node:net';
import type { Address } from '../config/address.js';
import type { Part } from '../decode/parts.js';
import { inFewDays } from '../decode/syslog/few-days.js';
import { SyslogFraming } from '../decode/syslog/framing.js';
import { parseSyslog } from '../decode/syslog/message.js';
import { syslogParts } from '../decode/syslog/syslog-logs.js';
import type { PartsRequest } from './intake.js';
import { keepUntilKept } from './keep-until-kept.js';
import { isAllowed } from './keyless.js';
import { isTls, type Listener } from './listen-http.js';
import { chunksOf, listenTcp } from './listen-tcp.js';
import { httpRefusal, isHttpRequest } from './meant-elsewhere.js';
import type { PortProtocol, ReceiveDeps } from './protocol.js';
import { openUdp } from './statsd/udp-socket.js';
import { SyslogDatagrams, type Datagram } from './syslog-datagrams.js';

/**
 * Syslog over UDP and TCP with the same port number.
 *
 * No syslog sender hears an answer. A message over TCP is on disk before the next bytes of its connection are read, so a full log makes senders wait; over
 * UDP it waits in memory for a moment, and what the log has no room for in time is counted as lost. Whatever a message looks like, it is kept.
 */
export const syslog: PortProtocol = {
  name: 'syslog',
  what: 'syslog',
  transport: 'udp',
  async listen(address, deps) {
    const stopping = new AbortController();
    const keep = keeper(deps);
    const datagrams = new SyslogDatagrams((list, dropped) => keep(list, stopping.signal, dropped).catch(deps.bug));
    const { udp, tcp } = await open(address, deps, {
      datagram(bytes, from) {
        if (isAllowed(from, deps.keyless)) datagrams.add({ bytes, from, receivedMs: deps.now() });
        else refuse(deps, 'network', from);
      },
      serve: (socket, signal) => serve(socket, keep, deps, signal),
    });
    return {
      port: tcp.port,
      async stop(graceMs) {
        await udp.stop();
        stopping.abort();
        await Promise.all([tcp.stop(graceMs), datagrams.stop()]);
      },
    };
  },
};

type Keep = (messages: readonly Datagram[], signal: AbortSignal, dropped?: Part) => Promise<void>;

/** Keeps messages, those of one sender together. */
function keeper(deps: ReceiveDeps): Keep {
  let malformed = 0;
  deps.ledger.counter(
    'bellwether_syslog_malformed_total',
    'Messages that have the form of neither RFC 5424 nor RFC 3164; they are kept as they came.',
    () => malformed,
  );
  return async (messages, signal, dropped) => {
    const requests: PartsRequest[] = [];
    for (const [from, ofSender] of bySender(messages)) {
      const parsed = ofSender.map(({ bytes, receivedMs }) => ({
        message: parseSyslog(bytes, receivedMs),
        from,
        receivedMs,
      }));
      malformed += parsed.filter(({ message }) => !message.isWellFormed).length;
      requests.push(...inFewDays(parsed).map(piece => requestOf(syslogParts(piece), from, deps)));
    }
    if (dropped !== undefined) requests.push(requestOf([dropped], '', deps));
    await Promise.all(requests.map(request => keepUntilKept(deps, request, signal)));
  };
}

function bySender(messages: readonly Datagram[]): ReadonlyMap<string, readonly Datagram[]> {
  const senders = new Map<string, Datagram[]>();
  for (const message of messages) {
    const ofSender = senders.get(message.from);
    if (ofSender === undefined) senders.set(message.from, [message]);
    else ofSender.push(message);
  }
  return senders;
}

function requestOf(parts: readonly Part[], address: string, { keyless }: ReceiveDeps): PartsRequest {
  return { workspace: keyless.workspace, key: '', parts, origin: { protocol: 'syslog', address, userAgent: '' } };
}

async function serve(socket: Socket, keep: Keep, deps: ReceiveDeps, signal: AbortSignal): Promise<void> {
  const from = socket.remoteAddress ?? '';
  const framing = new SyslogFraming();
  const take = async (messages: readonly Buffer[]): Promise<void> => {
    const receivedMs = deps.now();
    if (messages.length > 0)
      await keep(
        messages.map(bytes => ({ bytes, from, receivedMs })),
        signal,
      );
  };
  let isFirst = true;
  for await (const chunk of chunksOf(socket, signal)) {
    if (isFirst && isTls(chunk)) return refuse(deps, 'tls', from);
    if (isFirst && isHttpRequest(chunk)) {
      socket.end(httpRefusal(refusals.http));
      return refuse(deps, 'http', from);
    }
    isFirst = false;
    await take(framing.push(chunk));
  }
  await take(framing.end());
}

const refusals = {
  network: {
    message: 'syslog came from a network that is not allowed',
    remedy: 'Add its network to ingest.keyless.networks of bellwether.yaml',
  },
  connections: {
    message: 'more connections than syslog may have at one time were opened',
    remedy: 'Let a relay (rsyslog, syslog-ng) collect messages of many hosts',
  },
  tls: {
    message: 'TLS came to the syslog port, which is plain',
    remedy: 'Send syslog over plain TCP or UDP; TLS ends at a proxy in front',
  },
  http: {
    message: 'HTTP came to the syslog port',
    remedy: 'Send it to the HTTP port (4318 unless set otherwise)',
  },
} as const;

function refuse({ ledger, now }: ReceiveDeps, reason: keyof typeof refusals, address: string): void {
  ledger.refused(
    { signal: 'logs', reason, ...refusals[reason], atMs: now(), comesAgain: false },
    { protocol: 'syslog', address, userAgent: '' },
  );
}

interface Opened {
  readonly udp: Awaited<ReturnType<typeof openUdp>>;
  readonly tcp: Listener;
}

/** Both transports with one port number; with port 0 another pair is tried when the other transport's is taken. */
async function open(
  address: Address,
  deps: ReceiveDeps,
  on: {
    readonly datagram: (bytes: Buffer, from: string) => void;
    readonly serve: (socket: Socket, signal: AbortSignal) => Promise<void>;
  },
): Promise<Opened> {
  for (let tries = 0; ; tries++) {
    const tcp = await listenTcp(address, {
      what: 'syslog',
      isAllowed(from) {
        const allowed = isAllowed(from, deps.keyless);
        if (!allowed) refuse(deps, 'network', from);
        return allowed;
      },
      tooMany: from => refuse(deps, 'connections', from),
      serve: on.serve,
      bug: deps.bug,
      log: deps.log,
    });
    try {
      return { tcp, udp: await openUdp({ ...address, port: tcp.port }, on.datagram, deps.log) };
    } catch (error) {
      await tcp.stop(0);
      if (address.port !== 0 || tries >= 10) throw error;
    }
  }
}
