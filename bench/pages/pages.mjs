// The pages of the product, with the range of the day that is stored; those that name one thing name one that is there.

/** { name, path, budgetMs? } of each page. */
export async function pagesOf(instance, toMs) {
  const fromMs = toMs - 86_400_000;
  const range = `from=${fromMs}&to=${toMs}`;
  const { traces } = await instance.get(`/api/bw/v1/traces?${range}&limit=5`);
  const { errors } = await instance.get(`/api/bw/v1/errors?${range}&limit=5`);
  return [
    { name: 'Home', path: `/?${range}` },
    { name: 'Services', path: `/services?${range}` },
    { name: 'Service overview', path: `/services/checkout?${range}` },
    { name: 'Traces', path: `/traces?${range}` },
    { name: 'Traces, filtered', path: `/traces?${range}&q=${encodeURIComponent('service:checkout status:error')}` },
    { name: 'Trace', path: `/traces/${traces[0].traceId}` },
    { name: 'Logs', path: `/logs?${range}` },
    { name: 'Errors', path: `/errors?${range}` },
    { name: 'Error', path: `/errors/${errors[0].id}?${range}` },
    { name: 'Metrics', path: `/metrics?${range}` },
  ];
}
