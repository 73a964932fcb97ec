import { LineCounter, isMap, isNode, isScalar, parseDocument, type Document, type Node } from 'yaml';

/** A YAML text and where its keys stand. */
export interface YamlSource {
  readonly value: unknown;
  /** Syntax errors, each with its position; `value` means nothing then. */
  readonly errors: readonly string[];
  /** `name:line:column` of the value at `path`, or of the nearest thing around it that exists. */
  position(path: readonly PropertyKey[]): string;
  /** `name:line:column` of a key in the section at `path`. */
  keyPosition(path: readonly PropertyKey[], key: string): string;
}

/** Reads YAML 1.2. `name` is the file's name as its reader knows it. */
export function yamlSource(text: string, name: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const errors = document.errors.map(
    error =>
      `${at(error.pos[0])}: not readable as YAML: ${error.message.replace(/\s*\n[\s\S]*$/, '').replace(/\.$/, '')}`,
  );
  return {
    value: errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 100 }),
    errors,
    position(path) {
      for (let length = path.length; length >= 0; length--) {
        const node = nodeAt(document, path.slice(0, length));
        if (node?.range) return at(node.range[0]);
      }
      return `${name}:1:1`;
    },
    keyPosition(path, key) {
      const map = nodeAt(document, path);
      const pair = isMap(map)
        ? map.items.find(item => isScalar(item.key) && String(item.key.value) === key)
        : undefined;
      return isNode(pair?.key) && pair.key.range ? at(pair.key.range[0]) : this.position(path);
    },
  };
}

function nodeAt(document: Document, path: readonly PropertyKey[]): Node | undefined {
  const found: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(found) ? found : undefined;
}
