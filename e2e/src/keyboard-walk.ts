import type { Page } from 'playwright-core';
import { z } from 'zod';

/** Where Tab stopped. */
const stop = z.object({
  what: z.string(),
  isNamed: z.boolean(),
  isVisible: z.boolean(),
  hasRing: z.boolean(),
  coveredBy: z.string(),
});
const walked = z.object({ stops: z.array(stop), isRound: z.boolean(), unreached: z.array(z.string()) });

const batch = 40;
const most = 1200;

/**
 * What is wrong with the page for who has only a keyboard. Tab is pressed from the first thing to the last: each stop has a
 * name, a ring, and is in sight; nothing that can be clicked is left out, and the walk comes round.
 */
export async function keyboardFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(listen);
  let found = walked.parse(await page.evaluate(result));
  for (let pressed = 0; !found.isRound && pressed < most; pressed += batch) {
    await Promise.all(Array.from({ length: batch }, () => page.keyboard.press('Tab')));
    found = walked.parse(await page.evaluate(result));
  }
  if (!found.isRound) return [`Tab does not come round within ${most} stops`];
  const faults = found.stops.flatMap(({ what, isNamed, isVisible, hasRing, coveredBy }) => [
    ...(isNamed ? [] : [`no name: ${what}`]),
    ...(isVisible ? [] : [`not in sight: ${what}`]),
    ...(hasRing ? [] : [`no focus ring: ${what}`]),
    ...(coveredBy === '' ? [] : [`covered by ${coveredBy}: ${what}`]),
  ]);
  return [...faults, ...found.unreached.map(what => `not reached by Tab: ${what}`)];
}

/** Runs in the page: writes down every stop. */
const listen = `(() => {
  const stops = [];
  const visited = new Set();
  const state = { stops, isRound: false, visited };
  window.keyboardWalk = state;
  const nameOf = one => {
    const by = (one.getAttribute('aria-labelledby') ?? '').split(' ').map(id => document.getElementById(id)?.textContent ?? '');
    const labels = [...(one.labels ?? [])].map(label => label.textContent);
    const own = [one.getAttribute('aria-label'), one.textContent, one.getAttribute('title'), one.getAttribute('placeholder')];
    return [...by, ...labels, ...own].find(text => (text ?? '').trim() !== '') ?? '';
  };
  const outlined = one => {
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1;
  };
  // The ring may be drawn by what stands around the thing, by what stands in it, or before it: a field, a diamond, a handle.
  const hasRing = one =>
    [one, one.parentElement, one.parentElement?.parentElement, one.firstElementChild].some(near => near && outlined(near)) ||
    getComputedStyle(one, '::before').backgroundColor !== 'rgba(0, 0, 0, 0)';
  // Nothing of it is in sight when another card, or the bar that stays, lies over its top, its middle and its end.
  const covering = one => {
    const { x, y, width, height } = one.getBoundingClientRect();
    const home = one.closest('section') ?? one.parentElement;
    const over = [4, height / 2, height - 4].map(down => {
      const top = document.elementFromPoint(Math.min(Math.max(x + width / 2, 0), innerWidth - 1), y + down);
      return top === null || top.contains(one) || home.contains(top) ? undefined : top.outerHTML.slice(0, 60);
    });
    return over.every(Boolean) ? over[0] : '';
  };
  document.addEventListener('focusin', event => {
    if (state.isRound) return;
    const seen = event.composedPath()[0];
    if (visited.has(event.target)) {
      state.isRound = event.target === visited.values().next().value;
      return;
    }
    visited.add(event.target);
    const { width, height } = event.target.getBoundingClientRect();
    stops.push({
      what: seen.outerHTML.slice(0, 140),
      isNamed: nameOf(seen).trim() !== '',
      isVisible: width > 0 && height > 0 && seen.checkVisibility({ opacityProperty: true, visibilityProperty: true }),
      // The editor of queries lives in a shadow root and draws its ring a moment later.
      hasRing: event.target !== seen || hasRing(seen),
      coveredBy: event.target === seen ? covering(seen) : '',
    });
  }, true);
})()`;

/** Runs in the page: what was written down so far, and what was left out. Of a group whose arrow keys walk (a table, tabs) one is reached by Tab. */
const result = `(() => {
  const { stops, isRound, visited } = window.keyboardWalk;
  const clickable = 'a[href], button, input, select, textarea, summary, [tabindex]';
  const group = one => one.closest('[role="grid"], [role="treegrid"], [role="tablist"], [role="toolbar"], [role="radiogroup"]');
  const groups = new Set([...visited].map(group));
  const unreached = [...document.querySelectorAll(clickable)].filter(
    one =>
      !visited.has(one) &&
      !one.disabled &&
      one.checkVisibility({ visibilityProperty: true }) &&
      one.closest('[aria-hidden="true"], [inert]') === null &&
      one.id !== 'content' &&
      !(group(one) !== null && groups.has(group(one))),
  );
  const isDone = isRound || (stops.length > 3 && document.activeElement === document.body);
  return { stops, isRound: isDone, unreached: isDone ? unreached.map(one => one.outerHTML.slice(0, 140)) : [] };
})()`;
