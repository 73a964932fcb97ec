import {
  checkAnswer,
  checkDefinition,
  checksAnswer,
  checkState,
  maintenanceWindow,
  type CheckDefinition,
  type CheckIncident,
  type CheckRow,
  type ChecksAnswer,
  statusPageSettings,
} from '@bellwether/model';
import { z } from 'zod';
import { daysOf, keepStatusPage, outagesOf, runsOf, statusPageOf } from '../control/checks.js';
import type { ControlStore } from '../control/control-store.js';
import { maxWindows } from '../uptime/maintenance.js';
import { maintenanceTimeAt } from '../uptime/maintenance-time.js';
import { type Checks, maxChecks, type OwnedCheck } from '../uptime/checks.js';
import { incidentsOf, isFlapping } from '../uptime/incidents.js';
import { targetOf } from '../uptime/run-telemetry.js';
import { BadInput } from '../base/bad-input.js';
import { Conflict, NotFound, Unavailable } from './api-failure.js';
import { type Route, defineRoute } from './route.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const shownDays = 90;
const shownRuns = 500;
const recentRuns = 60;
const hidden = '(hidden)';

/** What the routes need; undefined where the server runs without a data folder. */
export interface Uptime {
  readonly checks: Checks;
  readonly control: ControlStore;
}

/** One row of the list: how a check stands, and its last 90 days. */
export function checkRowOf({ checks, control }: Uptime, owned: OwnedCheck, nowMs: number): CheckRow {
  const { workspace, check, isFromFile } = owned;
  const status = checks.status(owned);
  const pausedBy = checks.pausedBy(check) ?? null;
  const names = Array.from({ length: shownDays }, (_, i) =>
    new Date(nowMs - (shownDays - 1 - i) * dayMs).toISOString().slice(0, 10),
  );
  const byDay = daysOf(control, workspace, check.id, names[0] ?? '');
  const days = names.map(day => byDay.get(day) ?? null);
  const month = days.slice(-30).flatMap(day => day ?? []);
  const runs = month.reduce((sum, day) => sum + day.runs, 0);
  const failed = month.reduce((sum, day) => sum + day.failed, 0);
  const latest = outagesOf(control, workspace, check.id, nowMs - hourMs);
  const maintenance = checks.maintenance.nextOf(workspace, check.id, nowMs) ?? null;
  const isInMaintenance = maintenance !== null && maintenance.fromMs <= nowMs;
  const flaps = isFlapping(latest, check.changesBeforeFlapping, nowMs);
  const state = isInMaintenance ? 'maintenance' : flaps ? 'flapping' : status.state;
  const recent = runsOf(control, workspace, check.id, recentRuns);
  return {
    id: check.id,
    name: check.name === '' ? check.id : check.name,
    kind: check.kind,
    target: targetOf(check),
    isFromFile,
    service: check.service,
    onStatusPage: check.onStatusPage,
    everySeconds: check.everySeconds,
    state: pausedBy === null ? state : 'paused',
    pausedBy,
    sinceMs: pausedBy === null && !isInMaintenance ? (status.sinceMs ?? null) : null,
    last: recent[0] ?? null,
    days,
    uptime30Days: runs === 0 ? null : 1 - failed / runs,
    maintenance,
    recentMs: recent.toReversed().map(run => (run.isUp ? run.durationMs : null)),
  };
}

/** The incidents of a check in the last 90 days, the newest first. */
export function checkIncidents(
  { control }: Uptime,
  { workspace, check }: OwnedCheck,
  nowMs: number,
): readonly CheckIncident[] {
  return incidentsOf(outagesOf(control, workspace, check.id, nowMs - shownDays * dayMs), check.changesBeforeFlapping);
}

