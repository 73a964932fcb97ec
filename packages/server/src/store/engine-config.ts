/** What the embedded engine may take of the machine, in bytes. */
export interface EngineLimits {
  /** Everything the engine allocates; beyond it queries fail and inserts are tried again. */
  readonly maxMemoryBytes: number;
}

/** What the engine may take of a machine with `totalBytes` of memory. */
export function engineLimits(totalBytes: number): EngineLimits {
  return { maxMemoryBytes: Math.round(Math.min(1_200_000_000, Math.max(500_000_000, totalBytes * 0.4))) };
}

/**
 * The engine's configuration file: caches and thread pools are cut to what one small machine needs. One is always given: without it the engine would load any `config.xml` of the working directory.
 * Keys: https://clickhouse.com/docs/operations/server-configuration-parameters/settings
 */
export function engineConfig(limits: EngineLimits): string {
  return `<clickhouse>
  <logger><level>none</level><console>0</console></logger>
  <max_server_memory_usage>${limits.maxMemoryBytes}</max_server_memory_usage>
  <mark_cache_size>67108864</mark_cache_size>
  <primary_index_cache_size>67108864</primary_index_cache_size>
  <index_mark_cache_size>33554432</index_mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <index_uncompressed_cache_size>0</index_uncompressed_cache_size>
  <mmap_cache_size>100</mmap_cache_size>
  <compiled_expression_cache_size>16777216</compiled_expression_cache_size>
  <background_pool_size>4</background_pool_size>
  <background_merges_mutations_concurrency_ratio>2</background_merges_mutations_concurrency_ratio>
  <background_move_pool_size>1</background_move_pool_size>
  <background_fetches_pool_size>1</background_fetches_pool_size>
  <background_common_pool_size>2</background_common_pool_size>
  <background_schedule_pool_size>4</background_schedule_pool_size>
  <background_buffer_flush_schedule_pool_size>1</background_buffer_flush_schedule_pool_size>
  <background_message_broker_schedule_pool_size>1</background_message_broker_schedule_pool_size>
  <background_distributed_schedule_pool_size>1</background_distributed_schedule_pool_size>
  <asynchronous_metrics_update_period_s>60</asynchronous_metrics_update_period_s>
  <asynchronous_heavy_metrics_update_period_s>600</asynchronous_heavy_metrics_update_period_s>
  <memory_worker_period_ms>200</memory_worker_period_ms>
  <async_load_databases>false</async_load_databases>
  <merge_tree>
    <merge_selector_base>10</merge_selector_base>
    <number_of_free_entries_in_pool_to_execute_mutation>2</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>2</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>2</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
  </merge_tree>
</clickhouse>
`;
}
