/** What a query variable asks the Prometheus API. Texts hold variables until they are interpolated. */
export type VariableQuery =
  | { readonly ask: 'label-values'; readonly label: string; readonly match: string }
  | { readonly ask: 'label-names'; readonly match: string }
  | { readonly ask: 'metrics'; readonly pattern: string }
  | { readonly ask: 'query-result'; readonly expr: string }
  | { readonly ask: 'series'; readonly match: string };

/** Reads `label_values(up, job)` and its like; anything else is a selector whose series are the options. Undefined: nothing is asked. */
export function readVariableQuery(text: string): VariableQuery | undefined {
  const query = text.trim();
  if (query === '') return undefined;
  const call = /^(label_values|label_names|metrics|query_result)\s*\(([\s\S]*)\)\s*$/.exec(query);
  if (call === null) return { ask: 'series', match: query };
  const [, name, inside = ''] = call;
  const given = inside.trim();
  switch (name) {
    case 'label_values': {
      // The label is behind the last comma: those of the selector stand before it.
      const comma = given.lastIndexOf(',');
      const last = given.slice(comma + 1).trim();
      if (comma < 0 || !/^[$\w[\]{}:"'.-]+$/.test(last) || (last.endsWith('}') && !last.startsWith('$'))) {
        return comma < 0 ? { ask: 'label-values', label: unquoted(given), match: '' } : { ask: 'series', match: given };
      }
      return { ask: 'label-values', label: unquoted(last), match: given.slice(0, comma).trim() };
    }
    case 'label_names':
      return { ask: 'label-names', match: given };
    case 'metrics':
      return { ask: 'metrics', pattern: unquoted(given) };
    default:
      return { ask: 'query-result', expr: given };
  }
}

function unquoted(text: string): string {
  return /^(["'`]).*\1$/.test(text) ? text.slice(1, -1) : text;
}
