import { expect, test } from 'vitest';
import { statusPageHtml } from './status-page.js';

const day = { day: '2026-11-21', runs: 100, failed: 0, maintenance: 0 };

test('[K7] the status page says what is up and down, and writes names as text', () => {
  const html = statusPageHtml(
    { title: '<script>alert(1)</script>', note: '', noteMs: 0, stage: '' },
    [
      { name: 'A & "B"', state: 'up', days: [null, day], uptime30Days: 0.99999, maintenance: null, incidents: [] },
      {
        name: 'Mail',
        state: 'down',
        days: [{ ...day, failed: 50 }],
        uptime30Days: 0.5,
        maintenance: null,
        incidents: [],
      },
    ],
    [],
    Date.UTC(2026, 10, 21, 12, 30),
  );
  expect(html).not.toContain('<script');
  expect(html).toContain('A &amp; &quot;B&quot;<span>Up</span>');
  expect(html).toContain('1 of 2 systems are down');
  // Rounded down: what failed once was not up all the time.
  expect(html).toContain('99.99% up in 30 days');
  expect(html).toContain('Last 90 days: 1 day with an outage');
  expect(html).toContain('As of 2026-11-21 12:30 UTC');
  expect(html).not.toContain('Since');
});

test('[K7] the status page tells a note with the time since when, and what is not checked now is not called up', () => {
  const days = [null];
  const page = (states: readonly ('up' | 'flapping' | 'paused' | 'pending')[], note = ''): string =>
    statusPageHtml(
      { title: 'Shop', note, noteMs: Date.UTC(2026, 10, 21, 12, 5), stage: '' },
      states.map(state => ({ name: state, state, days, uptime30Days: null, maintenance: null, incidents: [] })),
      [],
      Date.UTC(2026, 10, 21, 12, 30),
    );
  expect(page(['up'], 'Orders <b>wait</b>\nwe mend it')).toContain(
    '<p>Since 2026-11-21 12:05 UTC</p>Orders &lt;b&gt;wait&lt;/b&gt;\nwe mend it</div>',
  );
  expect(page(['up', 'up'])).toContain('All systems are up');
  expect(page(['up', 'paused'])).toContain('1 of 2 systems are up; the others are not checked now');
  expect(page(['up', 'flapping'])).toContain('1 of 2 systems go up and down');
  expect(page(['paused'])).toContain('<span>Not checked now</span>');
  expect(page(['paused', 'pending'])).toContain('Nothing is known yet');
});

test('[K7] the status page tells of maintenance before and during it, and of nothing that is far off', () => {
  const nowMs = Date.UTC(2026, 10, 24, 2, 30);
  const at = (fromHours: number, toHours: number) => ({
    name: 'New <disks>',
    fromMs: nowMs + fromHours * 3_600_000,
    toMs: nowMs + toHours * 3_600_000,
  });
  const days = [{ ...day, runs: 0, maintenance: 3 }];
  const page = (state: 'up' | 'maintenance', maintenance: ReturnType<typeof at>): string =>
    statusPageHtml(
      { title: 'Shop', note: '', noteMs: 0, stage: '' },
      [
        { name: 'Mail', state, days, uptime30Days: null, maintenance, incidents: [] },
        { name: 'Shop', state, days, uptime30Days: null, maintenance, incidents: [] },
        { name: 'Search', state: 'up', days, uptime30Days: null, maintenance: null, incidents: [] },
      ],
      [],
      nowMs,
    );
  const during = page('maintenance', at(-1, 1));
  expect(during).toContain('Maintenance now: 2026-11-24 01:30 UTC to 2026-11-24 03:30 UTC');
  expect(during).toContain('<strong>New &lt;disks&gt;</strong><p>Mail, Shop</p>');
  expect(during).toContain('Maintenance of 2 of 3 systems');
  expect(during).toContain('<span>Maintenance</span>');
  expect(during).toContain('no day with an outage');
  const before = page('up', at(10, 11));
  expect(before).toContain('Maintenance planned: 2026-11-24 12:30 UTC to 2026-11-24 13:30 UTC');
  expect(before).toContain('All systems are up');
  expect(page('up', at(400, 401))).not.toContain('Maintenance planned');
});

const items = (html: string): readonly string[] =>
  [...html.matchAll(/<li><strong>(.*?)<\/li>/g)].map(([, item = '']) => item.replaceAll(/<[^>]*>/g, '|'));

test('[K7] the status page lists incidents of all systems, the newest first, those of older weeks folded', () => {
  const nowMs = Date.UTC(2026, 10, 24, 12);
  const hourMs = 3_600_000;
  const incident = (hoursAgo: number, hours: number | null, outages = 1) => ({
    fromMs: nowMs - hoursAgo * hourMs,
    toMs: hours === null ? null : nowMs - (hoursAgo - hours) * hourMs,
    downMs: null,
    outages,
  });
  const page = (...incidents: readonly ReturnType<typeof incident>[][]): string =>
    statusPageHtml(
      { title: 'Shop', note: '', noteMs: 0, stage: '' },
      incidents.map((each, i) => ({
        name: `<${i}>`,
        state: 'up',
        days: [day],
        uptime30Days: 1,
        maintenance: null,
        incidents: each,
      })),
      [],
      nowMs,
    );
  const html = page([incident(2, null)], [incident(30, 25, 4), incident(400, 0.01)]);
  expect(items(html)).toEqual([
    '&lt;0&gt;| is down|since 2026-11-24 10:00 UTC, 2 h 0 min|',
    '&lt;1&gt;| went up and down, 4 outages|2026-11-23 06:00 UTC to 2026-11-24 07:00 UTC, 1 d 1 h|',
    '&lt;1&gt;| was down|2026-11-07 20:00 UTC to 2026-11-07 20:00 UTC, less than a minute|',
  ]);
  expect(html.indexOf('Earlier, of the last 90 days: 1')).toBeGreaterThan(html.indexOf('4 outages'));
  expect(page([])).toContain('None in 14 days');
  expect(page([])).not.toContain('<details');
});

test('[K7] updates stand among the incidents with stage and time, and a resolved note stands there alone', () => {
  const nowMs = Date.UTC(2026, 10, 24, 12);
  const updates = [
    { atMs: nowMs - 60_000, stage: 'resolved', note: 'Orders <go> again.' },
    { atMs: nowMs - 600_000, stage: 'investigating', note: 'Orders wait.' },
  ] as const;
  const row = { name: 'Shop', state: 'up' as const, days: [day], uptime30Days: 1, maintenance: null };
  const incidents = [{ fromMs: nowMs - 500_000, toMs: nowMs - 100_000, downMs: 400_000, outages: 1 }];
  const page = (stage: 'resolved' | 'investigating'): string =>
    statusPageHtml(
      { title: 'Shop', note: 'Orders wait.', noteMs: nowMs, stage },
      [{ ...row, incidents }],
      updates,
      nowMs,
    );
  const html = page('resolved');
  expect(items(html)).toEqual([
    'Resolved||Orders &lt;go&gt; again.||2026-11-24 11:59 UTC|',
    'Shop| was down|2026-11-24 11:51 UTC to 2026-11-24 11:58 UTC, 6 min|',
    'Investigating||Orders wait.||2026-11-24 11:50 UTC|',
  ]);
  expect(html).not.toContain('class="note"');
  expect(page('investigating')).toContain('<p>Investigating, since 2026-11-24 12:00 UTC</p>Orders wait.</div>');
});
