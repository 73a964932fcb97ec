import { loadConfig } from '../config/load-config.js';
import type { Call, Command } from './command.js';
import { columns } from './command.js';
import { consoleLog, logLevel } from './console-log.js';
import type { Endpoints } from './endpoints.js';
import { exitCode } from './exit-code.js';
import { platformFacts, refuseUnsupported } from './platform.js';
import { runRoles, type Roles } from './roles.js';
import { configFlag, dataFlag, demoFlag, grpcFlag, ingestFlag, listenFlag, portFlags } from './run-flags.js';

export const up: Command = {
  name: 'up',
  summary: 'Starts Bellwether: receives telemetry, stores it, shows it. This is what `bellwether` alone does.',
  flags: [dataFlag, listenFlag, ingestFlag, grpcFlag, ...portFlags, configFlag, demoFlag],
  examples: [
    { line: 'bellwether up', does: 'Pages on http://127.0.0.1:4300, OTLP on 4318 and 4317.' },
    { line: 'bellwether up --listen 8080 --grpc off', does: 'Pages on port 8080, no gRPC.' },
    { line: 'bellwether up --data /var/lib/bellwether', does: 'Keeps the data elsewhere.' },
  ],
  run: call => keepRunning({ receive: true, serve: true }, call),
};

export const receive: Command = {
  name: 'receive',
  summary:
    'Runs the receiver alone: takes telemetry and keeps it until a server (`bellwether serve`) on the same data folder stores it.',
  flags: [dataFlag, ingestFlag, grpcFlag, ...portFlags, configFlag],
  examples: [{ line: 'bellwether receive --data /var/lib/bellwether', does: 'Only OTLP on 4318 and 4317.' }],
  run: call => keepRunning({ receive: true, serve: false }, call),
};

export const serve: Command = {
  name: 'serve',
  summary:
    'Runs the server alone: the store, the API and the pages, for a receiver (`bellwether receive`) on the same data folder.',
  flags: [dataFlag, listenFlag, configFlag, demoFlag],
  examples: [{ line: 'bellwether serve --data /var/lib/bellwether --listen 4300', does: 'Only API and pages.' }],
  run: call => keepRunning({ receive: false, serve: true }, call),
};

/** Runs until the call's signal aborts. */
async function keepRunning(roles: Roles, { flags, switches, env, cwd, signal, out, err }: Call): Promise<number> {
  refuseUnsupported(platformFacts());
  const config = await loadConfig({ flags, env, cwd });
  const demo = switches.has('demo') || ['1', 'true'].includes(env['BELLWETHER_DEMO'] ?? '');
  const log = consoleLog('receiver', logLevel(env['BELLWETHER_LOG_LEVEL']), line => err(line.trimEnd()));
  const warn = (text: string): void => err(`Warning: ${text}.`);
  const running = await runRoles(roles, { config, demo, log, warn }, signal);
  out(readyText(running.endpoints, config.dataDir));
  await new Promise<void>(resolve => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await running.stop();
  return exitCode.ok;
}

/** The one block that a start prints. */
export function readyText(endpoints: Endpoints, dataDir: string): string {
  const { version, ui, otlpHttp, otlpGrpc, datadog, statsd, fluent, syslog } = endpoints;
  const others = [
    datadog && `Datadog ${datadog}`,
    statsd && `StatsD ${statsd}`,
    fluent && `Fluent ${fluent}`,
    syslog && `syslog ${syslog}`,
  ].filter(each => typeof each === 'string');
  const ways = [
    otlpHttp && `${otlpHttp}  OTLP over HTTP; also Prometheus, Sentry, Loki, Zipkin`,
    otlpGrpc && `${otlpGrpc}  OTLP over gRPC`,
    others.length > 0 && others.join(', '),
  ].filter(each => typeof each === 'string');
  const rows: (readonly [string, string])[] = [
    ...(ui === null ? [] : [['Open', ui] as const]),
    ...ways.map((way, i) => [i === 0 ? 'Send' : '', way] as const),
    ['Data', dataDir],
  ];
  return `Bellwether ${version} is ready.\n\n${columns(rows)}\n\nCtrl-C stops it.`;
}
