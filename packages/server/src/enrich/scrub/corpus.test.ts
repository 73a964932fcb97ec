import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Scrubber } from './scrubber.js';

const lines = (name: string): readonly string[] =>
  readFileSync(new URL(`corpus/${name}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');

/** A line with its secrets between `⟦` and `⟧`; `\n` stands for a line's end. */
const secrets = lines('secrets.txt');
const innocent = lines('innocent.txt');

test('[Q2] [J8] the labelled corpus: at least 98 of 100 secrets are found, and at least 97 of 100 finds are secrets', () => {
  const scrubber = new Scrubber();
  const missed = secrets.filter(line => {
    const clean = scrubber.free(line.replace(/[⟦⟧]/g, ''));
    return [...line.matchAll(/⟦(.*?)⟧/g)].some(([, secret = '']) => clean.includes(secret));
  });
  const wrong = innocent.map(line => [line, scrubber.free(line)] as const).filter(([line, clean]) => line !== clean);
  const found = secrets.length - missed.length;
  const recall = found / secrets.length;
  const precision = found / (found + wrong.length);
  console.log(
    `scrubbing: recall ${recall.toFixed(3)} of ${secrets.length} secrets, precision ${precision.toFixed(3)} with ${innocent.length} innocent lines`,
    { missed, wrong },
  );
  expect(secrets.length + innocent.length).toBeGreaterThanOrEqual(300);
  expect(recall).toBeGreaterThanOrEqual(0.98);
  expect(precision).toBeGreaterThanOrEqual(0.97);
});

test('[Q2] only the secret goes: what stands around it stays', () => {
  const scrubber = new Scrubber();
  const marks = String.raw`(?:\[(?:redacted|card|email|iban|ssn)\]|REDACTED(?::REDACTED)?|"\[(?:redacted|card)\]")`;
  const greedy = secrets.filter(line => {
    const around = line.split(/⟦.*?⟧/).map(part => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
    return !new RegExp(`^${around.join(`.{0,3}${marks}.{0,3}`)}$`).test(scrubber.free(line.replace(/[⟦⟧]/g, '')));
  });
  expect(greedy.length / secrets.length).toBeLessThan(0.05);
});

test('[Q2] what was scrubbed before, by the application or by us, stays as it is', () => {
  const scrubber = new Scrubber();
  const changed = [...secrets, ...innocent]
    .map(line => scrubber.free(line.replace(/[⟦⟧]/g, '')))
    .filter(clean => scrubber.free(clean) !== clean);
  expect(changed).toEqual([]);
});
