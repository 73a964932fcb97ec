import { expect, test } from 'vitest';
import { logsRequest } from '../otlp-writer.js';
import { readLine } from './line.js';
import { logParts } from './log-records.js';

const nowMs = 1_790_000_000_000;

function bodyOf(line: string): Buffer {
  const readings = readLine(line);
  if (typeof readings === 'string') throw new Error(readings);
  const parts = logParts(
    readings.filter(reading => reading.is !== 'sample'),
    nowMs,
  );
  expect(parts.map(({ signal }) => signal)).toEqual(['logs']);
  return Buffer.from(parts[0]!.body);
}

test('an event is a log record whose severity follows its alert type', () => {
  const line = String.raw`_e{6,10}:deploy|v2\nby CI!|d:1789999990|h:web-1|k:rel|p:low|s:ci|t:warning|#service:shop,team:a`;
  expect(bodyOf(line)).toEqual(
    Buffer.from(
      logsRequest([
        {
          resource: [
            ['host.name', 'web-1'],
            ['service.name', 'shop'],
          ],
          items: [
            {
              timeNs: 1_789_999_990_000_000_000n,
              severityNumber: 13,
              severityText: 'WARN',
              body: 'deploy\nv2\nby CI!',
              eventName: 'statsd.event',
              attributes: [
                ['statsd.event.title', 'deploy'],
                ['statsd.event.alert_type', 'warning'],
                ['statsd.event.priority', 'low'],
                ['statsd.event.aggregation_key', 'rel'],
                ['statsd.event.source_type', 'ci'],
                ['team', 'a'],
              ],
            },
          ],
        },
      ]),
    ),
  );
});

function checked(status: string, severityNumber: number, severityText: string): Buffer {
  return Buffer.from(
    logsRequest([
      {
        resource: [],
        items: [
          {
            timeNs: BigInt(nowMs) * 1_000_000n,
            severityNumber,
            severityText,
            body: `db is ${status}`,
            eventName: 'statsd.service_check',
            attributes: [
              ['statsd.service_check.name', 'db'],
              ['statsd.service_check.status', status],
            ],
          },
        ],
      },
    ]),
  );
}

test('a service check is a log record whose severity follows its status', () => {
  expect(bodyOf('_sc|db|0')).toEqual(checked('ok', 9, 'INFO'));
  expect(bodyOf('_sc|db|1')).toEqual(checked('warning', 13, 'WARN'));
  expect(bodyOf('_sc|db|2')).toEqual(checked('critical', 17, 'ERROR'));
  expect(bodyOf('_sc|db|3')).toEqual(checked('unknown', 13, 'WARN'));
});
