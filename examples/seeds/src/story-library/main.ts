// Express 5 waits for its handlers' promises.
/* oxlint-disable oxc/no-async-endpoint-handlers */
import { business } from '@bellwether/node';
import express from 'express';
import { coverStore, sendMail, signedIn } from './cloud.js';
import { mails, startMailWorker } from './mail.js';
import { createTables, publishStory, storiesWithAuthors, storyById } from './stories.js';

/**
 * A library that publishes stories, watched as its teams wish: requests, queries, caches, queues, other people's services and the business, by one flag and some
 * decorators. Where it all goes is the environment's affair (`APM_PROVIDER=newrelic`, `datadog`, or nothing for Bellwether).
 */
const app = express();
app.use(express.json());

app.get('/stories/:id', async (request, response) => {
  const story = await storyById(request.params.id);
  if (story === undefined) response.status(404).json({ error: 'no such story' });
  else response.json(story);
});

// A query per story for its author: what an N+1 detector is to find.
app.get('/stories', async (_request, response) => {
  response.json(await storiesWithAuthors());
});

app.post('/stories', async (request, response) => {
  const { title, genre, author } = request.body;
  await signedIn(author);
  const story = await publishStory({ title, genre, author });
  // After the commit: what was rolled back was never published.
  business.event('stories.published', { value: 1, attributes: { genre } });
  await mails.add('send-mail', { to: author, subject: `${title} is out` });
  response.status(201).json(story);
});

app.put('/stories/:id/cover', async (request, response) => {
  response.json(await coverStore.keep(request.params.id, Buffer.from('a picture')));
});

app.post('/engagement', (request, response) => {
  business.feature({ feature: 'reading', customer: request.body.reader });
  response.json({});
});

await createTables();
const worker = startMailWorker(sendMail);
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') console.log(`port ${address?.port}`);
});
process.on('SIGTERM', async () => {
  server.close();
  await worker.close();
  process.exit(0);
});