/** Checks, what they found, and the settings of the status page. */
export function uptimeRoutes(uptime: Uptime | undefined): readonly Route[] {
  const needed = (): Uptime => {
    if (uptime === undefined) throw new Unavailable('This server runs no checks: it runs without a data folder.');
    return uptime;
  };
  const found = (workspace: string, id: string): OwnedCheck => {
    const owned = needed().checks.get(workspace, id);
    if (owned === undefined) throw new NotFound(`There is no check ${id}. GET /api/bw/v1/checks lists them.`);
    return owned;
  };
  const changeable = (workspace: string, id: string): void => {
    if (needed().checks.get(workspace, id)?.isFromFile === true)
      throw new Conflict(`The check ${id} stands in bellwether.yaml: change it there.`);
  };
  const windowIsOurs = (workspace: string, id: string): void => {
    if (needed().checks.maintenance.get(workspace, id)?.isFromFile === true)
      throw new Conflict(`The maintenance window ${id} stands in bellwether.yaml: change it there.`);
  };
  const params = z.object({ id: z.string().max(64) });
  const done = z.object({ id: z.string() });
  return [
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/checks',
      summary: 'Every uptime check: how it stands, its last runs and its last 90 days.',
      answer: checksAnswer,
      async handle(_, { asker, nowMs }): Promise<ChecksAnswer> {
        const { checks, control } = needed();
        const { workspace } = asker.scope;
        const page = statusPageOf(control, workspace);
        return {
          checks: checks
            .of(workspace)
            .map(owned => checkRowOf(needed(), owned, nowMs))
            .toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en')),
          maintenance: checks.maintenance
            .of(workspace)
            .map(({ window, isFromFile }) => ({ window, isFromFile, time: maintenanceTimeAt(window, nowMs) ?? null })),
          statusPage: {
            slug: page?.slug ?? '',
            title: page?.title ?? '',
            note: page?.note ?? '',
            stage: page?.stage ?? '',
          },
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/checks/:id',
      summary: 'One uptime check with its runs, the newest first.',
      params,
      answer: checkAnswer,
      async handle({ params: { id } }, { asker, nowMs }) {
        const owned = found(asker.scope.workspace, id);
        const { checks, control } = needed();
        const { token } = checks.status(owned);
        return {
          check: checkRowOf(needed(), owned, nowMs),
          definition: withoutSecrets(owned.check),
          heartbeatPath: token === '' ? '' : `/api/bw/v1/heartbeats/${token}`,
          runs: [...runsOf(control, owned.workspace, id, shownRuns)],
          incidents: [...checkIncidents(needed(), owned, nowMs)],
        };
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/bw/v1/checks/:id',
      summary: 'Makes an uptime check, or changes it; it runs at once.',
      params,
      body: checkDefinition,
      answer: done,
      async handle({ params: { id }, body }, { asker }) {
        const { checks } = needed();
        const { workspace } = asker.scope;
        if (body.id !== id)
          throw new BadInput(
            `The address names the check ${id}, and the body ${body.id.slice(0, 64)}: they must be the same.`,
          );
        changeable(workspace, id);
        const before = checks.get(workspace, id);
        if (before === undefined && checks.of(workspace).length >= maxChecks)
          throw new Conflict(`There are ${maxChecks} checks already: remove one, or put them into bellwether.yaml.`);
        checks.keep(workspace, withKeptSecrets(body, before?.check));
        return { id };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/bw/v1/checks/:id',
      summary: 'Removes an uptime check with its runs.',
      params,
      answer: done,
      async handle({ params: { id } }, { asker }) {
        found(asker.scope.workspace, id);
        changeable(asker.scope.workspace, id);
        needed().checks.remove(asker.scope.workspace, id);
        return { id };
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/bw/v1/maintenance/:id',
      summary: 'Makes a maintenance window, or changes it: failures of its checks do not count then.',
      params,
      body: maintenanceWindow,
      answer: done,
      async handle({ params: { id }, body }, { asker }) {
        const { checks } = needed();
        const { workspace } = asker.scope;
        if (body.id !== id)
          throw new BadInput(`The address names the window ${id}, and the body ${body.id}: they must be the same.`);
        const unknown = body.checks.find(check => checks.get(workspace, check) === undefined);
        if (unknown !== undefined)
          throw new BadInput(`There is no check ${unknown}. GET /api/bw/v1/checks lists them; none means all.`);
        windowIsOurs(workspace, id);
        if (
          checks.maintenance.get(workspace, id) === undefined &&
          checks.maintenance.of(workspace).length >= maxWindows
        )
          throw new Conflict(`There are ${maxWindows} maintenance windows already: remove one.`);
        checks.maintenance.keep(workspace, body);
        return { id };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/bw/v1/maintenance/:id',
      summary: 'Removes a maintenance window; what failed in it stays excused.',
      params,
      answer: done,
      async handle({ params: { id } }, { asker }) {
        const { maintenance } = needed().checks;
        const { workspace } = asker.scope;
        if (maintenance.get(workspace, id) === undefined)
          throw new NotFound(`There is no maintenance window ${id}. GET /api/bw/v1/checks lists them.`);
        windowIsOurs(workspace, id);
        maintenance.remove(workspace, id);
        return { id };
      },
    }),
    ...(['GET', 'POST'] as const).map(method =>
      defineRoute({
        method,
        path: '/api/bw/v1/heartbeats/:token',
        summary: 'A job says that it ran: the address that its heartbeat check shows.',
        params: z.object({ token: z.string().max(64) }),
        answer: z.object({ heard: z.boolean() }),
        async handle({ params: { token } }) {
          if (!needed().checks.beat(token))
            throw new NotFound('No heartbeat check has this address. Its page shows the right one.');
          return { heard: true };
        },
      }),
    ),
    defineRoute({
      method: 'PUT',
      path: '/api/bw/v1/status-page',
      summary: 'Switches the public status page of the workspace on, at /status/ and the slug; with an empty slug off.',
      body: statusPageSettings,
      answer: statusPageSettings,
      async handle({ body }, { asker, nowMs }) {
        if (!keepStatusPage(needed().control, asker.scope.workspace, body, nowMs))
          throw new Conflict(`Another workspace has the slug ${body.slug}: choose another.`);
        return body;
      },
    }),
  ];
}

const rank = ({ state }: CheckRow): number => checkState.options.indexOf(state);

/** Values of headers are keys more often than not: they go in, and never out. */
function withoutSecrets(check: CheckDefinition): CheckDefinition {
  if (check.kind !== 'http') return check;
  return { ...check, headers: Object.fromEntries(Object.keys(check.headers).map(name => [name, hidden])) };
}

/** A header that comes back hidden keeps the value it had, as long as the URL's host is the same: it must not be sent elsewhere. */
function withKeptSecrets(check: CheckDefinition, before: CheckDefinition | undefined): CheckDefinition {
  if (check.kind !== 'http') return check;
  const known =
    before?.kind === 'http' && new URL(before.url).origin === new URL(check.url).origin ? before.headers : {};
  const headers = Object.entries(check.headers).map(([name, value]) => {
    const kept = value === hidden ? (Object.hasOwn(known, name) ? known[name] : undefined) : value;
    if (kept === undefined)
      throw new BadInput(`Give the header ${name} its value again: the check calls another host now.`);
    return [name, kept];
  });
  return { ...check, headers: Object.fromEntries(headers) };
}
