import { defineConfig } from 'vitest/config';

/** What `scripts/test.mjs` runs in another part or leaves out; `--exclude` does not reach projects. */
const elsewhere = (process.env['BELLWETHER_TESTS_ELSEWHERE'] ?? '').split(' ').filter(glob => glob !== '');
const built = ['**/node_modules/**', '**/dist/**', ...elsewhere];

/** Programs that tests start do not take the ports of the protocols that are on by default, nor leave a spool behind; who tests one says so with its flag. */
const env = {
  BELLWETHER_DATADOG: 'off',
  BELLWETHER_STATSD: 'off',
  BELLWETHER_FLUENT: 'off',
  BELLWETHER_SYSLOG: 'off',
  BELLWETHER_SPOOL: 'off',
};

/** What is waited for comes; how soon says something of the machine alone. */
const expect = { poll: { timeout: 30_000 } };

/** One project per kind of test; `scripts/test.mjs` runs them in this order. */
export default defineConfig({
  test: {
    exclude: built,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.{ts,tsx}', 'examples/*/src/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: [...built, '**/*.integration.test.ts', '**/*.matrix.test.ts', '**/*.suites.test.ts'],
          globalSetup: ['scripts/bundle-sdk.mjs', 'scripts/empty-store.mjs'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{packages,examples}/*/src/**/*.integration.test.ts', 'e2e/**/*.integration.test.ts'],
          exclude: built,
          globalSetup: ['scripts/bundle-sdk.mjs', 'scripts/empty-store.mjs'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          env,
          expect,
        },
      },
      {
        test: {
          name: 'matrix',
          include: ['packages/sdk/src/**/*.matrix.test.ts'],
          exclude: built,
          globalSetup: ['scripts/install-matrix.mjs', 'scripts/bundle-sdk.mjs'],
          // The long form bundles: of the AWS SDK webpack makes 10 s of work alone, and minutes beside others.
          testTimeout: process.env['BELLWETHER_FULL'] === '1' ? 300_000 : 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          env,
          expect,
        },
      },
      {
        test: {
          name: 'suites',
          include: ['packages/*/src/**/*.suites.test.ts', 'e2e/**/*.suites.test.ts'],
          exclude: built,
          globalSetup: ['scripts/empty-store.mjs'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['e2e/**/*.browser.test.ts'],
          exclude: built,
          globalSetup: ['scripts/empty-store.mjs'],
          testTimeout: 180_000,
          hookTimeout: 240_000,
          fileParallelism: false,
          env,
          expect,
        },
      },
    ],
  },
});
