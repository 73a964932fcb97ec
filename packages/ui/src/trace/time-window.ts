/** The part of a trace on screen, in microseconds since the trace's start. `fromUs` is below `toUs`. */
export type TimeWindow = { readonly fromUs: number; readonly toUs: number };

/** Nobody zooms deeper than a microsecond. */
const shortestUs = 1;

/** The whole trace; one that took no time is shown as a microsecond. */
export function wholeTrace(durationUs: number): TimeWindow {
  return { fromUs: 0, toUs: Math.max(durationUs, shortestUs) };
}

/** `window` moved and widened until it lies in the trace and is not empty. */
export function within(whole: TimeWindow, window: TimeWindow): TimeWindow {
  const lengthUs = Math.min(Math.max(window.toUs - window.fromUs, shortestUs), whole.toUs - whole.fromUs);
  const fromUs = Math.min(Math.max(window.fromUs, whole.fromUs), whole.toUs - lengthUs);
  return { fromUs, toUs: fromUs + lengthUs };
}

/** A span with a tenth of its length to each side. */
export function around(startUs: number, durationUs: number, whole: TimeWindow): TimeWindow {
  const margin = Math.max(durationUs * 0.1, shortestUs);
  return within(whole, { fromUs: startUs - margin, toUs: startUs + durationUs + margin });
}

/** Where `us` lies, 0 at the left edge and 1 at the right one. */
export function fractionOf(window: TimeWindow, us: number): number {
  return (us - window.fromUs) / (window.toUs - window.fromUs);
}

/** A stretch of time as `left` and `width` in percent, cut off shortly outside the window; undefined when it is not in sight. */
export function placed(
  window: TimeWindow,
  startUs: number,
  endUs: number,
): { readonly leftPercent: number; readonly widthPercent: number } | undefined {
  const from = fractionOf(window, startUs);
  const to = fractionOf(window, endUs);
  if (to < 0 || from > 1) return undefined;
  const left = Math.max(from, -0.01);
  return { leftPercent: left * 100, widthPercent: (Math.min(to, 1.01) - left) * 100 };
}

/** Round moments to label, about `wanted` of them, in microseconds since the trace's start. */
export function axisTicks(window: TimeWindow, wanted: number): readonly number[] {
  const roughUs = (window.toUs - window.fromUs) / Math.max(wanted, 1);
  const power = 10 ** Math.floor(Math.log10(roughUs));
  const step = [1, 2, 5, 10].find(factor => factor * power >= roughUs) ?? 10;
  const stepUs = step * power;
  const ticks: number[] = [];
  // `+ 0` turns the -0 of a window that begins at 0 into 0.
  for (let i = Math.ceil(window.fromUs / stepUs - 1e-9); i * stepUs <= window.toUs; i++) ticks.push(i * stepUs + 0);
  return ticks;
}

/** `1500.5-2000` in the URL; undefined when the text is no window of this trace. */
export function parseWindow(text: string | undefined, whole: TimeWindow): TimeWindow | undefined {
  const match = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text ?? '');
  if (match === null) return undefined;
  const window = { fromUs: Number(match[1]), toUs: Number(match[2]) };
  return window.toUs > window.fromUs ? within(whole, window) : undefined;
}

/** The reverse of `parseWindow`; the whole trace is undefined, as defaults stay out of the URL. */
export function windowText(window: TimeWindow, whole: TimeWindow): string | undefined {
  if (window.fromUs <= whole.fromUs && window.toUs >= whole.toUs) return undefined;
  return `${toNanoseconds(window.fromUs)}-${toNanoseconds(window.toUs)}`;
}

/** Rounded to the last digit that a span's start has. */
function toNanoseconds(us: number): number {
  return Math.round(us * 1000) / 1000;
}
