import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type AskedProgram, startAskedProgram } from './adversarial-program.test-support.js';

let program: AskedProgram;
const nowMs = Math.floor(Date.now() / 60_000) * 60_000;

beforeAll(async () => {
  program = await startAskedProgram();
});
afterAll(() => program.stop());

const texts = z.array(z.string());

test('what was sent before is in the very next answer: samples, series, labels, metrics and what is said of them', async () => {
  for (let round = 0; round < 12; round++) {
    const atMs = nowMs + round * 1000;
    await program.write(
      'fresh',
      [
        {
          labels: [
            ['__name__', 'steady'],
            ['a', 'b'],
          ],
          samples: [[atMs, round]],
        },
        {
          labels: [
            ['__name__', 'growing'],
            ['round', String(round)],
          ],
          samples: [[atMs, round]],
        },
        {
          labels: [
            ['__name__', `metric_${round}`],
            [`label_${round}`, 'x'],
          ],
          samples: [[atMs, round]],
          type: 2,
          help: `help ${round}`,
          unit: '',
        },
        { labels: [['__name__', 'described']], samples: [[atMs, round]], type: 2, help: `said ${round}`, unit: '' },
      ],
      2,
    );
    // Both threads are asked.
    const [steady, growing, own, values, labels, metadata, ofGrowing] = await Promise.all([
      program.query('fresh', 'steady', atMs),
      program.query('fresh', 'count(growing)', atMs),
      program.query('fresh', `{label_${round}="x"}`, atMs),
      program.ask('fresh', '/api/v1/label/__name__/values'),
      program.ask('fresh', '/api/v1/labels'),
      program.ask('fresh', '/api/v1/metadata'),
      program.ask('fresh', '/api/v1/label/round/values', [['match[]', 'growing']]),
    ]);
    expect(steady.map(({ value }) => value?.[1])).toEqual([String(round)]);
    expect(growing.map(({ value }) => value?.[1])).toEqual([String(round + 1)]);
    expect(own.map(({ metric }) => metric)).toEqual([{ __name__: `metric_${round}`, [`label_${round}`]: 'x' }]);
    expect(texts.parse(values.data)).toContain(`metric_${round}`);
    expect(texts.parse(labels.data)).toContain(`label_${round}`);
    expect(metadata.data).toMatchObject({
      [`metric_${round}`]: [{ type: 'gauge', help: `help ${round}` }],
      described: [{ type: 'gauge', help: `said ${round}` }],
    });
    expect(texts.parse(ofGrowing.data)).toHaveLength(round + 1);
  }
});

test('while others write, every answer has at least what was acknowledged before the question', async () => {
  let acknowledged = 0;
  const done = new AbortController();
  const asking = (async () => {
    let asked = 0;
    while (!done.signal.aborted) {
      const before = acknowledged;
      const [found] = await program.query('busy', 'count({__name__=~"busy_.*"}) or vector(0)', nowMs);
      expect(Number(found?.value?.[1])).toBeGreaterThanOrEqual(before);
      asked++;
    }
    return asked;
  })();
  for (let n = 0; n < 15; n++) {
    await program.write('busy', [
      {
        labels: [
          ['__name__', `busy_${n % 3}`],
          ['n', String(n)],
        ],
        samples: [[nowMs, n]],
      },
    ]);
    acknowledged = n + 1;
  }
  done.abort();
  expect(await asking).toBeGreaterThan(3);
  expect((await program.query('busy', 'count({__name__=~"busy_.*"})', nowMs))[0]?.value?.[1]).toBe('15');
});

