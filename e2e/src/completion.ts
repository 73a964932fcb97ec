import type { Page } from 'playwright-core';

/** CodeMirror leaves keys to the text for 75 ms after a list came, so that it does not take what was meant as a new line. */
const listIsNewMs = 75;

/** Takes what the list of the editor offers first, which is to be `option`, by a key. */
export async function complete(page: Page, option: RegExp, key: 'Enter' | 'Tab'): Promise<void> {
  const list = page.getByRole('option', { name: option });
  await list.first().waitFor();
  await page.waitForTimeout(2 * listIsNewMs);
  await page.keyboard.press(key);
  await list.first().waitFor({ state: 'detached' });
}
