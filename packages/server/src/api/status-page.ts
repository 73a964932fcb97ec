import { createHash } from 'node:crypto';
import type { CheckIncident, CheckRow, StatusUpdate } from '@bellwether/model';
import type { FastifyInstance } from 'fastify';
import { type StatusPage, statusPageAt, statusUpdatesOf } from '../control/checks.js';
import { type Uptime, checkIncidents, checkRowOf } from './uptime-routes.js';

const style = `
:root{color-scheme:light dark;--bg:#f5f6f8;--surface:#fff;--border:#e1e4ea;--text:#161a21;--text3:#626b7a;--ok:#13704a;--crit:#bf1f1c;--warn:#8f5200;--none:#848c9a}
@media (prefers-color-scheme:dark){:root{--bg:#0e1014;--surface:#15181e;--border:#282d37;--text:#e7eaef;--text3:#8b94a3;--ok:#58cb93;--crit:#ff8078;--warn:#f0b450;--none:#6f7887}}
*{box-sizing:border-box;margin:0}
body{background:var(--bg);color:var(--text);font:15px/22px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:760px;margin:0 auto;padding:40px 16px}
h1{font-size:24px;line-height:30px}
.now{display:flex;align-items:center;gap:10px;margin:20px 0;padding:16px;border:1px solid var(--border);border-radius:8px;background:var(--surface);font-weight:600}
.note{margin:20px 0;padding:16px;border:1px solid var(--border);border-radius:8px;background:var(--surface);white-space:pre-line;overflow-wrap:anywhere}
ul{list-style:none;padding:0;border:1px solid var(--border);border-radius:8px;background:var(--surface)}
li{padding:14px 16px;border-top:1px solid var(--border)}
li:first-child{border-top:0}
h2{display:flex;align-items:center;gap:10px;font-size:15px;line-height:22px}
h2 span{margin-left:auto;font-weight:400}
svg{flex:none}
.up{color:var(--ok)}.down{color:var(--crit)}.flapping{color:var(--warn)}.pending,.paused,.maintenance{color:var(--none)}
.bars{display:block;width:100%;height:28px;margin-top:8px}
.bars .up{fill:var(--ok)}.bars .down{fill:var(--crit)}.bars .pending{fill:var(--border)}.bars .maintenance{fill:var(--none)}
p,footer{color:var(--text3);font-size:13px}
footer{padding-top:20px}
section{padding-top:24px}section ul,section>p{margin-top:8px}
section .told{white-space:pre-line;overflow-wrap:anywhere}
summary{padding:12px 0;cursor:pointer}summary:focus-visible{outline:2px solid currentColor}
`;

const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const words = {
  up: 'Up',
  down: 'Down',
  flapping: 'Goes up and down',
  maintenance: 'Maintenance',
  pending: 'No data',
  paused: 'Not checked now',
} as const;

const shapes = {
  up: '<circle cx="5" cy="5" r="4.4" fill="currentColor"/>',
  down: '<rect width="10" height="10" rx="1.6" fill="currentColor"/>',
  flapping: '<path d="M5 .3 10 9.6H0z" fill="currentColor"/>',
  pending: '<circle cx="5" cy="5" r="3.7" fill="none" stroke="currentColor" stroke-width="1.5"/>',
  maintenance: '<circle cx="5" cy="5" r="4.4" fill="currentColor"/>',
  paused:
    '<g fill="none" stroke="currentColor" stroke-width="1.5"><circle cx="5" cy="5" r="3.7"/><path d="M2.6 5h4.8"/></g>',
} as const;

const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

const mark = (state: CheckRow['state']): string =>
  `<svg aria-hidden="true" class="${state}" width="12" height="12" viewBox="0 0 10 10">${shapes[state]}</svg>`;

const utc = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const isOutage = (day: CheckRow['days'][number]): boolean =>
  day !== null && day.runs > 0 && day.failed / day.runs > 0.04;

/** One bar per day: green, red from the first failed hour of a day on, dark grey from below for what failed during maintenance, grey without runs. */
function bars(days: CheckRow['days']): string {
  const rects = days.map((day, i) => {
    const isDown = isOutage(day);
    const top = isDown ? 0 : 6;
    const excused = day === null ? 0 : Math.ceil(((28 - top) * day.maintenance) / (day.runs + day.maintenance));
    const rect = (state: CheckRow['state'], y: number): string =>
      `<rect class="${state}" x="${i * 8 + 1}" y="${y}" width="6" height="${28 - y}" rx="1"/>`;
    const whole = rect(isDown ? 'down' : day === null || day.runs === 0 ? 'pending' : 'up', top);
    return excused === 0 ? whole : whole + rect('maintenance', 28 - excused);
  });
  const failedDays = days.filter(isOutage).length;
  return `<svg class="bars" role="img" aria-label="Last 90 days: ${failedDays === 0 ? 'no day' : failedDays === 1 ? '1 day' : `${failedDays} days`} with an outage" viewBox="0 0 720 28" preserveAspectRatio="none">${rects.join('')}</svg>`;
}

