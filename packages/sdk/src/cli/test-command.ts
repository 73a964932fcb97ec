import { readConfig } from '../config/config.js';
import { activeRecorder } from '../core/active-recorder.js';
import { start } from '../start.js';
import { explain } from './explain.js';
import { probe } from './probe.js';
import { lookUp } from './look-up.js';
import { sendOneOfEach } from './one-of-each.js';

export interface TestDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the pages are, when it was said. */
  readonly pages: string | undefined;
  readonly out: (line: string) => void;
}

const flushMs = 5000;

/**
 * Sends one of each kind to the configured destination and tells what became of them, in sentences. The exit code: 0 when all arrived, 1 when something did not, and 2 when
 * the configuration keeps anything from being sent.
 */
export async function testCommand({ env, pages, out }: TestDeps): Promise<0 | 1 | 2> {
  const config = readConfig({}, env);
  for (const problem of config.problems) out(`Attention: ${problem}.`);
  if (!config.enabled) {
    out('The SDK is switched off, so nothing is sent. Unset BELLWETHER_ENABLED and OTEL_SDK_DISABLED to switch it on.');
    return 2;
  }
  out(
    `Sending to ${config.url.origin}${config.url.pathname.replace(/\/+$/, '')}, ${config.key === undefined ? 'without a key' : 'with the key in BELLWETHER_KEY'}.`,
  );
  const proxyVariable = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].find(
    name => (env[name] ?? '') !== '',
  );
  const why = explain(await probe(config.url, config.key), {
    url: config.url,
    hasKey: config.key !== undefined,
    proxyVariable,
  });
  if (why !== undefined) {
    out(`Nothing can be sent. ${why.problem}`);
    out(`What to do: ${why.remedy}`);
    return 1;
  }
  const bellwether = start({ service: config.service ?? 'bellwether-test' });
  const recorder = activeRecorder();
  if (recorder === undefined) {
    out('The SDK could not start; the line above says why.');
    return 2;
  }
  const sent = sendOneOfEach(recorder);
  const isTaken = await bellwether.flush(flushMs);
  const { dropped } = bellwether.report();
  const refused = Object.entries(dropped).filter(([, count]) => count > 0);
  await bellwether.shutdown(flushMs);
  if (!isTaken || refused.length > 0) {
    const what = refused.length === 0 ? 'Not everything' : `No ${refused.map(([signal]) => signal).join(' and no ')}`;
    out(`${what} could be sent within ${flushMs / 1000} seconds; the lines above say why.`);
    return 1;
  }
  out(
    `One error, one trace, one log line, one metric and one business event were taken. The trace is ${sent.traceId}.`,
  );
  const seen = await lookUp(sent, { url: config.url, pages });
  for (const line of seen.lines) out(line);
  return seen.isComplete ? 0 : 1;
}
