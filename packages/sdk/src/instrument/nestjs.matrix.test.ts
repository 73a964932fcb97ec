import { describe, expect, test } from 'vitest';
import { matrixCases } from '../test-support/matrix.js';
import { seesWebFramework } from '../test-support/web-framework.js';

describe.each(['express', 'fastify'])('NestJS on %s', adapter => {
  test.each(matrixCases(`@nestjs/platform-${adapter}`))(
    '[A4][A5][C1][C2][C5][W2][W5] routes, statuses, errors, tenants ($name)',
    async one => {
      expect(await seesWebFramework(one, undefined, { appName: `nestjs-${adapter}` })).toHaveLength(8);
    },
  );
});