/** How all stand, in a sentence: what is down first. */
function standing(rows: readonly Pick<CheckRow, 'state'>[]): {
  readonly state: CheckRow['state'];
  readonly said: string;
} {
  const count = (state: CheckRow['state']): number => rows.filter(row => row.state === state).length;
  const down = count('down');
  const flapping = count('flapping');
  const up = count('up');
  if (rows.length === 0) return { state: 'pending', said: 'Nothing is shown here yet' };
  if (down > 0)
    return { state: 'down', said: `${down} of ${rows.length} ${rows.length === 1 ? 'system is' : 'systems are'} down` };
  if (flapping > 0)
    return {
      state: 'flapping',
      said: `${flapping} of ${rows.length} ${rows.length === 1 ? 'system goes' : 'systems go'} up and down`,
    };
  const maintained = count('maintenance');
  if (maintained > 0 && up + maintained === rows.length)
    return {
      state: 'maintenance',
      said: `Maintenance of ${maintained} of ${rows.length} ${rows.length === 1 ? 'system' : 'systems'}`,
    };
  if (up === rows.length) return { state: 'up', said: 'All systems are up' };
  if (up === 0) return { state: 'pending', said: 'Nothing is known yet' };
  return { state: 'up', said: `${up} of ${rows.length} systems are up; the others are not checked now` };
}

/** So long before it begins maintenance is told. */
const toldBeforeMs = 14 * 86_400_000;

/** Maintenance that goes on or comes soon, each with the names that it concerns. */
function maintenanceNotes(rows: readonly Pick<CheckRow, 'name' | 'maintenance'>[], nowMs: number): string {
  const notes = new Map<string, string[]>();
  const times = rows.flatMap(({ name, maintenance }) => (maintenance === null ? [] : [{ ...maintenance, of: name }]));
  for (const { name, fromMs, toMs, of } of times.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (fromMs > nowMs + toldBeforeMs) continue;
    const when = `${fromMs <= nowMs ? 'Maintenance now' : 'Maintenance planned'}: ${utc(fromMs)} to ${utc(toMs)}`;
    const note = `<p>${when}</p><strong>${escaped(name)}</strong>`;
    const names = notes.get(note) ?? [];
    names.push(of);
    notes.set(note, names);
  }
  return [...notes]
    .map(([note, names]) => `<div class="note">${note}<p>${escaped(names.join(', '))}</p></div>`)
    .join('');
}

/** What is shown of a check. */
type ShownCheck = Pick<CheckRow, 'name' | 'state' | 'days' | 'uptime30Days' | 'maintenance'> & {
  readonly incidents: readonly CheckIncident[];
};

const dayMs = 86_400_000;

/** Incidents of so many days stand open; older ones are folded. */
const openDays = 14;

/** So many incidents and updates are told at most, the newest. */
const maxIncidents = 100;

/** When what was down and for how long, of all checks, and what people told of it, the newest first. */
function pastIncidents(rows: readonly ShownCheck[], updates: readonly StatusUpdate[], nowMs: number): string {
  const incidents = rows.flatMap(({ name, incidents }) =>
    incidents.map(incident => ({
      atMs: incident.fromMs,
      endMs: incident.toMs ?? nowMs,
      html: incidentItem({ ...incident, name }, nowMs),
    })),
  );
  const told = updates.map(update => ({ atMs: update.atMs, endMs: update.atMs, html: updateItem(update) }));
  const all = [...incidents, ...told].toSorted((a, b) => b.atMs - a.atMs).slice(0, maxIncidents);
  const list = (items: typeof all): string =>
    items.length === 0 ? '' : `<ul>${items.map(({ html }) => html).join('')}</ul>`;
  const recent = all.filter(({ endMs }) => endMs >= nowMs - openDays * dayMs);
  const earlier = all.filter(({ endMs }) => endMs < nowMs - openDays * dayMs);
  const folded =
    earlier.length === 0
      ? ''
      : `<details><summary>Earlier, of the last 90 days: ${earlier.length}</summary>${list(earlier)}</details>`;
  const none = recent.length === 0 ? `<p>None in ${openDays} days</p>` : '';
  return `<section><h2>Incidents</h2>${none}${list(recent)}${folded}</section>`;
}

