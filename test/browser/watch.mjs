/* watch.mjs - what has to hold for every page of every test, whatever it is about: nothing is asked of another
 * origin, the console has no error that was not to be expected, the secret is nowhere; and, where a test calls
 * look(), axe-core finds nothing, in either palette, and nothing is wider than a telephone. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { SECRET } from './server.mjs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const pictures = process.env.EMBARK_SCREENSHOTS;
const NARROW = 375;

// The browser itself reports each answer that is a refusal, and each broken connection.
const expected = /^Failed to load resource: (the server responded with a status of (401|403|409|429|500|503)|net::ERR_)/;

export function watch(context, origin) {
  const wrong = [];
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith('data:')) wrong.push(`asked ${url}`);
    if (url.includes(SECRET)) wrong.push(`the secret is in ${url}`);
  });
  context.on('console', (message) => {
    if (message.type() === 'error' && !expected.test(message.text())) wrong.push(`console: ${message.text()}`);
  });
  context.on('weberror', (error) => wrong.push(`error: ${error.error().stack}`));
  return wrong;
}

// Whoever looks into the page's storage, its address or its document does not find it.
export async function secretIsNowhere(page) {
  const places = await page.evaluate(() => ({
    storage: JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
    cookies: document.cookie,
    address: location.href,
    history: JSON.stringify(history.state),
    document: document.documentElement.outerHTML,
    fields: [...document.querySelectorAll('input')].map((field) => field.value).join(),
  }));
  for (const [place, text] of Object.entries(places)) assert.ok(!text.includes(SECRET), `the secret is in the page's ${place}`);
  assert.deepEqual(await page.context().cookies(), []);
}

async function violations(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations: found } = await window.axe.run(document);
    return found.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`);
  });
}

// The state that the page is in: for all who use it, and in every size. Once for each state: the page is the
// same over every server.
const seen = new Set();

export async function look(page, name) {
  if (seen.has(name)) return;
  seen.add(name);
  const size = page.viewportSize();
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    assert.deepEqual(await violations(page), [], `axe-core, ${name}, ${colorScheme}`);
    if (pictures) await page.screenshot({ path: `${pictures}/${name}-${colorScheme}.png` });
  }
  await page.setViewportSize({ width: NARROW, height: 700 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= NARROW, `${name} is ${width} wide on a screen of ${NARROW}`);
  if (pictures) await page.screenshot({ path: `${pictures}/${name}-narrow.png` });
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: 'light' });
}
