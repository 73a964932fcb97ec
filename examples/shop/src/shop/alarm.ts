/** Tells whoever waits that something broke. */
export interface Alarm {
  /** Never resolves; rejects once the alarm is raised. */
  readonly raised: Promise<never>;
  raise(error: Error): void;
}

export function alarm(): Alarm {
  let reject: ((error: Error) => void) | undefined;
  const raised = new Promise<never>((_resolve, rejectRaised) => {
    reject = rejectRaised;
  });
  raised.catch(() => {}); // it may be raised before anyone waits, or after
  return { raised, raise: error => reject?.(error) };
}
