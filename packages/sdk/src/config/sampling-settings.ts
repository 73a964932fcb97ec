import type { Environment } from './environment.js';

/** What `sampling` takes: a share of traces, or with more to say. */
export type SamplingOption = number | SamplingOptions;

export interface SamplingOptions {
  /** The share of traces that are kept, from 0 to 1. */
  readonly ratio?: number;
  /** Other shares by route: `{ '/health': 0, 'POST /orders': 1 }`. */
  readonly routes?: Readonly<Record<string, number>>;
  /** `false`: what failed or was slow is not kept for its own sake. */
  readonly keepErrorsAndSlow?: boolean;
}

/** Which traces are kept. Metrics, logs and errors are never sampled. */
export interface SamplingSettings {
  readonly ratio: number;
  /** Whether a caller's decision goes before ours. */
  readonly isParentBased: boolean;
  readonly routes: readonly RouteShare[];
  readonly keepErrorsAndSlow: boolean;
}

/** The share of one route. */
export interface RouteShare {
  /** Upper case; undefined is any. */
  readonly method: string | undefined;
  /** The path up to its query. */
  readonly path: RegExp;
  readonly ratio: number;
}

const maxRoutes = 100;

/**
 * OpenTelemetry's variables for a ratio or a switch, ours for routes as well, the option before both. Undefined when everything is kept, which costs nothing. What cannot be
 * read is named in `problems`, and everything is kept.
 */
export function readSampling(
  option: SamplingOption | undefined,
  environment: Environment,
  problems: string[],
): SamplingSettings | undefined {
  const sampler = environment['OTEL_TRACES_SAMPLER']?.trim() ?? '';
  const given: SamplingOptions =
    typeof option === 'object'
      ? option
      : (ofNumber(option) ??
        ofText(environment['BELLWETHER_SAMPLING'], problems) ??
        ofSampler(sampler, environment, problems));
  const ratio = share(given.ratio ?? 1, problems) ?? 1;
  const routes = Object.entries(given.routes ?? {}).slice(0, maxRoutes);
  if (ratio === 1 && routes.length === 0) return undefined;
  return {
    ratio,
    isParentBased: sampler === '' || sampler.startsWith('parentbased_'),
    routes: routes.flatMap(([route, value]) => {
      const own = share(value, problems);
      return own === undefined ? [] : [routeShare(route, own)];
    }),
    keepErrorsAndSlow: given.keepErrorsAndSlow ?? true,
  };
}

function ofNumber(ratio: number | undefined): SamplingOptions | undefined {
  return ratio === undefined ? undefined : { ratio };
}

/** `0.1`, or `0.1,/health=0,POST /orders=1`. */
function ofText(text: string | undefined, problems: string[]): SamplingOptions | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  let ratio = 1;
  const routes: [string, number][] = [];
  for (const item of text.split(',')) {
    const at = item.lastIndexOf('=');
    const value = share(item.slice(at + 1).trim(), problems);
    if (value === undefined) continue;
    if (at < 0) ratio = value;
    else routes.push([item.slice(0, at).trim(), value]);
  }
  return { ratio, routes: Object.fromEntries(routes) };
}

/** https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration */
function ofSampler(name: string, environment: Environment, problems: string[]): SamplingOptions {
  switch (name.replace(/^parentbased_/, '')) {
    case '':
    case 'always_on':
      return {};
    case 'always_off':
      return { ratio: 0, keepErrorsAndSlow: false };
    case 'traceidratio':
      return { ratio: share(environment['OTEL_TRACES_SAMPLER_ARG'] ?? 1, problems) ?? 1 };
    default:
      problems.push(
        `OTEL_TRACES_SAMPLER should be always_on, always_off or traceidratio, with parentbased_ before it or not, and not "${name.slice(0, 50)}"; everything is kept`,
      );
      return {};
  }
}

function share(value: number | string, problems: string[]): number | undefined {
  const ratio = value === '' ? NaN : Number(value);
  if (ratio >= 0 && ratio <= 1) return ratio;
  problems.push(
    `a share of traces should be a number from 0 to 1, not "${String(value).slice(0, 50)}"; it was left out`,
  );
  return undefined;
}

/** `/orders/:id` fits one segment in place of `:id`, `/files/*` fits all that begin so. */
function routeShare(route: string, ratio: number): RouteShare {
  const [, method, pattern = ''] = /^\s*(?:([A-Za-z]+)\s+)?(.*?)\s*$/.exec(route) ?? [];
  const path = pattern
    .slice(0, 500)
    .split('/')
    .map(part =>
      part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`),
    )
    .join('/');
  return { method: method?.toUpperCase(), path: new RegExp(`^${path}/?$`), ratio };
}
