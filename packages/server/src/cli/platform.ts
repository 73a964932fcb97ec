import { Refused } from './exit-code.js';

/** What the embedded engine needs to know of the machine. */
export interface PlatformFacts {
  readonly platform: string;
  readonly arch: string;
  /** Undefined where there is no such choice (macOS), or when it can not be found out. */
  readonly libc: 'glibc' | 'musl' | undefined;
}

const instead = 'Run it on Linux (x64 or arm64, with glibc) or macOS';

/** Throws `Refused` where the embedded engine does not exist. The SDK runs everywhere and can send to Bellwether on another machine. */
export function refuseUnsupported({ platform, arch, libc }: PlatformFacts): void {
  if (platform === 'win32')
    throw new Refused(`the embedded engine does not exist for Windows. ${instead}; on this machine WSL 2 does it.`);
  if (platform !== 'linux' && platform !== 'darwin')
    throw new Refused(`the embedded engine does not exist for ${platform}. ${instead}.`);
  if (arch !== 'x64' && arch !== 'arm64')
    throw new Refused(`the embedded engine does not exist for ${platform} on ${arch}. ${instead}.`);
  if (libc === 'musl')
    throw new Refused(
      `the embedded engine needs glibc, and this Linux has musl (Alpine). Use an image with glibc, for example node:22-slim instead of node:22-alpine.`,
    );
}

/** The machine we run on. */
export function platformFacts(): PlatformFacts {
  const { platform, arch } = process;
  return { platform, arch, libc: platform === 'linux' ? linuxLibc() : undefined };
}

/** Node's own report names the glibc it runs with; with musl the field is absent. */
function linuxLibc(): 'glibc' | 'musl' | undefined {
  const { report } = process;
  if (report === undefined) return undefined;
  const excluded = 'excludeNetwork' in report;
  // Without this the report looks up names of all open sockets, which can take seconds.
  if (excluded) Object.assign(report, { excludeNetwork: true });
  const made: unknown = report.getReport();
  if (typeof made !== 'object' || made === null || !('header' in made)) return undefined;
  const { header } = made;
  return typeof header === 'object' && header !== null && 'glibcVersionRuntime' in header ? 'glibc' : 'musl';
}
