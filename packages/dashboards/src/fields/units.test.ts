import { expect, test } from 'vitest';
import { commonUnits, formatUnit, unitFormat } from './units.js';
import { valueText } from './field-config.js';

test.each<[number, string, number | undefined, string]>([
  [1234, 'short', undefined, '1.23k'],
  [0.0123, 'short', undefined, '0.0123'],
  [1234567, 'none', undefined, '1,234,567'],
  [0.2345, 'percentunit', undefined, '23.4%'],
  [2.5, 'percent', undefined, '2.50%'],
  [100, 'percent', undefined, '100%'],
  [0.0031, 's', undefined, '3.1 ms'],
  [1.28, 's', undefined, '1.28 s'],
  [7200, 's', undefined, '2 h'],
  [250, 'ms', undefined, '250 ms'],
  [84, 'µs', undefined, '84 µs'],
  [352_800, 'dtdurations', undefined, '4 d 2 h'],
  [3661, 'dthms', undefined, '01:01:01'],
  [18_841, 'bytes', undefined, '18.4 KiB'],
  [18_841, 'decbytes', undefined, '18.8 kB'],
  [2, 'gbytes', undefined, '2 GiB'],
  [1_500_000, 'Bps', undefined, '1.5 MB/s'],
  [1_500_000, 'binBps', undefined, '1.43 MiB/s'],
  [125_000, 'bps', undefined, '125 kb/s'],
  [41.83, 'reqps', undefined, '41.8 req/s'],
  [1234, 'iops', undefined, '1.23k io/s'],
  [18_400, 'currencyEUR', undefined, '€18.4k'],
  [-3.5, 'currencyUSD', undefined, '−$3.50'],
  [21.5, 'celsius', undefined, '21.5 °C'],
  [2_400_000_000, 'hertz', undefined, '2.4 GHz'],
  [1, 'bool_yes_no', undefined, 'Yes'],
  [0, 'dateTimeAsIso', undefined, '1970-01-01 00:00:00 UTC'],
  [2.34567, 'none', 2, '2.35'],
  [-0.001, 'none', 0, '0'],
  [5, 'suffix:widgets', undefined, '5 widgets'],
  [5000, 'si:W', undefined, '5 kW'],
  [12, 'furlongs', undefined, '12 furlongs'],
  [Infinity, 'bytes', undefined, '∞'],
])('%s in %s with %s decimals is %s', (value, unit, decimals, text) => {
  expect(valueText(formatUnit(value, unit, decimals))).toBe(text);
});

test('a unit that is not known is known not to be; those that are offered are', () => {
  expect(unitFormat('furlongs')).toBeUndefined();
  expect(commonUnits.filter(({ id }) => unitFormat(id) === undefined)).toEqual([]);
});
