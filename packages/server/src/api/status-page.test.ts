import { expect, test } from 'vitest';
import { statusPageHtml } from './status-page.js';

const day = { day: '2026-11-21', runs: 100, failed: 0 };

test('[K7] the status page says what is up and down, and writes names as text', () => {
  const html = statusPageHtml(
    { title: '<script>alert(1)</script>', note: '', noteMs: 0 },
    [
      { name: 'A & "B"', state: 'up', days: [null, day], uptime30Days: 0.99999 },
      { name: 'Mail', state: 'down', days: [{ ...day, failed: 50 }], uptime30Days: 0.5 },
    ],
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
      { title: 'Shop', note, noteMs: Date.UTC(2026, 10, 21, 12, 5) },
      states.map(state => ({ name: state, state, days, uptime30Days: null })),
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
