/* main.mjs - runs the tests one after the other in one browser, and says what became of them. */
import { execFileSync } from 'node:child_process';
import { chromium } from 'playwright-core';
import { endAll } from './server.mjs';
import { watch } from './watch.mjs';
import { tests } from './tests.mjs';

const LIMIT_MS = 60_000; // only ends a hopeless wait
const ALL_MS = 30 * 60_000;
const words = process.argv.slice(3);
let passed = 0;
let failed = 0;
let now = ''; // the test that runs

const executablePath = execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim();
// A container has little in /dev/shm, and root no sandbox.
const args = ['--no-sandbox', '--disable-dev-shm-usage'];
const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
const browser = await chromium.launch({ executablePath, args, timeout: 2 * LIMIT_MS, ...signals });
// Told to end, we do, and all that we have started with us.
for (const [signal, number] of [['SIGHUP', 1], ['SIGINT', 2], ['SIGTERM', 15]]) {
  process.on(signal, () => process.exit(128 + number));
}
const hopeless = setTimeout(() => {
  console.log(`FAILED ${now}: all took longer than ${ALL_MS / 60_000} minutes\nbrowser: ${passed} passed, 1 failed`);
  process.exit(1);
}, ALL_MS);

// What a test is given: pages, each in a browser's profile of its own, all of them watched.
class Bench {
  contexts = [];
  wrong = [];

  async page(server, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
    context.setDefaultTimeout(LIMIT_MS);
    this.contexts.push(context);
    this.wrong.push(watch(context, server.origin));
    const page = await context.newPage();
    await page.goto(server.url);
    return page;
  }

  async end() {
    for (const context of this.contexts) await context.close();
    await endAll();
    return this.wrong.flat();
  }
}

async function failure(body) {
  const bench = new Bench();
  let reason = '';
  try {
    await body(bench);
  } catch (error) {
    reason = error.stack;
  }
  const wrong = await bench.end();
  return [reason, ...wrong].filter(Boolean).join('\n');
}

for (const [name, body] of tests) {
  if (words.length && !words.every((word) => name.includes(word))) continue;
  const began = Date.now();
  now = name;
  const reason = await failure(body);
  if (process.env.EMBARK_BROWSER_TIMES) console.log(`${Date.now() - began} ms: ${name}`);
  if (!reason) passed++;
  else {
    failed++;
    console.log(`FAILED ${name}:\n${reason.replace(/^/gm, '  ')}`);
  }
}
clearTimeout(hopeless);
await browser.close();
console.log(`browser: ${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