test('of samples with one time the last that was sent counts, in one request or in many, in whatever order their times come', async () => {
  const labels = [
    ['__name__', 'twice'],
    ['a', 'b'],
  ] as const;
  await program.write('twice', [
    {
      labels,
      samples: [
        [nowMs + 1000, 1],
        [nowMs + 1000, 2],
        [nowMs, 3],
      ],
    },
  ]);
  await program.write(
    'twice',
    [
      {
        labels,
        samples: [
          [nowMs + 2000, 4],
          [nowMs, 5],
        ],
      },
    ],
    2,
  );
  await program.write('twice', [{ labels, samples: [[nowMs + 1000, 7]] }]);
  await program.write('twice', [
    {
      labels,
      samples: [
        [nowMs - 86_400_000, 8],
        [nowMs - 1000, 9],
        [nowMs - 86_400_000, 10],
      ],
    },
  ]);
  const [series, ...others] = await program.query('twice', 'twice[2d]', nowMs + 2000);
  expect(others).toEqual([]);
  expect(series?.values?.map(([s, value]) => [s - nowMs / 1000, value])).toEqual([
    [-86_400, '10'],
    [-1, '9'],
    [0, '5'],
    [1, '7'],
    [2, '4'],
  ]);
});

test('a counter that begins anew between two blocks has lost nothing', async () => {
  const labels = [['__name__', 'resets_total']] as const;
  const values = [5, 9, 2, 4, 1, 1, 0, 3];
  for (const [n, value] of values.entries())
    await program.write('resets', [{ labels, samples: [[nowMs + n * 15_000, value]] }]);
  const lastMs = nowMs + 7 * 15_000;
  expect((await program.query('resets', 'resets(resets_total[10m])', lastMs))[0]?.value?.[1]).toBe('3');
  // 4, then 2 from zero, 2, 1 from zero, 0, 0 from zero, 3.
  expect(
    (await program.query('resets', 'increase(resets_total[105001ms]) * 105 / 105.001', lastMs))[0]?.value?.[1],
  ).toMatch(/^(12|11\.99|12\.00)/);
});

test('a chart that is asked for again and again has what came late, twice and out of order since, and is not read anew', async () => {
  const send = (series: string, samples: readonly (readonly [number, number])[]): Promise<void> =>
    program.write('chart', [
      {
        labels: [
          ['__name__', 'chart_total'],
          ['series', series],
        ],
        samples: samples.map(([scrape, value]): [number, number] => [nowMs + scrape * 15_000, value]),
      },
    ]);
  const expected = new Map<string, Map<number, number>>();
  const sent = async (series: string, samples: readonly (readonly [number, number])[]): Promise<void> => {
    const own = expected.get(series) ?? new Map<number, number>();
    expected.set(series, own);
    for (const [scrape, value] of samples) own.set(scrape, value);
    await send(series, samples);
  };
  const check = async (): Promise<void> => {
    const asked = await Promise.all(
      // Both threads, and ranges that begin at different times.
      [-600_000, -300_000].map(fromMs =>
        program.range('chart', 'last_over_time(chart_total[1ms])', nowMs + fromMs, nowMs + 600_000, '15s'),
      ),
    );
    for (const answer of asked) {
      const found = answer.map(({ metric, values }) => [
        z.object({ series: z.string() }).parse(metric).series,
        values?.map(([s, value]) => [(s * 1000 - nowMs) / 15_000, Number(value)]),
      ]);
      const wanted = [...expected].map(([series, own]) => [series, [...own].toSorted(([a], [b]) => a - b)]);
      expect(found).toEqual(wanted.toSorted());
    }
  };
  await sent('a', [[0, 1]]);
  await check();
  for (let scrape = 1; scrape < 12; scrape++) {
    await sent('a', [[scrape, scrape]]);
    if (scrape === 4)
      await sent('b', [
        [3, 1],
        [1, 7],
      ]);
    if (scrape === 6)
      await sent('a', [
        [2, 100],
        [-5, 3],
        [6, 60],
      ]);
    if (scrape === 9)
      await sent('b', [
        [2, 5],
        [2, 6],
        [30, 9],
      ]);
    await check();
  }
  const metrics = await (await fetch(`${program.api}/metrics`)).text();
  const kept = (source: string): number =>
    Number(new RegExp(`bellwether_promql_cache_selectors_total\\{source="${source}"\\} (\\d+)`).exec(metrics)?.[1]);
  expect(kept('refreshed') + kept('kept')).toBeGreaterThan(15);
});

test('series without labels but their name have one label', async () => {
  await program.write('bare', [{ labels: [['__name__', 'bare']], samples: [[nowMs, 1]] }]);
  expect((await program.ask('bare', '/api/v1/labels')).data).toEqual(['__name__']);
});
