/** A series as it is made up: its value at a step, counted from the oldest. */
export interface MadeSeries {
  readonly name: string;
  /** `job` and `instance` say whose it is; the others are labels of the point. */
  readonly labels: Readonly<Record<string, string>>;
  readonly at: (step: number) => number;
}

const stepMs = 15_000;
const aheadMs = 600_000;

/**
 * Sends `steps` samples of each series, 15 s apart, as OTLP. They end ten minutes from now, so that a test that takes its time still finds what is newest.
 * Resolves when all were acknowledged.
 */
export async function sendHistory(otlp: string, series: readonly MadeSeries[], steps: number): Promise<void> {
  const endMs = Math.floor(Date.now() / stepMs) * stepMs + aheadMs;
  const byOwner = new Map<string, MadeSeries[]>();
  for (const one of series) {
    const owner = JSON.stringify([one.labels['job'] ?? 'shop', one.labels['instance'] ?? 'shop-1']);
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), one]);
  }
  for (const [owner, own] of byOwner) {
    const [job, instance] = JSON.parse(owner) as readonly [string, string];
    const metrics = own.map(({ name, labels, at }) => ({
      name,
      gauge: {
        dataPoints: Array.from({ length: steps }, (_, step) => ({
          timeUnixNano: `${endMs - (steps - 1 - step) * stepMs}000000`,
          asDouble: at(step),
          attributes: attributes(Object.entries(labels).filter(([key]) => key !== 'job' && key !== 'instance')),
        })),
      },
    }));
    const resource = {
      attributes: attributes([
        ['service.name', job],
        ['service.instance.id', instance],
      ]),
    };
    const answer = await fetch(`${otlp}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] }),
    });
    if (!answer.ok) throw new Error(`metrics were answered ${answer.status}: ${await answer.text()}`);
  }
}

function attributes(entries: readonly (readonly [string, string])[]): readonly unknown[] {
  return entries.map(([key, value]) => ({ key, value: { stringValue: value } }));
}

/** Counts up by about `perSecond`, never down. */
export const counting =
  (perSecond: number) =>
  (step: number): number =>
    perSecond * 15 * (step + 4 * Math.sin(step / 9));

/** Goes up and down around `middle`. */
export const waving =
  (middle: number, phase = 0) =>
  (step: number): number =>
    middle * (1 + 0.25 * Math.sin(step / 14 + phase));
