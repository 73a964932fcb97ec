import { expect, test } from 'vitest';
import { readConfig } from '../config/load-config.js';
import { jobKey } from './reread-jobs.js';

const key = (job: object): string => {
  const text = JSON.stringify({ scrape: { configs: [{ job_name: 'a', ...job }] } });
  const { jobs } = readConfig({ text, name: 'b.yaml' }, { flags: {}, env: {}, cwd: '/' }).scrape;
  return jobs.map(jobKey).join();
};

const hashmod = (modulus: number): object => ({
  relabel_configs: [{ action: 'hashmod', source_labels: ['a'], target_label: 'b', modulus }],
});

test('a job’s key tells it from a changed one, secrets and large numbers included, and shows no secret', () => {
  expect(key({ bearer_token: 'hunter2' })).toBe(key({ bearer_token: 'hunter2' }));
  expect(key({ bearer_token: 'hunter2' })).not.toBe(key({ bearer_token: 'hunter3' }));
  expect(key(hashmod(2))).not.toBe(key(hashmod(3)));
  expect(key({ bearer_token: 'hunter2' })).not.toContain('hunter2');
});
