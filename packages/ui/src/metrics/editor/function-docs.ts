import { syntaxTree } from '@codemirror/language';
import { hoverTooltip } from '@codemirror/view';
import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { functionDocs } from 'virtual:promql-docs';

type Strategy = { promQL(context: CompletionContext): Promise<CompletionResult | null> | CompletionResult | null };

const docs = new Map(functionDocs.map(one => [one.name, one]));

/** Words of later Prometheus versions than the one we answer as. */
const newer = new Set(['anchored', 'smoothed', 'fill', 'fill_left', 'fill_right']);

/** Completions of functions say what the engine's own docs say. */
export function withDocs(strategy: Strategy): Strategy {
  return {
    async promQL(context) {
      const found = await strategy.promQL(context);
      if (found === null) return null;
      return {
        ...found,
        options: found.options.flatMap(option => {
          const known = docs.get(option.label);
          if (known !== undefined) return [{ ...option, detail: known.signature, info: () => written(known.doc) }];
          // The grammar is newer than the functions: what the server would refuse is not offered.
          return option.type === 'function' || newer.has(option.label) ? [] : [option];
        }),
      };
    },
  };
}

/** The docs of the function or aggregation under the pointer. */
export const functionHover = hoverTooltip((view, at) => {
  const node = syntaxTree(view.state).resolveInner(at, 1);
  const known = docs.get(view.state.sliceDoc(node.from, node.to));
  if (known === undefined) return null;
  return {
    pos: node.from,
    end: node.to,
    create() {
      const dom = document.createElement('div');
      dom.className = 'cm-doc';
      const signature = document.createElement('code');
      signature.textContent = `${known.name}${known.signature}`;
      dom.append(signature, written(known.doc));
      return { dom };
    },
  };
});

/** A doc as elements: what stands between backticks is code. */
function written(doc: string): HTMLElement {
  const element = document.createElement('div');
  doc.split('`').forEach((part, index) => {
    const code = document.createElement('code');
    code.textContent = part;
    element.append(index % 2 === 0 ? part : code);
  });
  return element;
}
