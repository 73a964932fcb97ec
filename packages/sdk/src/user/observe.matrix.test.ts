import { describe, expect, test } from 'vitest';
import { matrixCases } from '../test-support/matrix.js';
import { seesWebFramework } from '../test-support/web-framework.js';

describe.each(['express', 'fastify', 'koa', 'hono'])('%s', library => {
  test.each(matrixCases(library, { forms: ['esm', 'cjs'] }))(
    '[A1][A5] an application that was not started with the flag is observed by one call ($name)',
    async one => {
      expect(await seesWebFramework(one, undefined, { inCode: true })).toHaveLength(8);
    },
  );
});
