// What a Bellwether holds while Grafana's calls are recorded, and again while they are replayed: an hour that lies fixed in time, as OTLP.

/** The end of the hour, in seconds since 1970. */
export const endS = 1_780_000_200;

const text = (key, stringValue) => ({ key, value: { stringValue } });

function points(attributes, startS, valueAt) {
  return Array.from({ length: 61 }, (_, minute) => ({
    startTimeUnixNano: `${startS - 60}000000000`,
    timeUnixNano: `${startS + minute * 60}000000000`,
    asDouble: valueAt(minute),
    attributes,
  }));
}

/** The body of one POST to /v1/metrics. */
export function madeUpMetrics() {
  const startS = endS - 3600;
  const orders = ['web', 'app'].flatMap((channel, at) =>
    points([text('channel', channel)], startS, minute => minute * (at + 2)),
  );
  return {
    resourceMetrics: [
      {
        resource: { attributes: [text('service.name', 'shop'), text('service.instance.id', 'shop-1')] },
        scopeMetrics: [
          {
            metrics: [
              {
                name: 'shop.orders',
                description: 'Orders placed.',
                sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: orders },
              },
              {
                name: 'queue.depth',
                description: 'Messages that wait.',
                gauge: { dataPoints: points([text('queue.name', 'mail')], startS, minute => minute % 7) },
              },
            ],
          },
        ],
      },
    ],
  };
}
