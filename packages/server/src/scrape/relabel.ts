import { createHash } from 'node:crypto';
import { RE2JS, type Matcher } from 're2js';
import type { RelabelRule } from '../config/scrape-job.js';

/** Changes a label set in place; false: the thing that has the labels is not wanted. */
export type Relabel = (labels: Map<string, string>) => boolean;

/**
 * Prometheus' relabelling (https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config). Patterns match the whole text, in time
 * that grows with its length only, whatever the pattern.
 */
export function relabelling(rules: readonly RelabelRule[]): Relabel {
  const steps = rules.map(step);
  return labels => steps.every(run => run(labels));
}

function step(rule: RelabelRule): Relabel {
  const { action, sourceLabels, separator, targetLabel, replacement, modulus } = rule;
  const pattern = RE2JS.compile(rule.regex, RE2JS.DOTALL);
  const fits = (text: string): boolean => pattern.matches(text);
  const source = (labels: Map<string, string>): string =>
    sourceLabels.map(name => labels.get(name) ?? '').join(separator);
  switch (action) {
    case 'keep':
      return labels => fits(source(labels));
    case 'drop':
      return labels => !fits(source(labels));
    case 'keepequal':
      return labels => (labels.get(targetLabel) ?? '') === source(labels);
    case 'dropequal':
      return labels => (labels.get(targetLabel) ?? '') !== source(labels);
    case 'replace':
      return labels => {
        const match = pattern.matcher(source(labels));
        if (!match.matches()) return true;
        const target = expanded(targetLabel, match);
        if (target !== '') set(labels, target, expanded(replacement, match));
        return true;
      };
    case 'lowercase':
      return labels => set(labels, targetLabel, source(labels).toLowerCase());
    case 'uppercase':
      return labels => set(labels, targetLabel, source(labels).toUpperCase());
    case 'hashmod':
      return labels => {
        const hash = createHash('md5').update(source(labels)).digest();
        return set(labels, targetLabel, String(hash.readBigUInt64BE(8) % modulus));
      };
    case 'labelmap':
      return labels => {
        for (const [name, value] of new Map(labels)) {
          const match = pattern.matcher(name);
          if (match.matches()) set(labels, expanded(replacement, match), value);
        }
        return true;
      };
    case 'labeldrop':
      return labels => {
        for (const name of labels.keys()) if (fits(name)) labels.delete(name);
        return true;
      };
    case 'labelkeep':
      return labels => {
        for (const name of labels.keys()) if (!fits(name)) labels.delete(name);
        return true;
      };
  }
}

/** A label without a value is no label. */
function set(labels: Map<string, string>, name: string, value: string): true {
  if (value === '') labels.delete(name);
  else if (name !== '') labels.set(name, value);
  return true;
}

/** `$1`, `${1}` and `${name}` stand for groups, `$$` for a dollar; as in Go, a name without braces is as long as it can be, and an unknown group is empty. */
function expanded(template: string, match: Matcher): string {
  if (!template.includes('$')) return template;
  return template.replaceAll(/\$(?:\$|(\w+)|\{(\w+)\})/g, (whole, bare?: string, braced?: string) => {
    if (whole === '$$') return '$';
    const name = bare ?? braced ?? '';
    if (!/^\d+$/.test(name)) return groupNamed(match, name);
    return Number(name) <= match.groupCount() ? (match.group(Number(name)) ?? '') : '';
  });
}

function groupNamed(match: Matcher, name: string): string {
  return name in match.getNamedGroups() ? (match.group(name) ?? '') : '';
}
