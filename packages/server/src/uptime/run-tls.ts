import type { CheckDefinition } from '@bellwether/model';
import { certificateDays, connectTls } from './connect-tls.js';
import { resolveTarget } from './resolve-target.js';
import { RunFailed, type RunFacts } from './run-failed.js';
import type { RunContext } from './run-http.js';

/** The certificate is valid for the name, and for some days to come. Throws `RunFailed`. */
export async function runTls(
  { host, port, minCertificateDays }: Extract<CheckDefinition, { kind: 'tls' }>,
  { reach, trusted, now }: RunContext,
  signal: AbortSignal,
): Promise<RunFacts> {
  const address = await resolveTarget(host, reach);
  const socket = await connectTls({ host, address, port }, trusted, signal);
  const days = certificateDays(socket, now());
  socket.destroy();
  if (days === undefined) throw new RunFailed('tls', `${host}:${port} shows no certificate`);
  if (days < minCertificateDays)
    throw new RunFailed(
      'certificate',
      `the certificate ends in ${days} days, expected at least ${minCertificateDays}`,
      {
        certificateDays: days,
      },
    );
  return { certificateDays: days };
}
