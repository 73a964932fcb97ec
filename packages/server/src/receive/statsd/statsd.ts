import type { Address } from '../../config/address.js';
import { maxLineBytes } from '../../decode/statsd/datagram.js';
import type { FrameSink } from '../../decode/statsd/stream-frames.js';
import { isAllowed } from '../keyless.js';
import type { PortProtocol, ReceiveDeps } from '../protocol.js';
import { StatsdIntake } from './statsd-intake.js';
import { openStream, type StreamSocket } from './stream-socket.js';
import { kernelDrops } from './udp-drops.js';
import { openUdp, type UdpSocket } from './udp-socket.js';

/**
 * StatsD and DogStatsD over UDP and TCP with the same port number, and over a unix stream socket when one is configured.
 *
 * Nothing is promised to the sender, who hears no answer. What we read is aggregated and kept at the next flush; what the kernel threw away before we
 * could read it stands in `bellwether_statsd_udp_kernel_drops`.
 */
export const statsd: PortProtocol = {
  name: 'statsd',
  what: 'StatsD',
  transport: 'udp',
  async listen(address, deps) {
    const { udp, tcp, take, sinkOf } = await open(address, deps);
    const { socket } = deps.statsd;
    const unix =
      socket === undefined
        ? undefined
        : await openStream({ path: socket }, { ...deps, sinkOf }).catch((error: unknown) => {
            deps.log.warn({ err: error, path: socket }, 'the unix socket of StatsD can not be had; it is off');
            return undefined;
          });
    const drops = watchDrops({ ...address, port: udp.port }, udp, deps);
    return {
      port: udp.port,
      async stop(graceMs) {
        clearInterval(drops);
        await Promise.all([udp.stop(), tcp?.stop(graceMs / 2), unix?.stop(graceMs / 2)]);
        await take.stop(graceMs / 2);
      },
    };
  },
};

interface Opened {
  readonly udp: UdpSocket;
  /** Undefined when another program has the TCP port. */
  readonly tcp: StreamSocket | undefined;
  readonly take: StatsdIntake;
  readonly sinkOf: (address: string) => FrameSink | undefined;
}

async function open(address: Address, deps: ReceiveDeps): Promise<Opened> {
  const refuse = refusing(deps);
  let take: StatsdIntake | undefined;
  const onDatagram = (datagram: Buffer, from: string): void => {
    if (!isAllowed(from, deps.keyless)) return refuse(from);
    try {
      take?.take(datagram, from);
    } catch (error) {
      deps.bug(error);
    }
  };
  // A free port for UDP may be taken for TCP: with port 0 another pair is tried.
  for (let tries = 0; ; tries++) {
    const udp = await openUdp(address, onDatagram, deps.log);
    // Made when the port is ours, and before it gives the first datagram.
    const intake = (take ??= new StatsdIntake(deps, deps.statsd));
    const sinkOf = (from: string): FrameSink | undefined =>
      isAllowed(from, deps.keyless) ? sinkInto(intake, from) : void refuse(from);
    try {
      const tcp = await openStream({ host: address.host, port: udp.port }, { ...deps, sinkOf });
      return { udp, tcp, take: intake, sinkOf };
    } catch (error) {
      if (address.port !== 0 || tries === 10) {
        deps.log.warn(
          { err: error, port: udp.port },
          'the TCP port of StatsD can not be had; it is taken over UDP only',
        );
        return { udp, tcp: undefined, take: intake, sinkOf };
      }
      await udp.stop();
    }
  }
}

function sinkInto(take: StatsdIntake, from: string): FrameSink {
  const reason = `a line or frame is longer than ${maxLineBytes} bytes, or not whole`;
  return {
    datagram: bytes => take.take(bytes, from),
    unreadable: start => take.unreadable(reason, Buffer.from(start).toString('latin1'), from),
  };
}

function refusing({ ledger, now }: ReceiveDeps): (address: string) => void {
  return address =>
    ledger.refused(
      {
        signal: 'metrics',
        reason: 'network',
        message: 'StatsD came from a network that is not allowed',
        remedy: 'Add its network to ingest.keyless.networks of bellwether.yaml',
        atMs: now(),
        comesAgain: false,
      },
      { protocol: 'statsd', address, userAgent: '' },
    );
}

const dropsEveryMs = 5000;

/** Asks the kernel now and then; says so in the log when it began to drop. */
function watchDrops(address: Address, udp: UdpSocket, { ledger, log, bug }: ReceiveDeps): NodeJS.Timeout | undefined {
  ledger.gauge(
    'bellwether_statsd_udp_receive_buffer_bytes',
    'Receive buffer of the StatsD socket, as the kernel gave it.',
    () => udp.bufferBytes,
  );
  if (process.platform !== 'linux') return undefined;
  let drops = 0;
  ledger.gauge(
    'bellwether_statsd_udp_kernel_drops',
    'Datagrams that the kernel dropped because the StatsD socket was full, since the start.',
    () => drops,
  );
  const look = async (): Promise<void> => {
    const found = (await kernelDrops(address)) ?? drops;
    if (drops === 0 && found > 0)
      log.warn(
        { drops: found, bufferBytes: udp.bufferBytes },
        'the kernel drops StatsD datagrams: raise net.core.rmem_max, send fewer and larger datagrams, or send over TCP',
      );
    drops = found;
  };
  return setInterval(() => look().catch(bug), dropsEveryMs).unref();
}
