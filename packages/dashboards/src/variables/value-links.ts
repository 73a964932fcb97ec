import { type Cell, type Field, rowCount } from '../frames/frame.js';
import { formatUnit } from '../fields/units.js';
import { type ShownField, valueText } from '../fields/field-config.js';
import { linkAddress } from '../document/address.js';
import type { PanelLink } from '../document/panel.js';
import { firstOf } from './built-ins.js';
import { type Scope, type Value, interpolateText, interpolateUrl } from './interpolate.js';

/** A value that a link of a field speaks about. */
export interface LinkedValue {
  readonly shown: ShownField;
  readonly value: Cell;
  /** Its row, for what stands beside it; undefined: a series' value as a whole. */
  readonly row: number | undefined;
}

/**
 * `${__value.raw}`, `${__value.text}`, `${__value.numeric}`, `${__value.time}`, `${__field.name}`, `${__field.labels.job}`, `${__series.name}`,
 * `${__data.fields.job}`, `${__data.fields["job"]}` and `${__data.fields[1]}`.
 */
function valueScope({ shown, value, row }: LinkedValue): Scope {
  return (name, path = '') => {
    switch (name) {
      case '__value':
        return plain(valuePart(path, shown, value, row));
      case '__field':
        return plain(fieldPart(path, shown));
      case '__series':
        return path === 'name' ? plain(shown.name) : undefined;
      case '__data': {
        const other = otherField(path, shown);
        return other === undefined ? undefined : plain(text(other.values[row ?? rowCount(shown.frame) - 1] ?? null));
      }
      default:
        return undefined;
    }
  };
}

/** A link with everything put in. */
export interface FollowedLink {
  readonly title: string;
  readonly address: string;
  readonly newTab: boolean;
}

/** Where the links of a value lead; those that must not be followed are left out. */
export function valueLinks(links: readonly PanelLink[], linked: LinkedValue, names: Scope): readonly FollowedLink[] {
  if (links.length === 0) return [];
  return followedLinks(links, firstOf(valueScope(linked), names));
}

/** Where links lead; those that must not be followed are left out. */
export function followedLinks(links: readonly PanelLink[], names: Scope): readonly FollowedLink[] {
  return links.flatMap(({ title, url, newTab, keepsTime, keepsVariables }): FollowedLink[] => {
    // A value that is an address itself; else values are parts of one, and encoded.
    const isWhole = /^\s*\$\{__(?:value|data|field)\b/.test(url);
    const carried = [
      ...(keepsTime === true ? ['${__url_time_range}'] : []),
      ...(keepsVariables === true ? ['${__all_variables}'] : []),
    ].join('&');
    const more = carried === '' ? '' : interpolateUrl(`${url.includes('?') ? '&' : '?'}${carried}`, names);
    const address = linkAddress(`${isWhole ? interpolateText(url, names) : interpolateUrl(url, names)}${more}`);
    return address === undefined ? [] : [{ title: interpolateText(title, names), address, newTab }];
  });
}

/** A part of an address, never a whole one: what stands in it is encoded. */
function plain(value: string | undefined): Value | undefined {
  return value === undefined ? undefined : { options: [{ text: value, value }], isPattern: false, isRaw: false };
}

function text(value: Cell): string {
  return value === null ? '' : String(value);
}

function valuePart(
  path: string,
  { config, frame }: ShownField,
  value: Cell,
  row: number | undefined,
): string | undefined {
  switch (path) {
    case '':
    case 'raw':
      return text(value);
    case 'numeric':
      return typeof value === 'number' ? String(value) : '';
    case 'text':
      return typeof value === 'number' ? valueText(formatUnit(value, config.unit, config.decimals)) : text(value);
    case 'time': {
      const times = frame.fields.find(({ type }) => type === 'time')?.values;
      return text(times?.[row ?? rowCount(frame) - 1] ?? null);
    }
    default:
      return undefined;
  }
}

function fieldPart(path: string, { field, name }: ShownField): string | undefined {
  if (path === '' || path === 'name' || path === 'displayName') return name;
  if (path === 'labels') return [...field.labels].map(([key, value]) => `${key}="${value}"`).join(', ');
  const label = /^labels\.(\w+)$|^labels\["?([^"\]]+)"?\]$/.exec(path);
  return label === null ? undefined : (field.labels.get(label[1] ?? label[2] ?? '') ?? '');
}

function otherField(path: string, { frame }: ShownField): Field | undefined {
  const named = /^fields\.(.+)$|^fields\[["']?([^"'\]]+)["']?\]$/.exec(path);
  const key = named?.[1] ?? named?.[2];
  if (key === undefined) return undefined;
  const found = frame.fields.find(({ name, legend }) => name === key || legend === key);
  return found ?? (/^\d{1,4}$/.test(key) ? frame.fields[Number(key)] : undefined);
}
