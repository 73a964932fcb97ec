/** What the shell sees. */
export const exitCode = {
  ok: 0,
  failed: 1,
  /** Unknown flags and commands, bad configuration. */
  usage: 2,
} as const;

/** The program can not go on; `message` says why and what to do. It is printed without a stack. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    message: string,
    readonly code: number = exitCode.failed,
  ) {
    super(message);
  }
}
