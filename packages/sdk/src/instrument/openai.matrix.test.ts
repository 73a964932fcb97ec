import { expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';

// The server is stood in for by the application, with documented answers.
test.each(matrixCases('openai'))(
  '[E1][E2] openai: calls by model with their tokens, and never what was asked ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start();
    expect(JSON.parse((await app.get('/')).body)).toEqual({
      text: 'a secret answer',
      id: 'r-1',
      same: true,
      answer: 'gpt-5-2026',
      failed: 'rate_limit_exceeded',
    });
    await app.stop();
    const root = sink.spans.find(span => span.kind === 2 && span.parentId === '');
    const calls = sink.spans.filter(span => span.attributes['gen_ai.provider.name'] === 'openai');
    expect(
      calls.map(span => [
        span.name,
        span.parentId,
        span.attributes['gen_ai.usage.input_tokens'],
        span.attributes['error.type'] ?? '',
      ]),
    ).toEqual([
      ['chat gpt-5', root?.spanId, 12, ''],
      ['chat gpt-5', root?.spanId, 7, ''],
      ['embeddings small', root?.spanId, undefined, 'rate_limit_exceeded'],
    ]);
    expect(calls[0]?.attributes['gen_ai.response.model']).toBe('gpt-5-2026');
    const usage = sink.points.filter(point => point.metric === 'gen_ai.client.token.usage');
    expect(usage.map(point => [point.attributes['gen_ai.token.type'], point.sum])).toEqual([
      ['input', 19],
      ['output', 8],
    ]);
    expect(JSON.stringify(sink.spans.map(span => span.attributes))).not.toContain('secret');
  },
);
