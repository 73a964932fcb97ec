// Sentry as its guide says, with every request traced.
import * as Sentry from '@sentry/node';

Sentry.init({
  dsn: process.env.BENCH_SENTRY_DSN,
  tracesSampleRate: 1,
  enableLogs: true,
  integrations: [Sentry.pinoIntegration?.()].filter(Boolean),
});
