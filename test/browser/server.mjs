/* server.mjs - databases and example servers, as the tests need them. All of them are gone at the end. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { promisify } from 'node:util';

export const SECRET = 'a-secret-of-the-browser-tests';
const GATE = 4711; // the lock that migration 0003 asks for
const FOLDER = 'test/browser/migrations';
const build = process.argv[2];
const running = new Set(); // every process that a test has started
const run = promisify(execFile);
let databases = 0;

// --- processes ---

function start(program, args, env = {}) {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] });
  running.add(child);
  child.gone = once(child, 'exit').then(() => running.delete(child));
  child.stdin.on('error', () => {}); // it has ended: seen by `gone`
  return child;
}

// What it prints, once that matches; null when it ends before.
function says(child, pattern) {
  return new Promise((resolve) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = pattern.exec(text);
      if (found) resolve(found);
    });
    child.gone.then(() => resolve(null));
  });
}

// Also when we are told to end: a server would outlive us.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export async function endAll() {
  const left = [...running];
  for (const child of left) child.kill('SIGKILL');
  await Promise.all(left.map((child) => child.gone));
}

// --- databases ---

export async function sql(database, text) {
  const { stdout } = await run('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', database, '-c', text]);
  return stdout.trim();
}

const urlOf = (database) => `postgresql://${process.env.PGUSER}@/${database}?host=${process.env.PGHOST}&port=${process.env.PGPORT}`;

// An empty one. hasMark: with the type that 0004 needs.
export async function newDatabase({ hasMark = true } = {}) {
  const database = `browser_${++databases}`;
  await sql('postgres', `create database ${database}`);
  await sql(database, 'create schema ext');
  if (hasMark) await addMark(database);
  return database;
}

export const addMark = (database) => sql(database, "create type ext.mark as enum ('a')");
export const ledger = (database) => sql(database, "select string_agg(tag, ' ' order by position) from embark.migrations");

// The command, on the same migrations or others.
export function embark(database, args, folder = FOLDER) {
  const child = start(`${build}/embark`, [...args, '--dir', folder], { DATABASE_URL: urlOf(database), NO_COLOR: '1' });
  child.stdout.resume();
  return child;
}

// Hold something until release() is called: the lock of 0003, or what the SQL says.
export async function hold(database, text = `select pg_advisory_lock(${GATE})`) {
  const child = start('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', database]);
  child.stdin.write(`${text};\n\\echo it is held\n`);
  if (!(await says(child, /it is held/))) throw new Error(`not to be held: ${text}`);
  return async () => {
    child.stdin.end();
    await child.gone;
  };
}

// --- the example servers ---

// Below those that the system gives to whoever connects to somebody: one of them could be somebody's in the
// moment in which a server that was killed is to have its port again.
async function freePort() {
  for (;;) {
    const port = 20000 + Math.floor(Math.random() * 12000);
    const probe = net.createServer().listen(port, '127.0.0.1');
    const isFree = await once(probe, 'listening').then(() => true, () => false);
    if (isFree) {
      probe.close();
      await once(probe, 'close');
      return port;
    }
  }
}

const kinds = {
  waitlist: { name: '02_waitlist_server', args: () => [], said: /listening on http/ },
  civetweb: { name: '04_admin_civetweb', args: (port) => [`127.0.0.1:${port}`], said: /migrations are at http/ },
};

// A port that was free may be taken by the time it is wanted: then it is another one, unless that one is
// needed again, whose sockets may take a while to go.
export async function serve(kind, database, { secret = SECRET, port = 0, folder = 'test/browser' } = {}) {
  const { name, args, said } = kinds[kind];
  for (let tries = 0; tries < 100; tries++) {
    const at = port || (await freePort());
    const env = { DATABASE_URL: urlOf(database), PORT: String(at), MIGRATE_ON_START: '0', MIGRATION_SECRET: secret };
    const child = start(`${build}/${folder}/${name}`, args(at), env);
    if (await says(child, said)) {
      const end = async (signal) => {
        child.kill(signal);
        await child.gone;
      };
      return { port: at, origin: `http://127.0.0.1:${at}`, url: `http://127.0.0.1:${at}/api/admin/migrate`, end };
    }
    await child.gone;
  }
  throw new Error(`${name} does not start`);
}
