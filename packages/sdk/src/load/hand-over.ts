import type { ExportSpecifier, ImportSpecifier, initSync, parse } from 'es-module-lexer';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import type { LibraryFile } from './library-file.js';

/** Who appended the line that hands a module over. */
export type Hand = 'hook' | 'bundle';

/** What the line hands over. */
export interface HandedModule extends LibraryFile {
  readonly by: Hand;
  readonly form: 'cjs' | 'esm';
  /** `module.exports`, or an object whose properties read and replace an ES module's bindings. */
  readonly exports: unknown;
}

/** The name under which modules find us on `globalThis`: a list, until a `ModuleLoads` takes its place. */
export const handOverName = 'bellwether.modules';

interface Lexer {
  readonly parse: typeof parse;
  readonly initSync: typeof initSync;
}

let lexer: Lexer | undefined;

/** Loaded when the first ES module is wanted: 10 ms of CPU time that most applications need not spend. */
function theLexer(): Lexer {
  if (lexer === undefined) {
    // Its CommonJS build; the types are those of the package.
    const loaded = createRequire(import.meta.url)('es-module-lexer') as Lexer;
    loaded.initSync();
    lexer = loaded;
  }
  return lexer;
}

/**
 * The text of a library's module with one line at its end that hands its bindings over; lines and columns before stay as they are, for source maps.
 *
 * An ES module's functions, classes, `let` and `var` are replaceable from inside it. A `const` is made a `let` of the same width, and `export default name` (which is a
 * copy) an export of the binding. What is imported from elsewhere, or declared in a way that we do not recognise for certain, can be read and not replaced.
 * Undefined for a text that cannot be read.
 */
export function handOver(source: string, file: LibraryFile, by: Hand): string | undefined {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = theLexer().parse(source);
  } catch {
    return undefined;
  }
  const [imports, exports, , isEsm] = parsed;
  if (!isEsm) return `${source}\n${handLine(file, by, 'cjs', 'module.exports')}`;
  return handOverEsm(source, file, by, imports, exports);
}

function handLine(
  { library, version, path, isEntry }: LibraryFile,
  by: Hand,
  form: HandedModule['form'],
  exports: string,
): string {
  const list = `(globalThis[Symbol.for(${JSON.stringify(handOverName)})]??=[])`;
  const facts = JSON.stringify({ library, version, path, isEntry, by, form }).slice(1, -1);
  return `;${list}.push({${facts},"exports":${exports}});`;
}

const defaultName = 'bw$default';

function handOverEsm(
  source: string,
  file: LibraryFile,
  by: Hand,
  imports: readonly ImportSpecifier[],
  exports: readonly ExportSpecifier[],
): string {
  const text = new SameWidth(source);
  const imported = importedNames(source, imports);
  const extra: string[] = [];
  const members: string[] = [];
  let isComplete = !imports.some(({ ss }) => source.startsWith('export', ss));
  for (const spec of exports) {
    let local = spec.ln;
    if (local === undefined && spec.n === 'default' && source.startsWith('export', spec.ss)) {
      local = nameDefault(source, spec, text, extra, imported);
    }
    if (local === undefined) {
      isComplete = false;
      continue;
    }
    const key = JSON.stringify(spec.n);
    members.push(`get ${key}(){return ${local}}`);
    if (!imported.has(local) && isReplaceable(source, spec, local, text)) {
      members.push(`set ${key}(v){${local}=v}`);
    }
  }
  if (!isComplete) {
    // What is passed on from other modules has no name here; the module's own namespace reads it.
    extra.push(`import*as bw$self from${JSON.stringify(`./${basename(file.path)}`)};`);
    members.push('__proto__:bw$self');
  }
  return `${text}\n${extra.join('')}${handLine(file, by, 'esm', `{${members.join(',')}}`)}`;
}

/** Replaces parts of a text by others that are as long, or longer where nothing else will do. */
class SameWidth {
  readonly #edits: { readonly start: number; readonly end: number; readonly by: string }[] = [];
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  replace(start: number, end: number, by: string): void {
    if (!this.#edits.some(edit => edit.start === start)) this.#edits.push({ start, end, by: by.padEnd(end - start) });
  }

  toString(): string {
    let out = '';
    let at = 0;
    for (const { start, end, by } of this.#edits.toSorted((a, b) => a.start - b.start)) {
      out += this.#source.slice(at, start) + by;
      at = end;
    }
    return out + this.#source.slice(at);
  }
}

/** Gives the value of an `export default` without a name one that can be replaced, where that changes nothing else. */
function nameDefault(
  source: string,
  { ss, e }: ExportSpecifier,
  text: SameWidth,
  extra: string[],
  imported: ReadonlySet<string>,
): string | undefined {
  const space = /\s*/y;
  space.lastIndex = e;
  space.exec(source);
  const start = space.lastIndex;
  // The whole expression is the name: what follows cannot go on with it on the next line.
  const name = /[\w$]+(?=[ \t]*(?:;|\s*$|[\r\n]\s*(?:[\w$;}"'@]|\/\/|\/\*)))/y;
  name.lastIndex = start;
  const identifier = name.exec(source)?.[0];
  if (identifier !== undefined && !/^(?:\d|(?:true|false|null|this|function|class|async|new)$)/.test(identifier)) {
    if (imported.has(identifier)) return identifier;
    // `export default name` exports a copy; the statement that is left of it does nothing.
    text.replace(ss, start, '');
    extra.push(`export{${identifier} as default};`);
    return identifier;
  }
  const keyword = /(?:async\s+)?function\b|class\b/y;
  keyword.lastIndex = start;
  // A declaration without a name is hoisted: it stays as it is, and is seen through the namespace.
  if (keyword.exec(source) !== null) return undefined;
  text.replace(ss, start, `let ${defaultName}=`);
  extra.push(`export{${defaultName} as default};`);
  return defaultName;
}

/** Whether `local` is declared by something that can be assigned to; a `const` is made so. */
function isReplaceable(source: string, { ss, n, ls }: ExportSpecifier, local: string, text: SameWidth): boolean {
  if (local === defaultName) return true;
  const declared = /export\s+(?:default\s+)?(const|let|var|class|(?:async\s+)?function)\b/y;
  declared.lastIndex = ss;
  const here = declared.exec(source);
  if (here !== null) {
    if (here[1] === 'const') text.replace(declared.lastIndex - 5, declared.lastIndex, 'let');
    return true;
  }
  if (n !== 'default' && ls < 0) return false;
  // Exported by a list: its declaration is the only one of that name that begins a line.
  const escaped = local.replaceAll('$', '\\$');
  const declaration = new RegExp(
    `^(?:async )?(const|let|var|class|function)(?:[ \\t]*\\*)?[ \\t]+${escaped}(?![\\w$])`,
    'gm',
  );
  const [only, ...more] = source.matchAll(declaration);
  if (only === undefined || more.length > 0) return false;
  if (only[1] === 'const') text.replace(only.index, only.index + 5, 'let');
  return true;
}

/** The names that import statements bind: they belong to other modules. */
function importedNames(source: string, imports: readonly ImportSpecifier[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { d, ss, s } of imports) {
    if (d !== -1 || !source.startsWith('import', ss)) continue;
    const clause = source.slice(ss + 6, s);
    // `default, { a, b as c }` or `* as ns`: the last word of each part is what is bound here.
    for (const part of clause.split(/[{},]/)) {
      const bound = /([\w$]+)\s*(?:from\s*["']?\s*)?$/.exec(part.replace(/\bfrom\s*["']?\s*$/, ''))?.[1];
      if (bound !== undefined) names.add(bound);
    }
  }
  return names;
}
