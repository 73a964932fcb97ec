/** Headers as a Node request or any carrier gives them: lower-case names. */
export type ReadHeader = (name: string) => string | undefined;

/**
 * The parent that another tracer named in its own headers, as a W3C `traceparent`; undefined when there is none that can be used. In this order:
 * Sentry (https://develop.sentry.dev/sdk/telemetry/traces/#header-sentry-trace), B3 in one header and in several
 * (https://github.com/openzipkin/b3-propagation), Datadog. `traceparent` itself goes before all of them and is not looked at here.
 */
export function foreignParent(header: ReadHeader): string | undefined {
  return sentry(header('sentry-trace')) ?? b3(header('b3')) ?? b3Headers(header) ?? datadog(header);
}

/** `sampled` undefined: the caller left the decision to us. */
function parent(traceId: string, spanId: string, sampled: boolean | undefined): string | undefined {
  if (/^0*$/.test(traceId) || /^0*$/.test(spanId)) return undefined;
  return `00-${traceId.padStart(32, '0')}-${spanId}-${sampled === false ? '00' : '01'}`;
}

function sentry(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const [, traceId, spanId, flag] = /^\s*([\da-f]{32})-([\da-f]{16})(?:-([01]))?\s*$/.exec(value) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  return parent(traceId, spanId, flag === undefined ? undefined : flag === '1');
}

/** `traceId-spanId-sampled-parentSpanId`; the last two may be absent. A lone `0` or `1` names no parent. */
function b3(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const form = /^\s*([\da-f]{32}|[\da-f]{16})-([\da-f]{16})(?:-([01d])(?:-[\da-f]{16})?)?\s*$/i;
  const [, traceId, spanId, flag] = form.exec(value) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  return parent(traceId.toLowerCase(), spanId.toLowerCase(), flag === undefined ? undefined : flag !== '0');
}

function b3Headers(header: ReadHeader): string | undefined {
  const traceId = header('x-b3-traceid');
  if (traceId === undefined) return undefined;
  const sampled = header('x-b3-sampled') ?? '';
  const flag = header('x-b3-flags') === '1' ? '-d' : /^(?:0|false)$/i.test(sampled) ? '-0' : '';
  return b3(`${traceId}-${header('x-b3-spanid') ?? ''}${flag}`);
}

/** Ids are decimal; the high half of a 128-bit trace id stands in `x-datadog-tags` as `_dd.p.tid`. */
function datadog(header: ReadHeader): string | undefined {
  const traceId = hexOf(header('x-datadog-trace-id'));
  const spanId = hexOf(header('x-datadog-parent-id'));
  if (traceId === undefined || spanId === undefined) return undefined;
  const high = /(?:^|,)\s*_dd\.p\.tid=([\da-f]{16})(?:,|$)/.exec(header('x-datadog-tags') ?? '')?.[1] ?? '';
  const priority = header('x-datadog-sampling-priority');
  return parent(high + traceId, spanId, priority === undefined ? undefined : Number(priority) > 0);
}

/** An unsigned 64-bit integer in decimal as 16 hex digits. */
function hexOf(decimal: string | undefined): string | undefined {
  if (decimal === undefined || !/^\d{1,20}$/.test(decimal)) return undefined;
  const hex = BigInt(decimal).toString(16);
  return hex.length > 16 ? undefined : hex.padStart(16, '0');
}
