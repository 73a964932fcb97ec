import type { Family, Sample } from './family.js';

/** The two text formats that scrapers ask for. */
export type TextFormat = 'openmetrics' | 'prometheus';

export const contentTypes: Readonly<Record<TextFormat, string>> = {
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
};

/** The format that an `Accept` header prefers: OpenMetrics when it is named at all, as Prometheus names it. */
export function formatFor(accept: string | undefined): TextFormat {
  return accept?.includes('application/openmetrics-text') === true ? 'openmetrics' : 'prometheus';
}

/**
 * Families as text: https://prometheus.io/docs/instrumenting/exposition_formats/ and https://prometheus.io/docs/specs/om/open_metrics_spec/. Exemplars exist in OpenMetrics
 * only; there a counter's family goes without the `_total` that its sample has.
 */
export function familiesText(families: Iterable<Family>, format: TextFormat): string {
  const isOpen = format === 'openmetrics';
  const parts: string[] = [];
  for (const { name, type, help, samples } of families) {
    if (samples.length === 0) continue;
    const isInfo = isOpen && name === 'target_info';
    const shown = isInfo ? 'target' : !isOpen && type === 'counter' ? `${name}_total` : name;
    const shownType = isInfo ? 'info' : type === 'unknown' && !isOpen ? 'untyped' : type;
    if (help !== '') parts.push(`# HELP ${shown} ${escapedHelp(help, isOpen)}\n`);
    parts.push(`# TYPE ${shown} ${shownType}\n`);
    for (const sample of samples) parts.push(sampleLine(name, sample, isOpen));
  }
  if (isOpen) parts.push('# EOF\n');
  return parts.join('');
}

function sampleLine(name: string, { suffix, labels, value, exemplar }: Sample, isOpen: boolean): string {
  const line = `${name}${suffix}${labelText(labels)} ${numberText(value)}`;
  if (!isOpen || exemplar === undefined) return `${line}\n`;
  const at = exemplar.unixSeconds === undefined ? '' : ` ${exemplar.unixSeconds.toFixed(3)}`;
  return `${line} # ${labelText(exemplar.labels) || '{}'} ${numberText(exemplar.value)}${at}\n`;
}

function labelText(labels: Sample['labels']): string {
  if (labels.length === 0) return '';
  return `{${labels.map(([name, value]) => `${name}="${escapedValue(value)}"`).join(',')}}`;
}

function escapedValue(text: string): string {
  return /[\\"\n]/.test(text) ? text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n') : text;
}

function escapedHelp(text: string, isOpen: boolean): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return isOpen ? escaped.replaceAll('"', '\\"') : escaped;
}

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(value);
}
