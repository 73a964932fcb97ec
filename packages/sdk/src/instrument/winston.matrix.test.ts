import { expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';

test.each(matrixCases('winston'))(
  '[J1][J7][J8][J9][W16][W47] winston: fields and ids are kept, secrets are not, an error is one, repeats are counted ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start();
    await app.get('/');
    await app.stop();
    const [root] = sink.spans.filter(span => span.kind === 2);
    const paid = sink.logs.find(log => log.attributes['logger.name'] === 'orders');
    expect(paid).toMatchObject({
      body: 'order paid',
      severityText: 'INFO',
      traceId: root?.traceId,
      attributes: { duration_ms: 12, password: '[redacted]', nested: { token: '[redacted]' } },
    });
    const report = sink.logs.find(log => log.eventName === 'exception');
    const [shipped, again] = sink.logs.filter(log => log.severity === 17 && log.eventName === '');
    expect(report?.attributes['exception.type']).toBe('RangeError');
    expect([shipped?.body, again?.body]).toEqual(['could not ship', 'said again']);
    const id = report?.attributes['sentry.event_id'];
    expect(
      [shipped, again].map(log => [log?.attributes['sentry.event_id'], log?.attributes['exception.type']]),
    ).toEqual([
      [id, undefined],
      [id, undefined],
    ]);
    const same = sink.logs.filter(log => log.body === 'same old story');
    expect([same.length, same.at(-1)?.attributes['bellwether.log.repeated']]).toEqual([51, 150]);
    const told = sink.logs.filter(log => log !== report).map(log => [log.body, log.attributes]);
    expect(JSON.stringify(told)).not.toMatch(/hunter2|abcdefgh|not seen/);
    const line = app.output.stdout.split('\n').find(text => text.includes('order paid'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ trace_id: root?.traceId, duration_ms: 12 });
  },
);
