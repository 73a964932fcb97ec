import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Everything from this server, nothing from elsewhere; `scripts` are the hashes of the page's own inline scripts. */
function contentSecurityPolicy(scripts: readonly string[]): string {
  return [
    "default-src 'self'",
    `script-src ${["'self'", ...scripts].join(' ')}`,
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const notBuilt = `The pages are not built: run "npm run build" in the repository, then start again. The API is at /api/bw/v1/.\n`;

/**
 * The built pages. Files below `assets/` carry a hash in their name and never change; `index.html` stands for every address of the pages and is asked for anew each time.
 */
export async function addPages(app: FastifyInstance, uiDir: string | undefined): Promise<void> {
  if (uiDir === undefined) {
    app.get('/', async (_, reply) => reply.code(404).type('text/plain; charset=utf-8').send(notBuilt));
    return;
  }
  const html = await readFile(join(uiDir, 'index.html'), 'utf8');
  const policy = contentSecurityPolicy(inlineScriptHashes(html));
  await app.register(fastifyStatic, {
    root: uiDir,
    index: false,
    wildcard: true,
    cacheControl: false,
    // The build lays `.br` and `.gz` beside scripts and styles: a third of the bytes on the way.
    preCompressed: true,
    setHeaders(response, path) {
      const isHashed = path.startsWith(join(uiDir, 'assets'));
      response.setHeader('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      response.setHeader('vary', 'accept-encoding');
      response.setHeader('content-security-policy', policy);
      response.setHeader('referrer-policy', 'no-referrer');
    },
  });
  const sendIndex = (reply: FastifyReply): FastifyReply =>
    reply
      .header('cache-control', 'no-cache')
      .header('content-security-policy', policy)
      .header('referrer-policy', 'no-referrer')
      .type('text/html; charset=utf-8')
      .send(html);
  app.get('/', async (_, reply) => sendIndex(reply));
  app.get('/index.html', async (_, reply) => sendIndex(reply));
  app.decorateReply('sendPage', function sendPage(this: FastifyReply) {
    return sendIndex(this);
  });
}

declare module 'fastify' {
  interface FastifyReply {
    /** Present when the pages are built: answers with `index.html`. */
    sendPage?(): FastifyReply;
  }
}

/** A script in the page itself (the theme must be set before the first paint) is allowed by what it says, not by where it stands. */
function inlineScriptHashes(html: string): readonly string[] {
  return [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/gi)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
}

/** Addresses of the pages have no dot in their last part, and are asked for as HTML. */
export function isPageAddress(method: string, url: string, accept: string | undefined): boolean {
  const path = url.split('?')[0] ?? '';
  const isOurs = !/^\/(?:api|jaeger|health|metrics|assets)(?:\/|$)/.test(path);
  return method === 'GET' && isOurs && !/\.[a-z0-9]+$/i.test(path) && (accept ?? '').includes('text/html');
}
