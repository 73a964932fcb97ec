import { expect, test } from 'vitest';
import { statusPageHtml } from './status-page.js';

const day = { day: '2026-11-21', runs: 100, failed: 0 };

test('[K7] the status page says what is up and down, and writes names as text', () => {
  const html = statusPageHtml(
    '<script>alert(1)</script>',
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
  expect(html).toContain('99.99% of checks succeeded');
  expect(html).toContain('Last 90 days: 1 day with an outage');
  expect(html).toContain('As of 2026-11-21 12:30 UTC');
});
