// The pages of the product, with the range of the day that is stored; those that name one thing name one that is there.

/** { name, path, budgetMs? } of each page. */
export async function pagesOf(instance, toMs) {
  const fromMs = toMs - 86_400_000;
  const range = `from=${fromMs}&to=${toMs}`;
  const { traces } = await instance.get(`/api/bw/v1/traces?${range}&limit=5`);
  const { errors } = await instance.get(`/api/bw/v1/errors?${range}&limit=5`);
  const failed = encodeURIComponent('service:checkout status:error');
  return [
    { name: 'Home', path: `/?${range}` },
    { name: 'Services', path: `/services?${range}` },
    { name: 'Service overview', path: `/services/checkout?${range}` },
    { name: 'Service map', path: `/map?${range}`, budgetMs: 1000 },
    { name: 'Traces', path: `/traces?${range}` },
    { name: 'Traces, filtered', path: `/traces?${range}&q=${failed}` },
    { name: 'Trace', path: `/traces/${traces[0].traceId}` },
    { name: 'Flame graph of the day', path: `/flame?${range}&q=${failed}` },
    { name: 'Logs', path: `/logs?${range}` },
    { name: 'Errors', path: `/errors?${range}` },
    { name: 'Error', path: `/errors/${errors[0].id}?${range}` },
    { name: 'Findings', path: `/findings?${range}` },
    { name: 'Databases', path: `/databases?${range}` },
    { name: 'Metrics', path: `/metrics?${range}` },
    { name: 'Uptime', path: `/uptime?${range}` },
    { name: 'Profiles', path: `/profiles?${range}` },
  ];
}
