import { parseArgs } from 'node:util';

/** How the shop was asked to run. */
export interface ShopOptions {
  /** Where the services send telemetry, over OTLP/HTTP. */
  readonly otlpUrl: string;
  /** Port of the gateway on loopback; 0 takes any free one. */
  readonly gatewayPort: number;
  readonly ratePerSecond: number;
  readonly seed: number;
  readonly hasTraffic: boolean;
  readonly isFast: boolean;
  /** Show the services' own log lines. */
  readonly showLogs: boolean;
  readonly databaseUrl?: string;
  /** `endpoints.json` of the Bellwether that watches the shop by uptime checks. */
  readonly endpointsFile?: string;
  readonly redisUrl?: string;
}

export const help = `The sample shop: six services under traffic, instrumented by @bellwether/node.

  node examples/shop/dist/main.js [flags]

  --otlp <url>     where telemetry goes (default http://127.0.0.1:4318)
  --endpoints <file>
                   endpoints.json in Bellwether's data folder: the shop adds uptime checks of itself there
  --port <number>  port of the gateway (default 4400; 0 takes any free one)
  --rate <number>  requests per second, on average over the day (default 8)
  --seed <number>  the same seed makes the same traffic (default 1)
  --no-traffic     start the services only
  --fast           a bad release every 20 seconds instead of every 10 minutes, as busy by night as by day
  --logs           print the services' log lines

Uses PostgreSQL at DATABASE_URL and Redis at REDIS_URL when they are set, and its own embedded PostgreSQL otherwise.
`;

/** Throws TypeError that says which flag is wrong. */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): ShopOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      otlp: { type: 'string', default: env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? 'http://127.0.0.1:4318' },
      endpoints: { type: 'string' },
      port: { type: 'string', default: '4400' },
      rate: { type: 'string', default: '8' },
      seed: { type: 'string', default: '1' },
      'no-traffic': { type: 'boolean', default: false },
      fast: { type: 'boolean', default: false },
      logs: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  if (!URL.canParse(values.otlp))
    throw new TypeError(`--otlp must be a URL such as http://127.0.0.1:4318, not ${values.otlp}`);
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = env;
  return {
    otlpUrl: values.otlp,
    gatewayPort: number('--port', values.port, 0, 65_535, true),
    ratePerSecond: number('--rate', values.rate, 0.01, 500, false),
    seed: number('--seed', values.seed, 0, 2 ** 32 - 1, true),
    hasTraffic: !values['no-traffic'],
    isFast: values.fast,
    showLogs: values.logs,
    ...(databaseUrl ? { databaseUrl } : {}),
    ...(redisUrl ? { redisUrl } : {}),
    ...(values.endpoints === undefined ? {} : { endpointsFile: values.endpoints }),
  };
}

function number(flag: string, text: string, least: number, most: number, isWhole: boolean): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most && (!isWhole || Number.isInteger(value))) return value;
  throw new TypeError(
    `${flag} must be a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}, not ${JSON.stringify(text)}`,
  );
}
