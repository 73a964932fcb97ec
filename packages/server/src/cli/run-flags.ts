import type { Flag } from './command.js';

/** Flags that more than one command takes. */
export const dataFlag: Flag = { name: 'data', value: '<folder>', doc: 'The data folder (default ./bellwether-data).' };
export const listenFlag: Flag = {
  name: 'listen',
  value: '<[host:]port>',
  doc: 'API and pages (default 4300; 0: any free port).',
};
export const ingestFlag: Flag = { name: 'ingest', value: '<[host:]port|off>', doc: 'OTLP over HTTP (default 4318).' };
export const grpcFlag: Flag = { name: 'grpc', value: '<[host:]port|off>', doc: 'OTLP over gRPC (default 4317).' };
/** Ports of the other protocols. */
export const portFlags: readonly Flag[] = [
  { name: 'datadog', value: '<[host:]port|off>', doc: "The Datadog agent's API (default 8126)." },
  { name: 'statsd', value: '<[host:]port|off>', doc: 'StatsD (default 8125).' },
  { name: 'fluent', value: '<[host:]port|off>', doc: 'Fluent forward (default 24224).' },
  { name: 'syslog', value: '<[host:]port|off>', doc: 'Syslog (default 5514).' },
];
export const configFlag: Flag = {
  name: 'config',
  value: '<file>',
  doc: 'The configuration (default ./bellwether.yaml, if there is one).',
};
export const demoFlag: Flag = { name: 'demo', doc: 'Marks the data as that of the sample shop.' };
