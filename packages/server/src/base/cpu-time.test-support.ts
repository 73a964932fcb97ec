/** CPU time of this process so far, with its threads, ms: unlike a clock it stands still while others have the machine. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
