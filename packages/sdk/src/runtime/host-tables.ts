/** What a disk has done since the machine started. */
export interface DiskCounts {
  readonly name: string;
  readonly reads: number;
  readonly readBytes: number;
  readonly writes: number;
  readonly writtenBytes: number;
  readonly busySeconds: number;
}

/** What went through a network interface in one direction. */
export interface PacketCounts {
  readonly bytes: number;
  readonly packets: number;
  readonly errors: number;
  readonly dropped: number;
}

export interface InterfaceCounts {
  readonly name: string;
  readonly received: PacketCounts;
  readonly sent: PacketCounts;
}

const maxRows = 32;
/** The kernel counts sectors of this size, whatever the disk's. */
const sectorBytes = 512;

/** Whole disks of `/proc/diskstats` (https://docs.kernel.org/admin-guide/iostats.html) that were used: no partitions, loops or RAM disks. */
export function disksOf(text: string): readonly DiskCounts[] {
  const disks: DiskCounts[] = [];
  for (const line of text.split('\n')) {
    const [, , name = '', ...numbers] = line.trim().split(/ +/);
    if (!/^(?:sd[a-z]+|vd[a-z]+|xvd[a-z]+|hd[a-z]+|nvme\d+n\d+|mmcblk\d+|dm-\d+|md\d+)$/.test(name)) continue;
    const [reads = 0, , readSectors = 0, , writes = 0, , writtenSectors = 0, , , busyMs = 0] = numbers.map(Number);
    if (reads + writes === 0) continue;
    disks.push({
      name,
      reads,
      readBytes: readSectors * sectorBytes,
      writes,
      writtenBytes: writtenSectors * sectorBytes,
      busySeconds: busyMs / 1000,
    });
    if (disks.length === maxRows) break;
  }
  return disks;
}

/** Interfaces of `/proc/net/dev` that were used, except loopback and the ends of containers' own networks. */
export function interfacesOf(text: string): readonly InterfaceCounts[] {
  const interfaces: InterfaceCounts[] = [];
  for (const line of text.split('\n')) {
    const [, name = '', rest = ''] = /^\s*([^\s:]{1,64}):\s*(\d.*)$/.exec(line) ?? [];
    if (name === '' || /^(?:lo|veth|cali|cni|br-|docker)/.test(name)) continue;
    const numbers = rest.trim().split(/ +/).map(Number);
    const counts = (from: number): PacketCounts => ({
      bytes: numbers[from] ?? 0,
      packets: numbers[from + 1] ?? 0,
      errors: numbers[from + 2] ?? 0,
      dropped: numbers[from + 3] ?? 0,
    });
    const [received, sent] = [counts(0), counts(8)];
    if (received.packets + sent.packets === 0) continue;
    interfaces.push({ name, received, sent });
    if (interfaces.length === maxRows) break;
  }
  return interfaces;
}
