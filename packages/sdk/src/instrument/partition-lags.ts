import { memberOf } from '../errors/member-of.js';

/** Topics of one consumer, and partitions of one topic, that are kept in mind. */
const maxTopics = 200;
const maxPartitions = 1000;

/** How many messages of each partition of each topic a consumer of Kafka has before it. */
export class PartitionLags {
  readonly #topics = new Map<string, Map<number, number>>();

  /** A batch was worked on: what its event tells. True for a topic that is new here. */
  note(payload: unknown): boolean {
    const [topic, partition, lag] = [
      memberOf(payload, 'topic'),
      memberOf(payload, 'partition'),
      Number(memberOf(payload, 'offsetLag')),
    ];
    if (typeof topic !== 'string' || typeof partition !== 'number' || !Number.isFinite(lag)) return false;
    const known = this.#topics.get(topic);
    if (known === undefined && this.#topics.size >= maxTopics) return false;
    const byPartition = known ?? new Map<number, number>();
    if (known === undefined) this.#topics.set(topic, byPartition);
    if (byPartition.size < maxPartitions || byPartition.has(partition)) byPartition.set(partition, Math.max(0, lag));
    return known === undefined;
  }

  /** Partitions that went to another member of the group are told of by that one: here nothing of theirs waits any more. */
  keepAssigned(assignment: unknown): void {
    for (const [topic, byPartition] of this.#topics) {
      const assigned = memberOf(assignment, topic);
      const own: ReadonlySet<unknown> = new Set(Array.isArray(assigned) ? assigned : []);
      for (const partition of byPartition.keys()) if (!own.has(partition)) byPartition.delete(partition);
    }
  }

  /** What waits of a topic in all of its partitions here; undefined for a topic that never was. */
  waiting(topic: string): number | undefined {
    const byPartition = this.#topics.get(topic);
    if (byPartition === undefined) return undefined;
    let waiting = 0;
    for (const lag of byPartition.values()) waiting += lag;
    return waiting;
  }
}
