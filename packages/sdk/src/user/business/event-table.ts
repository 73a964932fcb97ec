import { commonFields } from './common-fields.js';
import type { EventDefinition } from './define-event.js';
import type { Fields } from './field.js';

/** The guide's reference of all events, in Markdown, from the objects themselves. */
export function eventTables(definitions: readonly EventDefinition[]): string {
  const events = definitions.map(definition => {
    const { name, doc, fields, metrics } = definition;
    const counted = metrics.map(metric => {
      const labels = Object.values(metric.labels).map(label => `\`${label}\``);
      return `Metric: \`${metric.name}\` (${metric.kind}${metric.unit === '' ? '' : `, ${metric.unit}`}) by ${labels.join(', ')}.`;
    });
    return [`### \`${name}\``, '', [doc, ...counted].join(' '), '', ...rows(fields)].join('\n');
  });
  return ['### Every event', '', ...rows(commonFields), '', events.join('\n\n'), ''].join('\n');
}

function rows(fields: Fields): readonly string[] {
  return [
    '| fact | attribute | accepted | |',
    '|---|---|---|---|',
    ...Object.entries(fields).map(
      ([name, { attribute, shape, doc, required }]) =>
        `| \`${name}\`${required ? ' (needed)' : ''} | \`${attribute}\` | ${shape} | ${doc} |`,
    ),
  ];
}
