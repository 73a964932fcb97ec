import { isIP } from 'node:net';
import { BadInput } from '../base/bad-input.js';
import { isWorkspaceName, workspaceNameForm } from '../base/workspace-name.js';
import { type Scope, scopeOf } from '../store/store.js';
import { Forbidden } from './api-failure.js';

/** The headers that decide whether a request may be answered. */
export interface AskedFrom {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/**
 * Refuses requests that a web page of another site could make.
 *
 * The name in `Host` must be this machine's: a page can point a name of its own at 127.0.0.1 (DNS rebinding), but the name stays in the header.
 * A write must come from our own pages or from no page at all: then there is no `Origin`.
 */
export function checkCaller({ method, host, origin }: AskedFrom, listenHost: string): void {
  const name = hostName(host);
  if (name === undefined || !isOurName(name, listenHost)) {
    const ours = [...new Set(['localhost', '127.0.0.1', listenHost])].join(' or ');
    throw new Forbidden(
      `The Host header "${(host ?? '').slice(0, 80)}" is not a name of this server: open it as ${ours}.`,
    );
  }
  if (method !== 'GET' && method !== 'HEAD' && origin !== undefined && !isSameHost(origin, host)) {
    throw new Forbidden(
      `Writes are taken from Bellwether's own pages only, not from ${origin.slice(0, 80)}: send the request without a browser, or from its pages.`,
    );
  }
}

function hostName(host: string | undefined): string | undefined {
  if (host === undefined) return undefined;
  const found = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/]+))(?::\d{1,5})?$/i.exec(host);
  return (found?.[1] ?? found?.[2])?.toLowerCase();
}

function isOurName(name: string, listenHost: string): boolean {
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name)) {
    return true;
  }
  // An address can not be rebound; only names can.
  const listensEverywhere = listenHost === '0.0.0.0' || listenHost === '::';
  return name === listenHost.toLowerCase() || (listensEverywhere && isIP(name) !== 0);
}

function isSameHost(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}

/** On loopback, without keys, the header names the workspace, as in Mimir and Loki; none means `default`. */
export function callersScope(header: string | readonly string[] | undefined): Scope {
  if (header === undefined || header === '') return scopeOf('default');
  if (typeof header !== 'string' || !isWorkspaceName(header)) {
    throw new BadInput(`X-Scope-OrgID is no workspace name: a workspace is ${workspaceNameForm}.`);
  }
  return scopeOf(header);
}
