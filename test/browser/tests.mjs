/* tests.mjs - what people do with the page, and what it shows them. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addMark, embark, hold, ledger, newDatabase, SECRET, serve, sql } from './server.mjs';
import { look, secretIsNowhere } from './watch.mjs';

const ALL = '0001_customers 0002_orders 0003_order_notes 0004_order_mark 0005_drop_visits';
export const tests = [];
const add = (name, body) => tests.push([name, body]);

// --- what all do ---

const says = (page, name) => page.getByRole('heading', { name, exact: true, level: 2 }).waitFor();
const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const apply = (page, n) => press(page, `Apply ${n} migration${n === 1 ? '' : 's'}`);
const boxOf = (page, tag = '0005_drop_visits') => page.getByRole('checkbox', { name: tag });
const text = (page, selector) => page.locator(selector).innerText();

async function logIn(page, secret = SECRET) {
  await page.getByLabel('Secret').fill(secret);
  await press(page, 'Continue');
}

async function loggedIn(bench, server, options) {
  const page = await bench.page(server, options);
  await logIn(page);
  await page.locator('#work').waitFor();
  return page;
}

// Up to the statement of 0003 that a test holds.
const heldUp = (page) => page.getByText('0003_order_notes, statement 2 of 4').waitFor();
const states = (page) => page.locator('#list .row').evaluateAll((rows) => rows.map((row) => row.querySelector('.state').textContent).join(' '));

async function migrated(database, ...args) {
  await embark(database, ['migrate', '-q', ...args]).gone;
}

// A folder like ours, with other files put over it; null: without that one.
async function folderWith(files, body) {
  const folder = await mkdtemp(join(tmpdir(), 'embark-browser-'));
  await cp('test/browser/migrations', folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    if (content === null) await rm(join(folder, name));
    else await writeFile(join(folder, name), content);
  }
  await body(folder).finally(() => rm(folder, { recursive: true }));
}

// --- over both servers ---

for (const kind of ['waitlist', 'civetweb']) {
  const both = (name, body) => add(`${kind}: ${name}`, body);

  both('a wrong secret is told, and the right one shows what is pending', async (bench) => {
    const page = await bench.page(await serve(kind, await newDatabase()));
    await look(page, 'login');
    await logIn(page, 'not-the-secret-of-anybody');
    await page.getByText('That is not the secret.').waitFor();
    await look(page, 'wrong');
    await logIn(page);
    await says(page, '5 migrations pending');
    assert.equal(await states(page), 'pending pending pending pending pending');
    assert.match(await text(page, '#where'), /^PostgreSQL \d+\S* on a local socket as owner · bundle [0-9a-f]{12} · /);
    await look(page, 'pending');
    await secretIsNowhere(page);
  });

  both('a migration opens to its SQL, which is text and nothing else', async (bench) => {
    const page = await loggedIn(bench, await serve(kind, await newDatabase()));
    const row = page.getByRole('button', { name: /0002_orders/ });
    await row.click();
    await page.getByText("comment on table orders is 'what they ask for, <b>bold</b> & \"quoted\" <script>").waitFor();
    assert.equal(await row.getAttribute('aria-expanded'), 'true');
    assert.deepEqual(await page.locator('.code .number').evaluateAll((all) => all.map((one) => one.dataset.n)), ['1', '2', '3', '4', '5', '6']);
    assert.notEqual(await page.title(), 'taken');
    await look(page, 'open');
    await row.click();
    assert.equal(await page.locator('.code').isVisible(), false);
  });

  both('what is pending is applied, and watched', async (bench) => {
    const database = await newDatabase();
    const page = await loggedIn(bench, await serve(kind, database));
    const release = await hold(database);
    await apply(page, 5);
    await heldUp(page);
    await page.locator('#sql', { hasText: `select pg_advisory_xact_lock` }).waitFor();
    assert.equal(await states(page), 'applied applied running pending pending');
    assert.ok(Math.abs((await page.locator('progress').evaluate((bar) => bar.value)) - 2.25 / 5) < 0.001);
    await look(page, 'running');
    await release();
    await says(page, '5 migrations applied');
    assert.equal(await states(page), 'applied applied applied applied applied');
    await page.getByText('1 message', { exact: true }).click();
    await page.getByText('NOTICE: index "orders_nowhere" does not exist, skipping').waitFor();
    assert.equal(await ledger(database), ALL);
    assert.equal(await page.getByRole('button', { name: /^Apply/ }).count(), 0);
    await look(page, 'applied');
    await secretIsNowhere(page);
  });

  both('a migration that fails is shown to the column, and tried again', async (bench) => {
    const database = await newDatabase({ hasMark: false });
    const page = await loggedIn(bench, await serve(kind, database));
    await apply(page, 5);
    await says(page, '0004_order_mark failed');
    await page.locator('.caret').waitFor();
    assert.equal(await page.locator('.caret span').textContent(), 'alter table orders add column "größe 注文"\t');
    assert.equal(await page.locator('.line.at').textContent(), 'alter table orders add column "größe 注文"\text.mark;\n');
    const told = await text(page, '#says');
    for (const part of ['type "ext.mark" does not exist', '42704', '0004_order_mark.sql:2:83', 'was rolled back', 'EMBARK_E_SQL', '0001_customers, 0002_orders, 0003_order_notes']) {
      assert.ok(told.includes(part), `${part} is not in ${told}`);
    }
    assert.equal(await states(page), 'applied applied applied failed pending');
    await look(page, 'failed');
    await addMark(database);
    await apply(page, 2);
    await boxOf(page).check();
    await page.getByRole('dialog').getByRole('button', { name: 'Apply 2 migrations' }).click();
    await says(page, '2 migrations applied');
    assert.equal(await ledger(database), ALL);
  });

  both('what destroys is applied when its box is ticked, and not before', async (bench) => {
    const database = await newDatabase();
    await migrated(database, '--to', '0004_order_mark');
    const page = await loggedIn(bench, await serve(kind, database));
    await apply(page, 1);
    const dialog = page.getByRole('dialog');
    const yes = dialog.getByRole('button', { name: 'Apply 1 migration' });
    await dialog.getByText('drop table visits;').waitFor();
    assert.equal(await yes.isDisabled(), true);
    await look(page, 'approval');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await apply(page, 1);
    await boxOf(page).check();
    const [request] = await Promise.all([page.waitForRequest((one) => one.method() === 'POST'), yes.click()]);
    assert.equal(request.postData(), 'approve=0005_drop_visits');
    await says(page, '1 migration applied');
    assert.equal(await ledger(database), ALL);
  });

  both('two browsers and one who comes later watch one run', async (bench) => {
    const database = await newDatabase();
    const server = await serve(kind, database);
    const [one, two] = [await loggedIn(bench, server), await loggedIn(bench, server)];
    const release = await hold(database);
    await apply(one, 5);
    await heldUp(one);
    await apply(two, 5);
    await heldUp(two);
    const three = await loggedIn(bench, server);
    await says(three, 'A run is under way');
    await look(three, 'under-way');
    await press(three, 'Join and watch');
    await heldUp(three);
    await release();
    for (const page of [one, two, three]) await says(page, '5 migrations applied');
    assert.equal(await ledger(database), ALL);
  });

  both('a server that is killed in the middle of a run is missed, and found again', async (bench) => {
    const database = await newDatabase();
    const server = await serve(kind, database);
    const page = await loggedIn(bench, server);
    const release = await hold(database);
    await apply(page, 5);
    await heldUp(page);
    await server.end('SIGKILL');
    await says(page, 'The connection was lost in the middle of a run');
    await page.getByText('0003_order_notes was being applied.', { exact: true }).waitFor();
    await look(page, 'lost');
    await press(page, 'Look again');
    await says(page, 'The server is away');
    await look(page, 'away');
    await release();
    await serve(kind, database, { port: server.port });
    await press(page, 'Look again');
    await says(page, '3 migrations pending');
    await apply(page, 3);
    // 0001 was there when this run began, so that 0005 destroys something.
    await boxOf(page).check();
    await page.getByRole('dialog').getByRole('button', { name: 'Apply 3 migrations' }).click();
    await says(page, '3 migrations applied');
    assert.equal(await ledger(database), ALL);
  });

  both('a database that is down is told, and found again', async (bench) => {
    const database = await newDatabase();
    const page = await loggedIn(bench, await serve(kind, database));
    await sql('postgres', `alter database ${database} allow_connections false`);
    await sql('postgres', `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}'`);
    await press(page, 'Refresh');
    await says(page, 'The database cannot be reached');
    assert.equal(/host=|socket/.test(await text(page, '#panel')), false, 'how the program connects is nobody\'s business');
    await look(page, 'database-down');
    await sql('postgres', `alter database ${database} allow_connections true`);
    await press(page, 'Look again');
    await says(page, '5 migrations pending');
  });

  both('ten wrong secrets close the door for a minute', async (bench) => {
    const server = await serve(kind, await newDatabase());
    const page = await bench.page(server);
    const guess = (i) => fetch(`${server.url}/status`, { headers: { Authorization: `Bearer wrong-wrong-wrong-${i}` } });
    await page.clock.install();
    await Promise.all([...Array(10).keys()].map(guess));
    await logIn(page);
    await page.getByText('Too many wrong secrets were tried.').waitFor();
    assert.equal(await page.getByRole('button', { name: /^Wait \d+ seconds?$/ }).isDisabled(), true);
    await look(page, 'too-many');
    await page.clock.fastForward('01:01'); // the page's minute; the server's is not over
    await page.getByRole('button', { name: 'Continue' }).waitFor();
  });
}

// --- the page's own matters, over one of them ---

add('the keyboard is enough', async (bench) => {
  const database = await newDatabase();
  await migrated(database, '--to', '0003_order_notes');
  const page = await bench.page(await serve('waitlist', database));
  const at = () => page.evaluate(() => document.activeElement.textContent || document.activeElement.id);
  const tabTo = async (wanted) => {
    for (let i = 0; i < 40 && !wanted.test(await at()); i++) await page.keyboard.press('Tab');
    assert.match(await at(), wanted);
  };
  assert.equal(await at(), 'secret');
  await page.keyboard.type(SECRET);
  await page.keyboard.press('Enter');
  await says(page, '2 migrations pending');
  assert.equal(await at(), database); // the heading
  await tabTo(/0002_orders/);
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'SQL of 0002_orders' }).waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.ariaLabel), 'SQL of 0002_orders');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Space');
  await page.getByRole('region', { name: 'SQL of 0002_orders' }).waitFor({ state: 'hidden' });
  for (let i = 0; i < 40 && (await at()) !== 'Apply 2 migrations'; i++) await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByText('drop table visits;').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.equal(await at(), 'Apply 2 migrations'); // where it was
  await page.keyboard.press('Enter');
  const box = boxOf(page);
  await box.waitFor();
  for (let i = 0; i < 10 && !(await box.evaluate((one) => one === document.activeElement)); i++) await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await tabTo(/^Apply 2 migrations$/);
  await page.keyboard.press('Enter');
  await says(page, '2 migrations applied');
  assert.equal(await at(), '2 migrations applied'); // not lost with the button
});

add('a session that has ended begins again where it was', async (bench) => {
  const database = await newDatabase();
  const server = await serve('waitlist', database);
  const page = await loggedIn(bench, server);
  await page.getByRole('button', { name: /0001_customers/ }).click();
  await page.locator('.code').waitFor();
  await server.end('SIGTERM');
  await serve('waitlist', database, { port: server.port, secret: 'another-secret-of-the-tests' });
  await apply(page, 5);
  await page.getByText('The secret is not accepted any more.').waitFor();
  await look(page, 'ended');
  await logIn(page, 'another-secret-of-the-tests');
  await says(page, '5 migrations pending');
  assert.equal(await page.locator('.code').isVisible(), true);
  await press(page, 'Log out');
  await page.getByLabel('Secret').waitFor();
  assert.equal(await page.locator('#list li').count(), 0);
});

add('who logs out in the middle of a run leaves nothing behind, and may come back', async (bench) => {
  const database = await newDatabase();
  const page = await loggedIn(bench, await serve('waitlist', database));
  const release = await hold(database);
  await apply(page, 5);
  await heldUp(page);
  await press(page, 'Log out');
  await page.getByLabel('Secret').waitFor();
  const left = await page.evaluate(() => document.documentElement.outerHTML);
  for (const what of [database, '0003_order_notes', 'pg_advisory_xact_lock']) assert.ok(!left.includes(what), `${what} is still there`);
  await logIn(page);
  await says(page, 'A run is under way');
  await release();
  await press(page, 'Join and watch');
  await page.getByRole('heading', { name: /^(5 migrations applied|Nothing was left to apply)$/ }).waitFor();
  assert.equal(await ledger(database), ALL);
});

add('an endpoint that was closed says so', async (bench) => {
  const database = await newDatabase();
  const server = await serve('waitlist', database);
  const page = await loggedIn(bench, server);
  await server.end('SIGTERM');
  await serve('waitlist', database, { port: server.port, secret: '' });
  await press(page, 'Refresh');
  await says(page, 'The endpoint is closed');
  await look(page, 'closed');
});

add('somebody else who migrates is named, and waited for', async (bench) => {
  const database = await newDatabase();
  const page = await loggedIn(bench, await serve('waitlist', database));
  const release = await hold(database);
  const other = embark(database, ['migrate', '-q']);
  // The other has the lock once its migration waits for the gate.
  while ((await sql(database, "select count(*) from pg_locks where locktype = 'advisory' and not granted")) !== '1');
  await apply(page, 5);
  await page.locator('#wait', { hasText: /Waiting for pid \d+ \(embark, user owner/ }).waitFor();
  await look(page, 'waiting');
  await release();
  await other.gone;
  await says(page, 'Nothing was left to apply');
  assert.equal(await ledger(database), ALL);
});

add('a table that somebody holds is waited for, and who holds it is told', async (bench) => {
  const database = await newDatabase();
  await migrated(database, '--to', '0001_customers');
  const page = await loggedIn(bench, await serve('waitlist', database));
  const release = await hold(database, 'begin; lock table customers');
  await apply(page, 4);
  await boxOf(page).check();
  await page.getByRole('dialog').getByRole('button', { name: 'Apply 4 migrations' }).click();
  await page.locator('#wait', { hasText: '0002_orders was rolled back for want of a lock, and is tried again.' }).waitFor();
  await look(page, 'tried-again');
  await release();
  await says(page, '4 migrations applied');
});

add('where program and database differ is told, each difference once', async (bench) => {
  const database = await newDatabase();
  const files = {
    '0001_customers.sql': 'create table customers (id bigint primary key, email text, name text);\ncreate table visits (at timestamptz);\n',
    '0002_gone.sql': 'create table orders (customer bigint);\n',
    '0002_orders.sql': null,
  };
  await folderWith(files, async (folder) => {
    await embark(database, ['migrate', '-q', '--to', '0003_order_notes'], folder).gone;
  });
  const page = await loggedIn(bench, await serve('waitlist', database));
  await says(page, 'Nothing can be applied');
  await page.getByText('1 migration edited after being applied: 0001_customers').waitFor();
  await page.getByText('1 migration applied, and missing from this program, which has later ones: 0002_gone').waitFor();
  await page.getByText('1 migration pending, and older than an applied one: 0002_orders').waitFor();
  assert.equal(await states(page), 'changed pending applied pending pending missing');
  assert.equal(await page.getByRole('button', { name: /^Apply/ }).count(), 0);
  await look(page, 'differences');
});

add('a database that is ahead of the program is no trouble', async (bench) => {
  const database = await newDatabase();
  await folderWith({ '0006_newer.sql': 'create table newer ();\n' }, async (folder) => {
    await embark(database, ['migrate', '-q'], folder).gone;
  });
  const page = await loggedIn(bench, await serve('waitlist', database));
  await says(page, 'The database is ahead of this program');
  await page.getByRole('button', { name: /0006_newer/ }).click();
  await page.getByText('This program does not have its SQL.').waitFor();
  await look(page, 'ahead');
});

add('a program that cannot stream gives its answer at the end', async (bench) => {
  const database = await newDatabase();
  const page = await loggedIn(bench, await serve('waitlist', database));
  await page.route('**/migrate', (route) => route.continue({ headers: { ...route.request().headers(), accept: 'application/json' } }));
  await apply(page, 5);
  await says(page, '5 migrations applied');
  assert.equal(await ledger(database), ALL);
});

