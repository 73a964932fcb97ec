import { expect, test } from 'vitest';
import { platformFacts, refuseUnsupported, type PlatformFacts } from './platform.js';

const refusal = (facts: PlatformFacts): string | undefined => {
  try {
    refuseUnsupported(facts);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

test('where the engine exists nothing is refused', () => {
  expect(refusal({ platform: 'linux', arch: 'x64', libc: 'glibc' })).toBeUndefined();
  expect(refusal({ platform: 'linux', arch: 'arm64', libc: 'glibc' })).toBeUndefined();
  expect(refusal({ platform: 'darwin', arch: 'arm64', libc: undefined })).toBeUndefined();
});

test('where it does not, the refusal says what would do', () => {
  expect(refusal({ platform: 'win32', arch: 'x64', libc: undefined })).toBe(
    'the embedded engine does not exist for Windows. Run it on Linux (x64 or arm64, with glibc) or macOS; on this machine WSL 2 does it.',
  );
  expect(refusal({ platform: 'linux', arch: 'x64', libc: 'musl' })).toBe(
    'the embedded engine needs glibc, and this Linux has musl (Alpine). Use an image with glibc, for example node:22-slim instead of node:22-alpine.',
  );
  expect(refusal({ platform: 'freebsd', arch: 'x64', libc: undefined })).toContain('does not exist for freebsd.');
  expect(refusal({ platform: 'linux', arch: 'ia32', libc: 'glibc' })).toContain('does not exist for linux on ia32.');
});

test('the machine of this test is known', () => {
  expect(refusal(platformFacts())).toBeUndefined();
});