const stageWords = {
  '': 'Note',
  investigating: 'Investigating',
  identified: 'Identified',
  resolved: 'Resolved',
} as const;

function updateItem({ atMs, stage, note }: StatusUpdate): string {
  return `<li><strong>${stageWords[stage]}</strong><div class="told">${escaped(note.trim())}</div><p>${utc(atMs)}</p></li>`;
}

function incidentItem(
  { name, fromMs, toMs, outages }: CheckIncident & { readonly name: string },
  nowMs: number,
): string {
  const isOver = toMs !== null;
  const what = outages > 1 ? `went up and down, ${outages} outages` : isOver ? 'was down' : 'is down';
  const when = isOver ? `${utc(fromMs)} to ${utc(toMs)}` : `since ${utc(fromMs)}`;
  return `<li><strong>${escaped(name)}</strong> ${what}<p>${when}, ${lasted((toMs ?? nowMs) - fromMs)}</p></li>`;
}

/** `4 min`, `2 h 5 min`, `3 d 4 h`. */
function lasted(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'less than a minute';
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** The page as HTML: names, states, incidents, maintenance and the note alone, no addresses, reasons or anything else that stands in a check. */
export function statusPageHtml(
  { title, note, noteMs, stage }: Pick<StatusPage, 'title' | 'note' | 'noteMs' | 'stage'>,
  rows: readonly ShownCheck[],
  updates: readonly StatusUpdate[],
  nowMs: number,
): string {
  const name = title === '' ? 'Status' : title;
  const { state, said } = standing(rows);
  const items = rows.map(row => {
    const share =
      row.uptime30Days === null
        ? ''
        : `<p>${(Math.floor(row.uptime30Days * 10_000) / 100).toFixed(2)}% up in 30 days</p>`;
    return `<li><h2>${mark(row.state)}${escaped(row.name)}<span>${words[row.state]}</span></h2>${bars(row.days)}${share}</li>`;
  });
  const isTold = note.trim() !== '' && stage !== 'resolved';
  const when = `${stage === '' ? '' : `${stageWords[stage]}, `}since ${utc(noteMs)}`;
  const told = isTold
    ? `<div class="note"><p>${when.slice(0, 1).toUpperCase()}${when.slice(1)}</p>${escaped(note.trim())}</div>`
    : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${escaped(name)}</title><style>${style}</style></head>
<body><main><h1>${escaped(name)}</h1><div class="now">${mark(state)}${said}</div>${told}${maintenanceNotes(rows, nowMs)}${items.length === 0 ? '' : `<ul>${items.join('')}</ul>${pastIncidents(rows, updates, nowMs)}`}<footer>As of ${utc(nowMs)}</footer></main></body></html>`;
}

/** A page is made anew at most so often: asking for it needs no key, and making it reads 90 days of each check. */
const keptMs = 1000;

/** `GET /status/<slug>`: for everybody who can reach the port, where a workspace switched it on. */
export function addStatusPage(app: FastifyInstance, uptime: Uptime | undefined): void {
  const kept = new Map<string, { readonly of: string; readonly html: string; readonly madeMs: number }>();
  app.get<{ Params: { slug: string } }>('/status/:slug', async (request, reply) => {
    const page = uptime === undefined ? undefined : statusPageAt(uptime.control, request.params.slug.slice(0, 64));
    reply
      .header('content-security-policy', policy)
      .header('referrer-policy', 'no-referrer')
      .type('text/html; charset=utf-8');
    if (page === undefined || uptime === undefined)
      return reply
        .code(404)
        .header('cache-control', 'no-store')
        .send(
          '<!doctype html><html lang="en"><title>No status page</title><p>There is no status page here.</p></html>',
        );
    const nowMs = Date.now();
    reply.header('cache-control', 'public, max-age=15');
    const made = kept.get(page.workspace);
    const of = JSON.stringify([page.title, page.note, page.stage]);
    if (made !== undefined && made.of === of && nowMs - made.madeMs < keptMs) return reply.send(made.html);
    const rows = uptime.checks
      .of(page.workspace)
      .filter(({ check }) => check.onStatusPage)
      .map(owned => ({ ...checkRowOf(uptime, owned, nowMs), incidents: checkIncidents(uptime, owned, nowMs) }));
    const updates = statusUpdatesOf(uptime.control, page.workspace, nowMs - 90 * dayMs);
    const html = statusPageHtml(page, rows, updates, nowMs);
    kept.set(page.workspace, { of, html, madeMs: nowMs });
    return reply.send(html);
  });
}
