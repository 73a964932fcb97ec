import { statusAnswer, type StatusAnswer } from '@bellwether/model';
import { connect } from 'node:net';
import { loadConfig } from '../config/load-config.js';
import type { Command } from './command.js';
import { readEndpoints, type Endpoints } from './endpoints.js';
import { Refused, exitCode } from './exit-code.js';
import { configFlag, dataFlag } from './run-flags.js';

/** One thing the doctor looked at. `remedy` says what to do about a warning or failure. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'failure';
  readonly text: string;
  readonly remedy?: string;
}

/** Which listeners answered a connection; undefined: it is off. */
export type Reachable = Readonly<Record<'ui' | 'otlpHttp' | 'otlpGrpc', boolean | undefined>>;

export const doctor: Command = {
  name: 'doctor',
  summary:
    'Looks at a running Bellwether: is it reachable, who sends what, what was refused and why, is the clock right, is there room.',
  flags: [dataFlag, configFlag, { name: 'json', doc: 'Prints the findings as JSON.' }],
  examples: [
    { line: 'bellwether doctor', does: 'The instance with ./bellwether-data.' },
    { line: 'bellwether doctor --json', does: 'For a script; the exit code is 1 when something fails.' },
  ],
  async run({ flags, switches, env, cwd, signal, out }) {
    const { dataDir } = await loadConfig({ flags, env, cwd });
    const endpoints = await readEndpoints(dataDir);
    const findings = endpoints === undefined ? notRunning(dataDir) : await examine(endpoints, signal);
    out(switches.has('json') ? JSON.stringify(findings, undefined, 2) : findingsText(findings));
    return findings.some(finding => finding.level === 'failure') ? exitCode.failed : exitCode.ok;
  },
};

function notRunning(dataDir: string): readonly Finding[] {
  return [
    {
      level: 'failure',
      text: `No Bellwether runs with the data folder ${dataDir}.`,
      remedy: 'Start it with `bellwether up`, or name the folder of the one that runs with --data.',
    },
  ];
}

async function examine(endpoints: Endpoints, signal: AbortSignal): Promise<readonly Finding[]> {
  const [ui, otlpHttp, otlpGrpc] = await Promise.all(
    [endpoints.ui, endpoints.otlpHttp, endpoints.otlpGrpc].map(answers),
  );
  const reachable: Reachable = { ui, otlpHttp, otlpGrpc };
  const asked = await askStatus(endpoints.ui, signal);
  return [
    ...listenerFindings(endpoints, reachable),
    ...(typeof asked === 'string' ? [statusFailure(asked)] : statusFindings(asked, Date.now())),
  ];
}

const probeMs = 2000;

/** True when something accepts a connection there. */
async function answers(url: string | null): Promise<boolean | undefined> {
  if (url === null) return undefined;
  const { hostname, port } = new URL(url);
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

/** The server's status, or why there is none. */
async function askStatus(ui: string | null, signal: AbortSignal): Promise<StatusAnswer | string> {
  if (ui === null) return 'the server is not running';
  try {
    const response = await fetch(`${ui}/api/bw/v1/status`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]),
    });
    if (!response.ok) return `the server answered ${response.status}`;
    return statusAnswer.parse(await response.json());
  } catch (error) {
    if (signal.aborted) throw new Refused('stopped');
    return error instanceof Error
      ? `${error.message}${error.cause instanceof Error ? ` (${error.cause.message})` : ''}`
      : String(error);
  }
}

const statusFailure = (reason: string): Finding => ({
  level: 'failure',
  text: `The server does not say how it is: ${reason}.`,
  remedy: 'If it was just started, try again; else look at what `bellwether up` prints.',
});

function listenerFindings(endpoints: Endpoints, reachable: Reachable): readonly Finding[] {
  return [
    listenerFinding('API and pages', endpoints.ui, reachable.ui),
    listenerFinding('OTLP over HTTP', endpoints.otlpHttp, reachable.otlpHttp),
    listenerFinding('OTLP over gRPC', endpoints.otlpGrpc, reachable.otlpGrpc),
  ];
}

function listenerFinding(name: string, url: string | null, isUp: boolean | undefined): Finding {
  if (url === null) return { level: 'ok', text: `${name} is off.` };
  if (isUp === true) return { level: 'ok', text: `${name} answers on ${url}.` };
  return {
    level: 'failure',
    text: `${name} does not answer on ${url}.`,
    remedy: 'Look at what `bellwether up` printed; if it was killed, start it again.',
  };
}

