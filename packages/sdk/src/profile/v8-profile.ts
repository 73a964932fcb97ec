import type { HeapProfiler, Profiler, Runtime } from 'node:inspector';
import { fileURLToPath } from 'node:url';
import type { ProfileContent, ProfiledCall, ProfileSample } from './pprof.js';

/** Which trace was being worked on at a time on the monotonic clock, in ms, and by which span of it the request was answered; undefined when there was none, or several. */
export type TraceAt = (
  atMs: number,
) => { readonly traceId: string; readonly spanId: string; readonly route: string | undefined } | undefined;

export interface When {
  readonly startUnixMs: number;
  readonly durationMs: number;
}

/** Time in which nothing ran. */
const idle = new Set(['(idle)', '(root)']);
const maxDepth = 200;

/**
 * V8's CPU profile as samples with stacks. Samples of the same stack and request become one. V8 dates samples by the clock of `performance.now()`, which counts from the start of the
 * process: `originUs` is that start on V8's clock.
 */
export function cpuContent(profile: Profiler.Profile, traceAt: TraceAt, when: When, originUs: number): ProfileContent {
  const stacks = stacksOf(profile.nodes);
  const merged = new Map<string, { readonly sample: ProfileSample; count: number; ns: number }>();
  const { samples = [], timeDeltas = [] } = profile;
  let atUs = profile.startTime;
  for (const [index, node] of samples.entries()) {
    atUs += timeDeltas[index] ?? 0;
    // A sample stands for the time until the next.
    const us = timeDeltas[index + 1] ?? 0;
    const stack = stacks.get(node);
    if (stack === undefined || stack.length === 0 || us < 0) continue;
    const work = traceAt((atUs - originUs) / 1000);
    const key = `${node} ${work?.traceId ?? ''} ${work?.spanId ?? ''}`;
    let entry = merged.get(key);
    if (entry === undefined) {
      const labels: Record<string, string> = {};
      if (work !== undefined) {
        labels['trace_id'] = work.traceId;
        labels['span_id'] = work.spanId;
      }
      if (work?.route !== undefined) labels['http.route'] = work.route;
      entry = { sample: { stack, values: [], labels }, count: 0, ns: 0 };
      merged.set(key, entry);
    }
    entry.count++;
    entry.ns += us * 1000;
  }
  const spanUs = profile.endTime - profile.startTime;
  return {
    ...when,
    valueTypes: [
      { type: 'samples', unit: 'count' },
      { type: 'cpu', unit: 'nanoseconds' },
    ],
    period: { type: 'cpu', unit: 'nanoseconds', value: samples.length === 0 ? 0 : (spanUs * 1000) / samples.length },
    samples: [...merged.values()].map(({ sample, count, ns }) => ({ ...sample, values: [count, ns] })),
  };
}

/** V8's sampled heap: what was allocated meanwhile and is still there. */
export function heapContent(
  profile: HeapProfiler.SamplingHeapProfile,
  intervalBytes: number,
  when: When,
): ProfileContent {
  const samples: ProfileSample[] = [];
  const waiting: { readonly node: HeapProfiler.SamplingHeapProfileNode; readonly above: readonly ProfiledCall[] }[] = [
    { node: profile.head, above: [] },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, above } = next;
    const call = callOf(node.callFrame, node.callFrame.lineNumber + 1);
    const stack = call === undefined || above.length >= maxDepth ? above : [call, ...above];
    if (node.selfSize > 0 && stack.length > 0) samples.push({ stack, values: [node.selfSize], labels: {} });
    for (const child of node.children) waiting.push({ node: child, above: stack });
  }
  return {
    ...when,
    valueTypes: [{ type: 'inuse_space', unit: 'bytes' }],
    period: { type: 'space', unit: 'bytes', value: intervalBytes },
    samples,
  };
}

/** The stack that each node stands for, the innermost call first; empty for time in which nothing ran. */
function stacksOf(nodes: readonly Profiler.ProfileNode[]): ReadonlyMap<number, readonly ProfiledCall[]> {
  const stacks = new Map<number, readonly ProfiledCall[]>();
  const byId = new Map(nodes.map(node => [node.id, node]));
  const waiting: { readonly id: number; readonly above: readonly ProfiledCall[] }[] = [];
  const [root] = nodes;
  if (root !== undefined) waiting.push({ id: root.id, above: [] });
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const node = byId.get(next.id);
    if (node === undefined || stacks.has(next.id)) continue;
    const line = mostTicked(node) ?? node.callFrame.lineNumber + 1;
    const call = callOf(node.callFrame, line);
    const stack = call === undefined || next.above.length >= maxDepth ? next.above : [call, ...next.above];
    stacks.set(node.id, idle.has(node.callFrame.functionName) ? [] : stack);
    for (const id of node.children ?? []) waiting.push({ id, above: stack });
  }
  return stacks;
}

function mostTicked({ positionTicks = [] }: Profiler.ProfileNode): number | undefined {
  let most: Profiler.PositionTickInfo | undefined;
  for (const each of positionTicks) if (most === undefined || each.ticks > most.ticks) most = each;
  return most?.line;
}

function callOf({ functionName, url, lineNumber }: Runtime.CallFrame, line: number): ProfiledCall | undefined {
  if (functionName === '(root)') return undefined;
  return {
    function: functionName === '' ? '(anonymous)' : functionName,
    file: pathOf(url),
    startLine: Math.max(0, lineNumber + 1),
    line: Math.max(0, line),
  };
}

function pathOf(url: string): string {
  if (!url.startsWith('file://')) return url;
  try {
    return fileURLToPath(url);
  } catch {
    return url;
  }
}
