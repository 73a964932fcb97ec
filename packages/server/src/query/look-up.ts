import type { LookupAnswer, LookupPlace } from '@bellwether/model';
import { QueryTooSlow } from '../store/store.js';
import { type Asker, ask } from './asker.js';
import { inWindow, windowParams } from './time-window.js';

/** Attributes and tenants are looked for so far back. */
const lookBackMs = 7 * 86_400_000;
const dayMs = 86_400_000;

/** Words that could be an id: one that any row may hold would be found everywhere and say nothing. */
const mayBeId = /^(?=.*[\d@-])\S{4,}$/;

/**
 * Where an id belongs: a trace, an error, a tenant, or the newest span and line that have it as an attribute. What takes too long is left out.
 */
export async function lookUp(asker: Asker, text: string, nowMs: number): Promise<LookupAnswer> {
  const hex = text.toLowerCase();
  const found = await Promise.all([
    /^[0-9a-f]{32}$/.test(hex) ? inTime(traceOf(asker, hex)) : [],
    /^[0-9a-f]{16}$/.test(hex) ? inTime(errorOf(asker, hex, nowMs)) : [],
    inTime(tenantOf(asker, text, nowMs)),
    mayBeId.test(text) ? inTime(withAttribute(asker, 'spans', text, nowMs)) : [],
    mayBeId.test(text) ? inTime(withAttribute(asker, 'logs', text, nowMs)) : [],
  ]);
  return { places: found.flat() };
}

async function inTime(places: Promise<readonly LookupPlace[]>): Promise<readonly LookupPlace[]> {
  try {
    return await places;
  } catch (error) {
    if (error instanceof QueryTooSlow) return [];
    throw error;
  }
}

const atMs = 'toFloat64(toUnixTimestamp64Milli(max(ts))) AS atMs';

/** When the newest span or line came of which `condition` holds; no row when there is none. */
function newestOf(condition: string): string {
  const tables = ['spans', 'logs'].map(
    table => `SELECT ts FROM ${table} WHERE workspace = {workspace:String} AND ${inWindow()} AND ${condition}`,
  );
  return `SELECT ${atMs} FROM (${tables.join(' UNION ALL ')}) HAVING count() > 0`;
}

async function traceOf(asker: Asker, traceId: string): Promise<readonly LookupPlace[]> {
  const rows = await ask<{ atMs: number }>(asker, {
    sql: `SELECT ${atMs} FROM spans WHERE workspace = {workspace:String} AND trace_id = toFixedString(unhex({traceId:String}), 16) HAVING count() > 0`,
    params: { traceId },
  });
  return rows.map(row => ({ kind: 'trace', traceId, atMs: row.atMs }));
}

async function errorOf(asker: Asker, id: string, nowMs: number): Promise<readonly LookupPlace[]> {
  const rows = await ask<{ atMs: number }>(asker, {
    sql: newestOf('error_fingerprint = {fingerprint:UInt64}'),
    params: { ...lookedBack(nowMs), fingerprint: BigInt(`0x${id}`) },
  });
  return rows.map(row => ({ kind: 'error', id, atMs: row.atMs }));
}

async function tenantOf(asker: Asker, tenant: string, nowMs: number): Promise<readonly LookupPlace[]> {
  const rows = await ask<{ atMs: number }>(asker, {
    sql: newestOf('tenant_id = {tenant:String}'),
    params: { ...lookedBack(nowMs), tenant },
  });
  return rows.map(row => ({ kind: 'tenant', tenant, atMs: row.atMs }));
}

/** The bloom filter on the values passes over what does not have it. */
async function withAttribute(
  asker: Asker,
  signal: 'spans' | 'logs',
  value: string,
  nowMs: number,
): Promise<readonly LookupPlace[]> {
  const rows = await ask<{ key: string; trace: string; atMs: number }>(asker, {
    sql: `SELECT mapKeys(attrs)[indexOf(mapValues(attrs), {value:String})] AS key, lower(hex(trace_id)) AS trace, toFloat64(toUnixTimestamp64Milli(ts)) AS atMs
FROM ${signal}
WHERE workspace = {workspace:String} AND ${inWindow()} AND has(mapValues(attrs), {value:String})
ORDER BY ts DESC
LIMIT 1`,
    params: { ...lookedBack(nowMs), value },
  });
  return rows.map(row => ({
    kind: 'attribute',
    signal,
    key: row.key,
    value,
    traceId: /^0*$/.test(row.trace) ? '' : row.trace,
    atMs: row.atMs,
  }));
}

function lookedBack(nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  // Clocks of senders run ahead of ours now and then.
  return windowParams({ fromMs: nowMs - lookBackMs, toMs: nowMs + dayMs });
}
