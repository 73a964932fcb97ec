import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { matrixFolder, type MatrixCase } from './matrix.js';

interface Esbuild {
  buildSync(options: Readonly<Record<string, unknown>>): unknown;
}

const oneModel = `model User {
  id   Int    @id @default(autoincrement())
  mail String
  @@map("prisma_users")
}
`;

/** Has Prisma write its client for some models, as the TypeScript that it writes, and makes it JavaScript: `.apps/prisma-client/client.js`. */
export function makePrismaClient(
  { set, form }: Pick<MatrixCase, 'set' | 'form'>,
  models: string = oneModel,
  name = 'prisma-client',
): void {
  const place = join(matrixFolder, set);
  const folder = join(place, '.apps', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const schema = join(folder, 'schema.prisma');
  const isPrevious = set === 'previous';
  writeFileSync(
    schema,
    `generator client {
  provider     = "prisma-client"
  output       = "./source"
  moduleFormat = "${form === 'esm' ? 'esm' : 'cjs'}"
  ${isPrevious ? 'engineType = "client"' : ''}
}
datasource db {
  provider = "postgresql"
  ${isPrevious ? 'url = "postgres://unused"' : ''}
}
${models}`,
  );
  // A binary that Prisma would load from the network, and that writing a client does not need.
  execFileSync(process.execPath, [join(place, 'node_modules/prisma/build/index.js'), 'generate', '--schema', schema], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', CHECKPOINT_DISABLE: '1' },
    stdio: 'pipe',
  });
  const source = join(folder, 'source');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'));
  // The package names the type; it is what `require` of it gives.
  const esbuild = createRequire(join(matrixFolder, 'current/package.json'))('esbuild') as Esbuild;
  esbuild.buildSync({
    entryPoints: files.map(name => join(source, name)),
    outdir: folder,
    outbase: source,
    format: form === 'esm' ? 'esm' : 'cjs',
    platform: 'node',
    logLevel: 'error',
  });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: form === 'esm' ? 'module' : 'commonjs' }));
}
