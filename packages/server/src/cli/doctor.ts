import { cardinalityAnswer, ledgerAnswer, statusAnswer } from '@bellwether/model';
import { join, resolve } from 'node:path';
import { BadConfig, loadConfig, type ConfigSources } from '../config/load-config.js';
import type { Config } from '../config/schema.js';
import type { Command } from './command.js';
import { counterFindings, ledgerFindings, seriesFindings } from './doctor-losses.js';
import { portFindings } from './doctor-ports.js';
import { statusFindings } from './doctor-status.js';
import { readEndpoints, type Endpoints } from './endpoints.js';
import { Refused, exitCode } from './exit-code.js';
import { findingsText, type Finding } from './finding.js';
import { metricLines } from './metric-text.js';
import { configFlag, dataFlag } from './run-flags.js';

export const doctor: Command = {
  name: 'doctor',
  summary:
    'Looks at a running Bellwether: is it reachable, who sends what, what was refused and why, what was lost, is the clock right, is there room.',
  flags: [dataFlag, configFlag, { name: 'json', doc: 'Prints the findings as JSON.' }],
  examples: [
    { line: 'bellwether doctor', does: 'The instance with ./bellwether-data.' },
    { line: 'bellwether doctor --json', does: 'For a script; the exit code is 1 when something fails.' },
  ],
  async run({ flags, switches, env, cwd, signal, out }) {
    const { config, problem } = await readableConfig({ flags, env, cwd });
    const endpoints = await readEndpoints(config.dataDir);
    const found = endpoints === undefined ? notRunning(config.dataDir) : await examine(endpoints, config, signal);
    const findings = problem === undefined ? found : [problem, ...found];
    out(switches.has('json') ? JSON.stringify(findings, undefined, 2) : findingsText(findings));
    return findings.some(finding => finding.level === 'failure') ? exitCode.failed : exitCode.ok;
  },
};

/**
 * The configuration, or with `--data` the defaults: an instance that runs as a service may have keys in its environment that this shell has not.
 * Throws `BadConfig` when nobody says where the data is.
 */
async function readableConfig(
  sources: ConfigSources,
): Promise<{ readonly config: Config; readonly problem: Finding | undefined }> {
  try {
    return { config: await loadConfig(sources), problem: undefined };
  } catch (error) {
    const { data } = sources.flags;
    if (!(error instanceof BadConfig) || data === undefined) throw error;
    const dataDir = resolve(sources.cwd, data);
    // A folder in which nobody keeps a bellwether.yaml.
    const config = await loadConfig({ flags: { data: dataDir }, env: {}, cwd: join(dataDir, 'blocks') });
    const text = `The configuration can not be used here, so that limits and ports are compared with the defaults: ${error.problems[0]}.`;
    return { config, problem: { level: 'warning', text } };
  }
}

function notRunning(dataDir: string): readonly Finding[] {
  return [
    {
      level: 'failure',
      text: `No Bellwether runs with the data folder ${dataDir}.`,
      remedy: 'Start it with `bellwether up`, or name the folder of the one that runs with --data.',
    },
  ];
}

async function examine(endpoints: Endpoints, config: Config, signal: AbortSignal): Promise<readonly Finding[]> {
  const ports = await portFindings(endpoints, config);
  try {
    return [...ports, ...(await asked(endpoints, config, signal))];
  } catch (error) {
    if (signal.aborted) throw new Refused('stopped');
    return [...ports, statusFailure(reasonOf(error))];
  }
}

const lookBackMs = 3_600_000;

/** What the server says when it is asked. */
async function asked(endpoints: Endpoints, config: Config, signal: AbortSignal): Promise<readonly Finding[]> {
  const { ui } = endpoints;
  if (ui === null) throw new Error('the server is not running');
  const get = async (path: string): Promise<Response> => {
    const response = await fetch(ui + path, { signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]) });
    if (!response.ok) throw new Error(`the server answered ${response.status} for ${path}`);
    return response;
  };
  const nowMs = Date.now();
  const [status, ledger, series, metrics] = await Promise.all([
    get('/api/bw/v1/status').then(async answer => statusAnswer.parse(await answer.json())),
    get('/api/bw/v1/ledger').then(async answer => ledgerAnswer.parse(await answer.json())),
    get(`/api/bw/v1/cardinality?from=${nowMs - lookBackMs}&to=${nowMs}`).then(async answer =>
      cardinalityAnswer.parse(await answer.json()),
    ),
    get('/metrics').then(async answer => metricLines(await answer.text())),
  ]);
  // The status has the refusals of all workspaces, the ledger examples of some.
  const examples = new Map(ledger.rejections.map(({ reason, example }) => [reason, example]));
  return [
    ...ledgerFindings(metrics),
    ...statusFindings(status, { endpoints, examples, nowMs, maxDiskBytes: config.retention.maxDiskBytes }),
    ...counterFindings(metrics),
    ...seriesFindings(series, config.ingest.maxSeriesPerMetric),
  ];
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.message}${error.cause instanceof Error ? ` (${error.cause.message})` : ''}`;
}

const statusFailure = (reason: string): Finding => ({
  level: 'failure',
  text: `The server does not say how it is: ${reason}.`,
  remedy: 'If it was just started, try again; else look at what `bellwether up` prints.',
});
