import { emptyColumn } from '../evaluate/column.js';
import { noLabels } from '../value/labels.js';
import { float, type StepSeries } from '../value/series.js';
import type { VectorFunction } from './define.js';

const secondsPerDay = 86_400;
const tooManySeconds = 2 ** 63;

/** Whole seconds since 1970. What is no number or too large gives the time that Prometheus takes for it, of the year 292277026596. */
function wholeSeconds(value: number): number {
  const seconds = Math.trunc(value);
  return seconds >= -tooManySeconds && seconds < tooManySeconds ? seconds : tooManySeconds;
}

function dayOf(seconds: number): number {
  return Math.floor(seconds / secondsPerDay);
}

/** Exact for the largest times too. */
function secondOfDay(seconds: number): number {
  const second = seconds % secondsPerDay;
  return second < 0 ? second + secondsPerDay : Math.abs(second); // zero without a sign
}

interface CalendarDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

const daysPerEra = 146_097;

/**
 * The date of a day since 1970-01-01, in the Gregorian calendar, for years far beyond those of `Date`.
 *
 * Years begin in March here, so that the leap day is the last; an era is 400 years.
 */
function dateOf(days: number): CalendarDate {
  const fromMarch0 = days + 719_468;
  const era = Math.floor(fromMarch0 / daysPerEra);
  const dayOfEra = fromMarch0 - era * daysPerEra;
  const leaps = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leaps) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return { year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day };
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

const daysPerMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysIn({ year, month }: CalendarDate): number {
  return month === 2 && isLeapYear(year) ? 29 : (daysPerMonth[month - 1] ?? 31);
}

function dayOfYear(date: CalendarDate): number {
  let day = date.day;
  for (let month = 1; month < date.month; month++) day += daysIn({ year: date.year, month, day: 1 });
  return day;
}

/** A function of the time that each float is, in seconds since 1970; without an argument of the time of each step. */
function calendarFunction(name: string, doc: string, read: (seconds: number) => number): VectorFunction {
  function readColumn(series: StepSeries): StepSeries | undefined {
    const { kinds, values } = emptyColumn(series.kinds.length);
    let seen = 0;
    for (let step = 0; step < kinds.length; step++) {
      if (series.kinds[step] !== float) continue;
      kinds[step] = float;
      values[step] = read(wholeSeconds(series.values[step]!));
      seen++;
    }
    return seen === 0 ? undefined : { labels: series.labels, kinds, values, histograms: undefined, dropName: true };
  }
  return {
    kind: 'vector',
    name,
    doc: `${doc}, in UTC. Of the time that the samples are in seconds, and of now without an argument.`,
    evaluate([times], { steps }) {
      if (times?.type === 'vector') {
        return { type: 'vector', series: times.series.flatMap(series => readColumn(series) ?? []) };
      }
      const { kinds, values } = emptyColumn(steps.count);
      for (let step = 0; step < steps.count; step++) {
        kinds[step] = float;
        values[step] = read(Math.trunc((steps.startMs + step * steps.stepMs) / 1000));
      }
      return { type: 'vector', series: [{ labels: noLabels, kinds, values, histograms: undefined, dropName: false }] };
    },
  };
}

export const minute = calendarFunction('minute', 'Minute of the hour, 0 to 59', seconds =>
  Math.floor((secondOfDay(seconds) % 3600) / 60),
);

export const hour = calendarFunction('hour', 'Hour of the day, 0 to 23', seconds =>
  Math.floor(secondOfDay(seconds) / 3600),
);

export const dayOfWeek = calendarFunction('day_of_week', 'Day of the week, 0 (Sunday) to 6', seconds => {
  const week = dayOf(seconds) + 4;
  return week - Math.floor(week / 7) * 7;
});

export const dayOfMonth = calendarFunction(
  'day_of_month',
  'Day of the month, 1 to 31',
  seconds => dateOf(dayOf(seconds)).day,
);

export const dayOfTheYear = calendarFunction('day_of_year', 'Day of the year, 1 to 366', seconds =>
  dayOfYear(dateOf(dayOf(seconds))),
);

export const daysInMonth = calendarFunction('days_in_month', 'How many days the month has, 28 to 31', seconds =>
  daysIn(dateOf(dayOf(seconds))),
);

export const month = calendarFunction('month', 'Month, 1 (January) to 12', seconds => dateOf(dayOf(seconds)).month);

export const year = calendarFunction('year', 'Year', seconds => dateOf(dayOf(seconds)).year);
