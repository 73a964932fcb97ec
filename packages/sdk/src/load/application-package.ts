import { fs } from '../core/node-modules.js';
import { dirname, join } from 'node:path';

/** The package.json nearest to the file that Node was started with, as far as it says what the application depends on. */
export interface ApplicationPackage {
  readonly folder: string;
  readonly dependencies: ReadonlySet<string>;
  /** Whether the file that Node was started with is CommonJS: what it asks for, it gets by `require`. */
  readonly isCommonJs: boolean;
}

/** Undefined when there is none: a single file that was copied somewhere. */
export function applicationPackage(main: string | undefined = process.argv[1]): ApplicationPackage | undefined {
  let type: unknown;
  for (let folder = main === undefined ? process.cwd() : dirname(main); ; folder = dirname(folder)) {
    const manifest = readManifest(join(folder, 'package.json'));
    // The nearest decides on the type of files; one that says no more than that has no dependencies.
    type ??= manifest === undefined ? undefined : (Reflect.get(manifest, 'type') ?? 'commonjs');
    if (manifest !== undefined && 'name' in manifest) {
      return { folder, dependencies: dependenciesOf(manifest), isCommonJs: isCommonJs(main, type) };
    }
    if (dirname(folder) === folder) return undefined;
  }
}

/** TypeScript may be compiled to either form by whoever runs it. */
function isCommonJs(main: string | undefined, type: unknown): boolean {
  if (main === undefined || /\.(?:m[jt]s|tsx?)$/.test(main)) return false;
  return /\.c[jt]s$/.test(main) || type === 'commonjs';
}

function dependenciesOf(manifest: object): ReadonlySet<string> {
  const names = new Set<string>();
  for (const field of ['dependencies', 'optionalDependencies'] as const) {
    const found: unknown = Reflect.get(manifest, field);
    if (typeof found === 'object' && found !== null) for (const name of Object.keys(found)) names.add(name);
  }
  return names;
}

function readManifest(file: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