const maxSkewMs = 5000;
const lowDiskBytes = 2 * 1024 ** 3;
const maxListed = 10;

/** What the server's status says, as findings. */
export function statusFindings(status: StatusAnswer, nowMs: number): readonly Finding[] {
  const { signals, senders, rejections, disk, receiver } = status;
  const findings: Finding[] = [];
  if (!receiver.connected)
    findings.push({
      level: 'failure',
      text: 'The receiver is not connected to the server.',
      remedy: 'Start it with `bellwether up` (or `bellwether receive` on the same data folder).',
    });
  for (const [name, signal] of Object.entries(signals)) {
    const last = signal.lastAcceptedAt === null ? '' : `, the last ${ago(nowMs - signal.lastAcceptedAt)}`;
    findings.push({
      level: 'ok',
      text: `${name}: ${signal.accepted.toLocaleString('en')} received${last}; ${signal.rejected.toLocaleString('en')} refused.`,
    });
  }
  if (senders.length === 0)
    findings.push({
      level: 'warning',
      text: 'Nobody has sent anything since the start.',
      remedy: `Send OTLP to ${receiver.otlpHttp ?? receiver.otlpGrpc ?? 'an ingest port (all are off)'}, e.g. OTEL_EXPORTER_OTLP_ENDPOINT=${receiver.otlpHttp ?? 'http://127.0.0.1:4318'}.`,
    });
  for (const { service, userAgent, protocol, items, lastSeen, clockSkewMs } of senders.slice(0, maxListed)) {
    const who = `${service || 'a service without a name'} (${userAgent || 'unknown agent'}, ${protocol})`;
    findings.push({
      level: 'ok',
      text: `${who}: ${items.toLocaleString('en')} items, the last ${ago(nowMs - lastSeen)}.`,
    });
    if (clockSkewMs !== null && Math.abs(clockSkewMs) > maxSkewMs)
      findings.push({
        level: 'warning',
        text: `The clock of ${who} is ${duration(Math.abs(clockSkewMs))} ${clockSkewMs > 0 ? 'ahead of' : 'behind'} ours, or it sends late.`,
        remedy: 'Set both clocks by NTP: what it sends is shown at its own time.',
      });
  }
  for (const { reason, remedy, sender, count, protocol, at } of rejections.slice(0, maxListed))
    findings.push({
      level: 'warning',
      text: `Refused ${count === 1 ? 'once' : `${count} times`} (${protocol}, ${sender}, last ${ago(nowMs - at)}): ${reason}`,
      remedy,
    });
  if (disk.budget !== null && disk.budget.state !== 'ok')
    findings.push({
      level: 'warning',
      text: `The disk budget is ${disk.budget.state === 'soon' ? 'nearly ' : ''}used up: ${size(disk.budget.usedBytes)} of ${size(disk.budget.maxBytes)}; ${disk.budget.droppedRows.toLocaleString('en')} rows were dropped since the start.`,
      remedy: `What was received first goes first${disk.budget.oldestDay === null ? '' : ` (now ${disk.budget.oldestDay})`}. Raise retention.maxDiskGiB, or keep less (retention.tracesDays, ...).`,
    });
  findings.push({
    level: disk.freeBytes < lowDiskBytes ? 'warning' : 'ok',
    text: `Disk: store ${size(disk.storeBytes)}, log ${size(disk.walBytes)}, waiting blocks ${size(disk.blocksBytes)}; ${size(disk.freeBytes)} free.`,
    ...(disk.freeBytes < lowDiskBytes && {
      remedy: 'Make room, or lower retention in bellwether.yaml: when the disk is full, ingest answers 503.',
    }),
  });
  return findings;
}

const marks = { ok: 'ok  ', warning: 'WARN', failure: 'FAIL' } as const;

/** As lines for a person. What senders wrote is shown without control characters. */
export function findingsText(findings: readonly Finding[]): string {
  return findings
    .flatMap(({ level, text, remedy }) => [
      `${marks[level]}  ${text}`,
      ...(remedy === undefined ? [] : [`      ${remedy}`]),
    ])
    .map(line => line.replaceAll(/\p{Cc}/gu, ' '))
    .join('\n');
}

const ago = (ms: number): string => `${duration(Math.max(0, ms))} ago`;

function duration(ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}

function size(bytes: number): string {
  if (bytes < 1024 ** 2) return `${Math.round(bytes / 1024)} KiB`;
  if (bytes < 1024 ** 3) return `${Math.round(bytes / 1024 ** 2)} MiB`;
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
