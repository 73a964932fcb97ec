import http from 'node:http';
import OpenAI from 'openai';

const answer = (response, status, value) =>
  response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'r-1' }).end(JSON.stringify(value));

// Stands in for OpenAI, with the answers that its reference documents.
const cloud = http.createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    if (request.url.endsWith('/embeddings'))
      return answer(response, 429, { error: { message: 'slow down', code: 'rate_limit_exceeded' } });
    if (request.url.endsWith('/responses'))
      return answer(response, 200, {
        id: 'resp',
        object: 'response',
        model: 'gpt-5-2026',
        output: [],
        usage: { input_tokens: 7, output_tokens: 3 },
      });
    answer(response, 200, {
      id: 'c',
      object: 'chat.completion',
      model: 'gpt-5-2026',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'a secret answer' } }],
      usage: { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 },
    });
  });
});

const server = http.createServer(async (_request, response) => {
  try {
    const client = new OpenAI({ apiKey: 'k', baseURL: `http://127.0.0.1:${cloud.address().port}/v1`, maxRetries: 0 });
    const pending = client.chat.completions.create({
      model: 'gpt-5',
      messages: [{ role: 'user', content: 'a secret question' }],
    });
    const { data, request_id: id } = await pending.withResponse();
    const again = await pending;
    const answered = await client.responses.create({ model: 'gpt-5', input: 'x' });
    const failed = await client.embeddings.create({ model: 'small', input: 'x' }).catch(error => error.code);
    response.end(
      JSON.stringify({
        text: data.choices[0].message.content,
        id,
        same: again === data,
        answer: answered.model,
        failed,
      }),
    );
  } catch (error) {
    response.writeHead(500).end(String(error.stack));
  }
});
cloud.listen(0, '127.0.0.1', () => server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`)));
