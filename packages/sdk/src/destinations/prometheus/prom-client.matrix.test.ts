import { expect, test, vi } from 'vitest';
import { freePort } from '../../test-support/free-port.js';
import { matrixCases, openCase } from '../../test-support/matrix.js';

// Bundles are left out: a registry inside of one is not reached by itself, but by `includePrometheusRegistry`.
test.each(matrixCases('prom-client', { previous: false, forms: ['esm', 'cjs', 'tsx'] }))(
  "[A2] a scrape has our metrics with exemplars, and those of the application's own registry ($name)",
  async one => {
    const { start } = await openCase(one);
    const port = await freePort();
    const app = await start({
      BELLWETHER_DESTINATIONS: 'prometheus',
      BELLWETHER_PROMETHEUS_LISTEN: `127.0.0.1:${port}`,
    });
    await app.get('/');
    await app.get('/');
    const ask = async (accept: string): Promise<string> => {
      const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { accept } });
      return answer.text();
    };
    // The application may listen before the scrape endpoint does.
    await vi.waitFor(() => ask('text/plain'), { timeout: 60_000, interval: 50 });
    const page = await ask('application/openmetrics-text; version=1.0.0');
    const lines = page.split('\n');
    expect(lines).toContain('jobs_total{kind="mail"} 2');
    expect(lines).toContain('wait_seconds_bucket{le="1"} 2');
    expect(page).toMatch(
      /http_server_request_duration_seconds_bucket\{.*\} \d+ # \{trace_id="[\da-f]{32}",span_id="[\da-f]{16}"\}/,
    );
    expect(page.endsWith('# EOF\n')).toBe(true);
    expect(await ask('text/plain')).not.toContain(' # {');
    expect(app.output.stderr).toBe('');
  },
);
