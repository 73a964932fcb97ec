import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import type { Address } from '../config/address.js';
import type { Config } from '../config/schema.js';
import type { Endpoints } from './endpoints.js';
import type { Finding } from './finding.js';
import { whyNotFree } from './port-holder.js';

interface Port {
  /** As a person calls it, and what comes there. */
  readonly name: string;
  readonly flag: string;
  readonly at: (endpoints: Endpoints) => string | null;
  /** Where the configuration wants it. */
  readonly wanted: (config: Config) => Address | undefined;
  readonly isUdp?: true;
}

const ports: readonly Port[] = [
  { name: 'Pages and API', flag: 'listen', at: ({ ui }) => ui, wanted: ({ listen }) => listen },
  {
    name: 'OTLP over HTTP (and Prometheus, Sentry, Loki, Zipkin)',
    flag: 'ingest',
    at: ({ otlpHttp }) => otlpHttp,
    wanted: ({ ingest }) => ingest.http,
  },
  { name: 'OTLP over gRPC', flag: 'grpc', at: ({ otlpGrpc }) => otlpGrpc, wanted: ({ ingest }) => ingest.grpc },
  {
    name: 'Datadog (the agent’s API)',
    flag: 'datadog',
    at: ({ datadog }) => datadog,
    wanted: ({ ingest }) => ingest.datadog,
  },
  {
    name: 'StatsD (UDP and TCP)',
    flag: 'statsd',
    at: ({ statsd }) => statsd,
    wanted: ({ ingest }) => ingest.statsd,
    isUdp: true,
  },
  {
    name: 'Fluent (the forward protocol)',
    flag: 'fluent',
    at: ({ fluent }) => fluent,
    wanted: ({ ingest }) => ingest.fluent,
  },
  {
    name: 'Syslog (UDP and TCP)',
    flag: 'syslog',
    at: ({ syslog }) => syslog,
    wanted: ({ ingest }) => ingest.syslog,
    isUdp: true,
  },
];

/** Every port: does something answer there; if it is closed, who has it. */
export function portFindings(endpoints: Endpoints, config: Config): Promise<readonly Finding[]> {
  return Promise.all(
    ports.map(async port => {
      const at = port.at(endpoints);
      return at === null ? closedFinding(port, config) : openFinding(port, at);
    }),
  );
}

async function openFinding({ name }: Port, at: string): Promise<Finding> {
  if (await answers(at)) return { level: 'ok', text: `${name}: answers on ${at}.` };
  return {
    level: 'failure',
    text: `${name}: nothing answers on ${at}.`,
    remedy: 'Look at what `bellwether up` printed; if it was killed, start it again.',
  };
}

/** A port that is closed: switched off, or had by another program when Bellwether started. */
async function closedFinding({ name, flag, wanted, isUdp }: Port, config: Config): Promise<Finding> {
  const address = wanted(config);
  if (address === undefined || address.port === 0) return { level: 'ok', text: `${name}: off.` };
  const reason = (await whyNotFree(address)) ?? (isUdp && (await whyNotFreeUdp(address)));
  if (!reason) return { level: 'ok', text: `${name}: off.` };
  return {
    level: 'warning',
    text: `${name}: not taken, ${reason}.`,
    remedy: `Stop that program and start Bellwether again, or choose another port with --${flag} and tell the senders.`,
  };
}

async function whyNotFreeUdp({ host, port }: Address): Promise<string | undefined> {
  const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' });
  return new Promise(resolve => {
    socket.once('error', error => {
      socket.close();
      resolve('code' in error && error.code === 'EADDRINUSE' ? `UDP port ${port} is in use` : undefined);
    });
    socket.bind({ port, address: host, exclusive: true }, () => socket.close(() => resolve(undefined)));
  });
}

const probeMs = 2000;

/** True when something accepts a connection there. */
async function answers(at: string): Promise<boolean> {
  const { hostname, port } = new URL(at.includes('//') ? at : `tcp://${at}`);
  return new Promise(resolve => {
    const socket = connect({ host: hostname.replaceAll(/[[\]]/g, ''), port: Number(port), timeout: probeMs });
    const end = (isUp: boolean) => (): void => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once('connect', end(true));
    socket.once('error', end(false));
    socket.once('timeout', end(false));
  });
}
