export {
  BadDashboard,
  fieldOf,
  flagOf,
  isObject,
  maxDashboardBytes,
  numberOf,
  objectOf,
  objectsOf,
  parseJson,
  textOf,
  textsOf,
  valueAt,
} from './json/json.js';
export type { Json, JsonObject, JsonPath } from './json/json.js';
export { dashboardIn, importDashboard, isUid, uidForm, withUid } from './document/import-dashboard.js';
export { readDashboard } from './document/dashboard.js';
export type { AnnotationQuery, Dashboard, Row, Section } from './document/dashboard.js';
export type { Datasource } from './document/datasource.js';
export { addPanel, editPanel, emptyDashboard, unitOf } from './document/edit-panel.js';
export {
  canArrange,
  columnCount,
  duplicatePanel,
  placeAt,
  placePanel,
  removePanel,
  steppedPlace,
} from './document/arrange-panels.js';
export type { PanelEdit, TargetEdit } from './document/edit-panel.js';
export { linkAddress } from './document/address.js';
export { panelKinds } from './document/panel.js';
export type { GridPlace, Panel, PanelKind, PanelLink, TagLink, Target } from './document/panel.js';
export { allValue } from './variables/variable.js';
export type { Variable, VariableOption } from './variables/variable.js';
export { readVariableQuery } from './variables/variable-query.js';
export type { VariableQuery } from './variables/variable-query.js';
export { chosenValues, customOptions, optionsOf } from './variables/variable-options.js';
export {
  interpolatePromql,
  interpolateText,
  interpolateUrl,
  namesIn,
  plainValue,
  valueOf,
} from './variables/interpolate.js';
export { followedLinks, valueLinks } from './variables/value-links.js';
export type { FollowedLink } from './variables/value-links.js';
export type { Scope, Value } from './variables/interpolate.js';
export { autoInterval, builtIns, firstOf, readIntervalMs, stepMsFor, writeInterval } from './variables/built-ins.js';
export { followsRange, variableWaves } from './variables/variable-order.js';
export { laidOut } from './variables/repeat.js';
export { column, fieldOfType, rowCount } from './frames/frame.js';
export type { Cell, Field, FieldType, Frame } from './frames/frame.js';
export { readPrometheusAnswer } from './frames/prometheus-answer.js';
export type { Bucket, HistogramSeries, PrometheusAnswer, PrometheusSeries } from './frames/prometheus-answer.js';
export { bucketColumns, histogramFrames, readHistogramFrame } from './frames/histogram-frame.js';
export { prometheusFrames } from './frames/prometheus-frames.js';
export type { Grid } from './frames/prometheus-frames.js';
export { legendName, seriesName } from './frames/legend-name.js';
export { cssColour, readColour, slotColour, statusColour } from './fields/colour.js';
export type { Colour } from './fields/colour.js';
export {
  isHiddenFrom,
  showFields,
  showValue,
  thresholdColour,
  thresholdValue,
  unknownUnits,
  valueText,
} from './fields/field-config.js';
export type { FieldConfig, ShownField, ShownValue } from './fields/field-config.js';
export { reduceBy, reducerOf } from './fields/reduce.js';
export { reducedValues } from './fields/reduce-options.js';
export type { ReducedValue } from './fields/reduce-options.js';
export { commonUnits, formatUnit, isBinaryUnit, unitFormat } from './fields/units.js';
export { applyTransformations } from './transform/apply-transformations.js';
