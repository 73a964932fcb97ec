import http from 'node:http';
import { DetectLabelsCommand, RekognitionClient } from '@aws-sdk/client-rekognition';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { trackExternalService } from '@bellwether/node';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

// Stands in for AWS, with the answers that its documentation gives.
const received = [];
let failures = 0;
const cloud = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', chunk => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString();
    const target = request.headers['x-amz-target'] ?? '';
    received.push({ target, body });
    const json = value =>
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(value));
    if (target.endsWith('SendMessage')) return json({ MessageId: 'm-1' });
    if (target.endsWith('ReceiveMessage')) return json({ Messages: [{ MessageId: 'm-1', Body: 'x' }] });
    if (target.endsWith('DetectLabels')) {
      if (failures++ === 0)
        return response
          .writeHead(500, { 'content-type': 'application/x-amz-json-1.1' })
          .end('{"__type":"InternalServerError"}');
      return json({ Labels: [{ Name: 'Book' }] });
    }
    if (request.method === 'PUT') return response.writeHead(200, { etag: '"e"' }).end();
    response
      .writeHead(404, { 'content-type': 'application/xml' })
      .end('<Error><Code>NoSuchKey</Code><Message>no</Message></Error>');
  });
});

const server = http.createServer(async (_request, response) => {
  try {
    const endpoint = `http://127.0.0.1:${cloud.address().port}`;
    const options = {
      endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      md5: false,
    };
    const sqs = new SQSClient(options);
    const input = { QueueUrl: `${endpoint}/1/receipts`, MessageBody: 'x' };
    const command = new SendMessageCommand(input);
    await sqs.send(command);
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: input.QueueUrl, MaxNumberOfMessages: 1 }));
    const s3 = new S3Client({ ...options, forcePathStyle: true });
    const upload = trackExternalService(
      's3',
      'upload',
    )(key => s3.send(new PutObjectCommand({ Bucket: 'covers', Key: key, Body: 'x' })));
    await upload('users/7/secret.png');
    const missing = await s3.send(new GetObjectCommand({ Bucket: 'covers', Key: 'none' })).catch(error => error.name);
    const rekognition = new RekognitionClient(options);
    const labels = await rekognition.send(new DetectLabelsCommand({ Image: { Bytes: new Uint8Array([1]) } }));
    response.end(
      JSON.stringify({
        received,
        missing,
        labels: labels.Labels,
        own: Object.keys(input),
        same: command.input === input,
      }),
    );
  } catch (error) {
    response.writeHead(500).end(String(error.stack));
  }
});
cloud.listen(0, '127.0.0.1', () => server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`)));