add('where the program knows who is asking, the page asks for nothing', async (bench) => {
  const server = await serve('waitlist', await newDatabase());
  const page = await bench.page(server);
  // The program is told who is asking by a header that is put in on the way, as a session's cookie would be.
  let secret = SECRET;
  await page.route('**/migrate', async (route) => {
    if (route.request().resourceType() !== 'document') return route.fallback();
    const response = await route.fetch();
    return route.fulfill({ response, body: (await response.text()).replace('data-login="secret"', 'data-login="host"') });
  });
  await page.route(/migrate(\/status|\/sql.*)?$/, (route) => (route.request().resourceType() === 'document' ? route.fallback()
    : route.continue({ headers: { ...route.request().headers(), authorization: `Bearer ${secret}` } })));
  await page.reload();
  await says(page, '5 migrations pending');
  assert.equal(await page.getByRole('button', { name: 'Log out' }).count(), 0);
  secret = 'no-longer-a-session-of-anybody';
  await press(page, 'Refresh');
  await says(page, 'Your session has ended');
});

for (const kind of ['waitlist', 'civetweb']) {
  add(`${kind}: the example as it is applies the sample migrations`, async (bench) => {
    const database = await newDatabase();
    const page = await loggedIn(bench, await serve(kind, database, { folder: 'examples' }));
    await apply(page, 8);
    await boxOf(page, '0007_touch_updated_at').check(); // a DO, which nobody can classify
    await page.getByRole('dialog').getByRole('button', { name: 'Apply 8 migrations' }).click();
    await says(page, '8 migrations applied');
    await press(page, 'Refresh');
    await says(page, 'Up to date');
    await look(page, 'up-to-date');
  });
}
