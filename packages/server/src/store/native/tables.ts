import {
  array,
  bool,
  date,
  dateTime,
  dateTime64,
  fixedString,
  float32,
  float64,
  int16,
  int32,
  lowCardinality,
  map,
  string,
  uint16,
  uint32,
  uint64,
  uint8,
} from './column.js';
import { table } from './table.js';

/** The tables of `migrations/` that the receiver writes, columns in the order in which the files add them. */

const attributes = map(lowCardinality, string);

export const spans = table('spans', {
  workspace: lowCardinality,
  ts: dateTime64(9),
  duration_ns: uint64,
  trace_id: fixedString(16),
  span_id: fixedString(8),
  parent_span_id: fixedString(8),
  trace_state: string,
  service: lowCardinality,
  name: lowCardinality,
  kind: uint8,
  status_code: uint8,
  status_message: string,
  error_type: lowCardinality,
  environment: lowCardinality,
  version: lowCardinality,
  tenant_id: lowCardinality,
  scope_name: lowCardinality,
  scope_version: lowCardinality,
  resource_id: uint64,
  attrs: attributes,
  attr_types: lowCardinality,
  events: string,
  links: string,
  received: date,
  http_status: lowCardinality,
  error_fingerprint: uint64,
  weight: float32,
});

export const logs = table('logs', {
  workspace: lowCardinality,
  ts: dateTime64(9),
  id: uint64,
  trace_id: fixedString(16),
  span_id: fixedString(8),
  trace_flags: uint32,
  severity_number: uint8,
  severity_text: lowCardinality,
  body: string,
  event_name: lowCardinality,
  service: lowCardinality,
  environment: lowCardinality,
  version: lowCardinality,
  tenant_id: lowCardinality,
  scope_name: lowCardinality,
  scope_version: lowCardinality,
  resource_id: uint64,
  attrs: attributes,
  attr_types: lowCardinality,
  received: date,
  error_fingerprint: uint64,
});

export const resources = table('resources', {
  workspace: lowCardinality,
  id: uint64,
  service: lowCardinality,
  environment: lowCardinality,
  version: lowCardinality,
  attrs: attributes,
  attr_types: lowCardinality,
  last_seen: dateTime64(3),
  received: date,
});

export const metricSeries = table('metric_series', {
  workspace: lowCardinality,
  metric: lowCardinality,
  id: uint64,
  type: lowCardinality,
  temporality: lowCardinality,
  monotonic: bool,
  unit: lowCardinality,
  description: lowCardinality,
  service: lowCardinality,
  scope_name: lowCardinality,
  resource_id: uint64,
  attrs: attributes,
  last_seen: dateTime64(3),
  received: date,
});

export const metricSamples = table('metric_samples', {
  workspace: lowCardinality,
  metric: lowCardinality,
  id: uint64,
  ts: dateTime64(3),
  value: float64,
  received: date,
});

export const metricHistograms = table('metric_histograms', {
  workspace: lowCardinality,
  metric: lowCardinality,
  id: uint64,
  ts: dateTime64(3),
  start_ts: dateTime64(3),
  count: float64,
  sum: float64,
  min: float64,
  max: float64,
  scale: int16,
  zero_threshold: float64,
  zero_count: float64,
  bounds: array(float64),
  counts: array(float64),
  positive_offset: int32,
  positive_counts: array(float64),
  negative_offset: int32,
  negative_counts: array(float64),
  received: date,
  reset_hint: uint8,
});

export const metricMetadata = table('metric_metadata', {
  workspace: lowCardinality,
  metric: lowCardinality,
  type: lowCardinality,
  unit: lowCardinality,
  help: lowCardinality,
  last_seen: dateTime64(3),
  received: date,
});

export const exemplars = table('exemplars', {
  workspace: lowCardinality,
  metric: lowCardinality,
  id: uint64,
  ts: dateTime64(9),
  value: float64,
  trace_id: fixedString(16),
  span_id: fixedString(8),
  attrs: attributes,
  received: date,
});

export const rawFiles = table('raw_files', {
  workspace: lowCardinality,
  ts: dateTime64(9),
  kind: lowCardinality,
  name: string,
  content_type: lowCardinality,
  service: lowCardinality,
  environment: lowCardinality,
  version: lowCardinality,
  trace_id: fixedString(16),
  attrs: attributes,
  data: string,
  received: date,
});

/** Sums and maxima are written as the plain types under their aggregate functions. */
export const redMinutes = table('red_minutes', {
  workspace: lowCardinality,
  minute: dateTime,
  service: lowCardinality,
  operation: lowCardinality,
  kind: uint8,
  peer: lowCardinality,
  environment: lowCardinality,
  version: lowCardinality,
  tenant_id: lowCardinality,
  count: uint64,
  errors: uint64,
  duration_ns: uint64,
  durations: map(uint16, uint64),
  received: date,
});
