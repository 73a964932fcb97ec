import { expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';

// Version 3 is the only major; its servers are stood in for by the application, with documented answers.
test.each(matrixCases('@aws-sdk/client-sqs', { previous: false }))(
  '[E1][E2] the AWS SDK: S3, SQS and Rekognition by operation, with errors and retries; messages carry the trace ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start();
    const answer = JSON.parse((await app.get('/')).body);
    await app.stop();
    expect(answer).toMatchObject({
      missing: 'NoSuchKey',
      labels: [{ Name: 'Book' }],
      own: ['QueueUrl', 'MessageBody'],
      same: true,
    });
    const root = sink.spans.find(span => span.kind === 2 && span.parentId === '');
    const upload = sink.spans.find(span => span.name === 's3.upload');
    const calls = sink.spans.filter(span => span.attributes['rpc.system.name'] === 'aws-api');
    expect(
      calls.map(span => [
        span.name,
        span.parentId,
        span.attributes['service.peer.name'],
        span.attributes['error.type'] ?? '',
      ]),
    ).toEqual([
      ['SQS.SendMessage', root?.spanId, 'aws-sqs', ''],
      ['SQS.ReceiveMessage', root?.spanId, 'aws-sqs', ''],
      ['S3.PutObject', upload?.spanId, 'aws-s3', ''],
      ['S3.GetObject', root?.spanId, 'aws-s3', 'NoSuchKey'],
      ['Rekognition.DetectLabels', root?.spanId, 'aws-rekognition', ''],
    ]);
    // What the application calls an upload is one call, not two: the command in it is a part of it.
    expect([upload?.kind, calls[2]?.kind, calls[3]?.kind]).toEqual([3, 1, 3]);
    const counted = sink.points.filter(point => point.metric === 'external.operation.duration');
    const operations = counted.map(point => point.attributes['bellwether.operation']);
    expect(operations).toContain('upload');
    expect(operations).not.toContain('PutObject');
    expect(calls[0]?.attributes).toMatchObject({
      'messaging.destination.name': 'receipts',
      'http.response.status_code': 200,
    });
    expect(calls[4]?.attributes['http.request.resend_count']).toBe(1);
    const sent = JSON.parse(answer.received[0].body);
    expect(sent.MessageAttributes.traceparent.StringValue).toContain(calls[0]?.spanId);
    expect(JSON.parse(answer.received[1].body).MessageAttributeNames).toContain('traceparent');
    const below = sink.spans.filter(span => span.parentId === calls[4]?.spanId);
    expect(below).toHaveLength(2);
    const retries = sink.points
      .filter(point => point.metric === 'external.operation.retries')
      .map(point => point.value);
    expect(Math.max(...retries)).toBe(1);
  },
);
