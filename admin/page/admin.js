/* admin.js - the admin page: looks at the database, and applies what is pending.
 *
 * What the endpoint answers becomes text, never HTML. The secret is in a variable of this script,
 * and nowhere else.
 */
'use strict';

const base = document.body.dataset.base; // the endpoint, as seen from this page
const byHost = document.body.dataset.login === 'host'; // the program itself knows who is asking
const SHOWN = 6; // of many that are applied, so many are shown at first

let secret = null;
let status = null; // what the endpoint last said there is ...
let plan = null; // ... and what it would do; null: nothing
let looking = false;
let running = false; // a run is being watched
const rows = new Map(); // a migration's key -> its row
const files = new Map(); // its tag -> its SQL as it was last read

// --- small things ---

const $ = (id) => document.getElementById(id);
const fill = (node, ...children) => node.replaceChildren(...children.filter(Boolean));

function el(name, properties, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  fill(node, ...children);
  return node;
}

function icon(name) {
  const [svg, use] = ['svg', 'use'].map((tag) => document.createElementNS('http://www.w3.org/2000/svg', tag));
  use.setAttribute('href', `#i-${name}`);
  svg.ariaHidden = 'true';
  svg.append(use);
  return svg;
}

const p = (text, className = '') => el('p', { className }, text);
const span = (className, ...children) => el('span', { className }, ...children);
const code = (text, title = '') => el('code', { title }, text);
const count = (n, one = 'migration') => `${n} ${one}${n === 1 ? '' : 's'}`;
const key = (entry) => entry.tag ?? entry.ledger_hash;
const called = (entry) => entry.tag ?? `(${entry.ledger_hash?.slice(0, 12)})`;
const sentence = (text) => (/[.!?]$/.test(text) ? text : `${text}.`).replace(/^./, (c) => c.toUpperCase());

function duration(ms) {
  if (ms < 1) return '< 1 ms';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60000) return `${(ms / 1000).toFixed(2)} s`;
  return `${Math.floor(ms / 60000)} min ${String(Math.floor(ms / 1000) % 60).padStart(2, '0')} s`;
}

const clock = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const utc = (iso) => iso.replace(/T(.{8}).*/, ' $1 UTC');

// Terms and what they are, but for those that are not known.
const terms = (pairs) => pairs.flatMap(([term, what]) => (what ? [el('dt', null, term), el('dd', null, what)] : []));

// For those who do not see the page: of progress not more than a word every five seconds.
let told = 0;
function tell(text, isProgress = false) {
  if (isProgress && Date.now() - told < 5000) return;
  told = Date.now();
  $('live').textContent = text;
}

// --- asking the endpoint ---

// What keeps an answer from being one. Its kind says what to do about it.
class Trouble extends Error {
  constructor(kind, message, wait = 0) {
    super(message);
    Object.assign(this, { kind, wait }); // in seconds
  }
}

async function send(path, method, body, accept) {
  const headers = { Accept: accept };
  if (secret !== null) {
    const bytes = new TextEncoder().encode(secret); // a header's characters are bytes
    headers.Authorization = `Bearer ${String.fromCharCode(...bytes)}`;
  }
  try {
    return await fetch(base + path, { method, headers, body, cache: 'no-store' });
  } catch {
    throw new Trouble('away', 'It does not answer. It may be restarting, or your network is down.');
  }
}

// The document of an answer. A refusal has none, and what stands between here and the program may
// answer in its place.
async function read(response) {
  const doc = await response.json().catch(() => {
    throw new Trouble('strange', `It answered with status ${response.status}, and not with JSON.`);
  });
  if (doc.error?.code !== 'HTTP') return doc;
  const kind = { 401: 'login', 403: 'closed', 429: 'wait' }[response.status];
  throw new Trouble(kind, sentence(doc.error.message), Number(response.headers.get('Retry-After')) || 60);
}

const ask = async (path, method = 'GET', body = undefined) => read(await send(path, method, body, 'application/json'));

async function sqlOf(tag) {
  const file = await ask(`/sql?tag=${encodeURIComponent(tag)}`);
  if (!file.statements) throw new Trouble('', sentence(file.error.message));
  files.set(tag, file);
  return file;
}

// Server-sent events as they come: [name, data]. A comment is one without a name.
async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ''; ; ) {
    const { value, done } = await reader.read();
    if (done) return;
    const whole = (text + value).split('\n\n');
    text = whole.pop();
    for (const event of whole) {
      const field = (name) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(event)?.[1];
      yield [field('event'), JSON.parse(field('data') ?? 'null')];
    }
  }
}

// --- logging in ---

let countdown = 0;

function showLogin(complaint, wait = 0) {
  const until = Date.now() + wait * 1000;
  const submit = $('login').querySelector('button');
  const show = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    submit.disabled = left > 0;
    submit.textContent = left > 0 ? `Wait ${count(left, 'second')}` : 'Continue';
    if (left <= 0) clearInterval(countdown);
  };
  clearInterval(countdown);
  countdown = setInterval(show, 250);
  show();
  $('work').hidden = $('tools').hidden = true;
  $('login').hidden = false;
  $('login-error').textContent = complaint;
  $('secret').ariaInvalid = String(complaint !== '' && !wait);
  $('confirm').close();
  $('secret').focus();
  $('secret').select();
  document.title = 'Migrations';
}

function showWork() {
  $('login').hidden = true;
  $('work').hidden = $('tools').hidden = false;
  $('leave').hidden = byHost;
}

async function logIn(event) {
  const before = status; // let in before: what was open then is open still
  event.preventDefault();
  secret = $('secret').value.trim();
  $('login').querySelector('button').disabled = true;
  await look();
  if (!$('login').hidden) return;
  $('secret').value = '';
  $(before ? 'title' : 'name').focus();
}

// A page that is new has nothing of what was shown, and watches no run. The run goes on without it.
const logOut = () => location.reload();

const troubles = {
  away: ['The server is away'],
  closed: ['The endpoint is closed', 'Give the program a secret of 16 bytes or more.'],
  login: ['Your session has ended', 'Log in to the program again, then look again here.'],
  wait: ['Too many tries'],
  lost: ['The connection was lost in the middle of a run', 'The run may still be going on there. Look again to see what became of it.'],
};

// Whatever goes wrong on the way comes here.
function inTrouble(trouble) {
  if (!(trouble instanceof Trouble)) throw trouble;
  const { kind, message, wait } = trouble;
  if (!byHost && (kind === 'login' || kind === 'wait')) {
    secret = null;
    if (kind === 'wait') return showLogin('Too many wrong secrets were tried.', wait);
    return showLogin(status ? 'The secret is not accepted any more.' : 'That is not the secret.');
  }
  const [title, advice] = troubles[kind] ?? ['The server refused'];
  showWork();
  panel(kind === 'away' || kind === 'lost' ? 'bad' : 'warn', 'warning', title, [
    p(message),
    advice && p(advice, 'soft'),
    status && p('What is shown below is how it was before.', 'soft'),
  ]);
  button('Look again', look);
  tell(`${title}. ${message}`);
}

// --- the panel: what is, or goes on ---

// What it said before, and its buttons, are gone.
function panel(tone, name, title, says = [], turning = '') {
  const inside = $('panel').contains(document.activeElement);
  $('panel').className = tone;
  fill($('title'), icon(name), span('', title));
  $('title').className = turning;
  fill($('says'), ...says);
  fill($('actions'));
  $('run').hidden = true;
  // Whoever pressed a button that is gone is not sent to the beginning.
  if (inside) $('title').focus();
  document.title = `${title} · ${$('name').textContent}`;
}

function button(text, onclick) {
  $('actions').append(el('button', { type: 'button', className: 'primary', onclick }, text));
}

// Where program and database differ: what is, and what to do.
const drift = {
  changed: ['bad', 'edited after being applied', 'Put the file back as it was, and make the change in a new migration. Or accept it: embark accept TAG --reason WHY'],
  missing: ['bad', 'applied, and missing from this program, which has later ones', 'Put the file back, or deploy the program that has it.'],
  unknown: ['warn', 'applied by a newer program', 'Fine when this program was rolled back; else deploy the newer one.'],
  running: ['warn', 'recorded as running, without a transaction', 'Somebody is at it, or was interrupted. Then applying goes on where it stopped.'],
  late: ['warn', 'pending, and older than an applied one', 'Rename the file so that it comes last, or have the program allow it.'],
};

function driftPoints() {
  const items = Object.entries(drift).map(([state, [tone, what, todo]]) => {
    const ones = status.migrations.filter((m) => m.state === state || (state === 'late' && m.late && m.state === 'pending'));
    if (!ones.length) return '';
    const names = ones.slice(0, 4).flatMap((m, i) => [i ? ', ' : '', code(called(m))]);
    const more = ones.length > 4 ? ` and ${ones.length - 4} more` : '';
    return el('li', { className: tone }, icon(state === 'late' ? 'pending' : state),
      el('div', null, el('p', null, `${count(ones.length)} ${what}: `, ...names, more), p(todo)));
  });
  return items.some(Boolean) && el('ul', { className: 'points' }, ...items);
}

// The server's words, all of them.
function exact(error) {
  const at = [error.file, error.line, error.column].filter(Boolean).join(':');
  return el('dl', null, ...terms([
    ['Detail', error.detail],
    ['SQLSTATE', error.sqlstate && code(error.sqlstate)],
    ['Place', at && code(at)],
    ['Hint', error.hint],
    ['Code', code(error.code)],
  ]));
}

// --- looking ---

async function look() {
  if (looking || running) return;
  looking = true;
  try {
    const found = await ask('/status');
    const isDone = (m) => m.state === 'applied' || m.state === 'adopted';
    const more = !found.error && !found.running && !found.migrations.every(isDone);
    const planned = more ? await ask('', 'POST', new URLSearchParams('dry-run=')) : null;
    if (running) return;
    // Without a database there is no list: then it is the one from before that is shown.
    status = { ...(found.migrations ? null : status), error: null, ...found };
    plan = planned;
    showWork();
    showDatabase();
    if (status.migrations) showList();
    showState();
  } catch (trouble) {
    inTrouble(trouble);
  } finally {
    looking = false;
  }
}

function showDatabase() {
  const { database: db = {}, bundle = {}, server_version: version, embark } = status;
  const host = db.host?.startsWith('/') ? 'a local socket' : `${db.host}:${db.port}`;
  $('name').textContent = db.name ?? 'Migrations';
  fill($('where'), version && `PostgreSQL ${version} `, db.host && `on ${host} `, db.user && `as ${db.user} · `,
    bundle.digest && 'bundle ', bundle.digest && code(bundle.digest.slice(0, 12), bundle.digest), ` · ${new Date().toLocaleTimeString()}`);
  fill($('facts'), ...terms([
    ['Database', db.name],
    ['Host', db.host && `${db.host}, port ${db.port}`],
    ['User', db.user],
    ['Server', version && `PostgreSQL ${version}`],
    ['Program', `${count(bundle.migrations)}, Embark ${embark}`],
    ['Its bundle', bundle.digest && code(bundle.digest)],
    ['Component', bundle.component],
    ['Ledger', bundle.table && `${bundle.table} (${bundle.ledger})`],
  ]));
}

// Say what is, and offer what can be done: one button, if any.
function showState() {
  const { migrations, counts, error } = status;
  const steps = plan?.steps ?? [];

  if (error) return showError(error, []);
  if (status.running) {
    panel('calm', 'running', 'A run is under way', [
      p('Somebody has started it in this program.'),
      p('To join is to ask for the same. Nothing runs twice; what needs approval does not run.', 'soft'),
    ], 'turning');
    return button('Join and watch', () => apply([]));
  }
  const points = driftPoints();
  if (plan?.error && plan.error.code !== 'EMBARK_E_FORBIDDEN') {
    panel('bad', 'warning', 'Nothing can be applied', [p(sentence(plan.error.message)), points, exact(plan.error)]);
    return button('Look again', look);
  }
  if (steps.length) return showPending(steps, points);
  if (points) {
    const ahead = !counts.missing && !counts.changed;
    return panel('warn', 'unknown', ahead ? 'The database is ahead of this program' : 'Program and database differ', [points]);
  }
  panel('good', 'applied', migrations.length ? 'Up to date' : 'No migrations', [
    p(migrations.length ? `${count(migrations.length)}, all applied.` : 'This program carries none.', 'soft'),
  ]);
}

function showPending(steps, points) {
  const n = steps.filter((step) => step.forbidden).length;
  const adopts = steps.every((step) => step.run === false);
  panel(n ? 'warn' : 'calm', 'pending', `${count(steps.length)} pending`, [
    p(n ? `You will be asked about ${n === steps.length ? 'each' : n} of them: what may destroy something needs approval, and what nobody can classify.`
      : 'None of them destroys anything. Open one below to read its SQL.'),
    points,
  ]);
  button(`${adopts ? 'Record' : 'Apply'} ${count(steps.length)}`, start);
}

// --- the list ---

const tones = { applied: 'good', adopted: 'good', pending: 'calm', running: 'calm', changed: 'bad', missing: 'bad', failed: 'bad', unknown: 'warn' };
const grave = { destructive: 'bad', unclassified: 'warn' };
const gravest = (hazards) => hazards.map((word) => grave[word]).find(Boolean) ?? '';
const mark = (word) => span(`mark ${grave[word] ?? ''}`, word);

function newRow() {
  const head = el('button', { type: 'button', ariaExpanded: 'false' });
  const [facts, sql] = [el('dl'), el('div')];
  const inside = el('div', { className: 'inside', hidden: true }, facts, sql);
  const row = { head, facts, sql, inside, item: el('li', null, el('h3', null, head), inside) };
  head.onclick = () => toggle(row);
  return row;
}

function paint(row, entry, state = entry.state) {
  const time = entry.applied_at;
  const plain = state === 'applied' || state === 'pending'; // where there is a time, the sign is enough
  const word = span(`state ${plain ? time && 'unseen' : `mark ${tones[state]}`}`, state);
  row.entry = entry;
  row.head.className = `row ${tones[state]} ${state === 'running' && running ? 'turning' : ''}`;
  fill(row.head, icon(state),
    el('span', { className: 'name' },
      span('tag', called(entry)),
      time && word,
      entry.late && mark('late'),
      ...entry.hazards.map(mark)),
    el('span', { className: 'meta' },
      span('', time ? el('time', { dateTime: time, title: utc(time) }, clock.format(new Date(time))) : word),
      span('took', entry.duration_ms !== null && duration(entry.duration_ms)),
      span('', entry.applied_by)),
    icon('open'));
  fill(row.facts, ...terms([
    ['Applied', time && `${utc(time)} by ${entry.applied_by}`],
    ['File', entry.file && code(entry.file)],
    ['SHA-256', entry.hash && code(entry.hash)],
    ['In the ledger', entry.ledger_hash !== entry.hash && entry.ledger_hash && code(entry.ledger_hash)],
    ['At statement', entry.statement && `${entry.statement}, server process ${entry.backend_pid ?? 'not known'}`],
    ['Down file', entry.file && (entry.reversible ? 'yes' : 'none')],
  ]));
}

// Rows stay the same elements: what is open stays open, and focus where it is.
function showList() {
  const { migrations, counts } = status;
  const items = migrations.map((entry) => {
    const row = rows.get(key(entry)) ?? newRow();
    rows.set(key(entry), row);
    paint(row, entry);
    return row.item;
  });
  const now = $('list').children;
  if (items.length !== now.length || items.some((item, i) => item !== now[i])) fill($('list'), ...items);
  fill($('counts'), ...Object.entries(counts).map(([state, n]) => n > 0 && el('li', null, el('b', null, n), ` ${state}`)));
  fold();
}

function fold() {
  const items = [...$('list').children];
  const first = status.migrations.findIndex((m) => m.state !== 'applied' && m.state !== 'adopted');
  const hidden = (first < 0 ? items.length : first) - SHOWN;
  const folds = hidden > SHOWN && !$('earlier').value;
  $('earlier').hidden = !folds;
  $('earlier').textContent = `Show ${hidden} earlier ones, all applied`;
  items.forEach((item, i) => { item.hidden = folds && i < hidden; });
}

function unfold() {
  $('earlier').value = 'unfolded';
  fold();
  $('list').querySelector('button').focus();
}

// Programs are deployed while a page is open: the SQL is read anew each time.
async function toggle({ entry, head, inside, sql }) {
  const open = inside.hidden;
  inside.hidden = !open;
  head.ariaExpanded = String(open);
  if (!open) return;
  fill(sql, p(entry.file ? 'Reading its SQL …' : 'This program does not have its SQL.', 'soft'));
  try {
    if (entry.file) fill(sql, listing(await sqlOf(entry.tag)));
  } catch (trouble) {
    fill(sql, p(trouble.message));
    if (trouble.kind) inTrouble(trouble);
  }
}

// --- SQL ---

function lineOf(number, text, className = '') {
  const n = span('number');
  n.dataset.n = number;
  return [n, span(`line ${className}`, `${text}\n`)];
}

// It scrolls, so it has to be reached with the keyboard.
const codeBox = (ariaLabel, ...children) => el('div', { className: 'code', tabIndex: 0, role: 'region', ariaLabel }, ...children);
const linesOf = (statement) => `${statement.sql};`.split('\n');

function listing(file, isShown = () => true) {
  const shown = file.statements.filter(isShown);
  if (!shown.length) return p('It has no statements.', 'soft');
  return codeBox(`SQL of ${file.tag}`, ...shown.map((s) => el('div', { className: gravest(s.hazards) },
    s.hazards.length && el('p', { className: 'marks' }, icon('warning'), s.hazards.join(', ')),
    el('pre', null, ...linesOf(s).flatMap((text, i) => lineOf(s.line + i, text))))));
}

// The line that failed, up to two before it, and a caret. Columns count characters of the file's
// line, of which only the statement is here.
function excerpt(error, statement) {
  const lines = linesOf(statement);
  const at = error.line - statement.line;
  const from = Math.max(0, at - 2);
  const skipped = at === 0 ? (statement.column ?? 1) : 1;
  const prefix = [...(lines[at] ?? '')].slice(0, Math.max(0, error.column - skipped)).join('');
  const shown = lines.slice(from, at + 1).flatMap((text, i) => lineOf(statement.line + from + i, text, from + i === at ? 'at' : ''));
  const caret = el('span', { className: 'line caret', ariaHidden: 'true', hidden: !error.column }, span('', prefix), '^');
  return codeBox(`Where it failed: line ${error.line}`, el('div', null, el('pre', null, ...shown, span(''), caret)));
}

const milder = { EMBARK_E_LOCKED: 'Somebody else is migrating', EMBARK_E_CONNECTION: 'The database cannot be reached' };

async function showError(error, applied) {
  const mild = milder[error.code];
  const place = el('div');
  panel(mild ? 'warn' : 'bad', mild ? 'warning' : 'failed', mild ?? (error.tag ? `${error.tag} failed` : 'It failed'), [
    p(sentence(error.message)),
    place,
    exact(error),
    applied.length && p(`Applied before that, and there to stay: ${applied.map((one) => one.tag).join(', ')}.`),
  ]);
  if (plan?.steps?.length) button(`Apply ${count(plan.steps.length)}`, start);
  else button('Look again', look);
  if (!error.statement) return;
  const file = await sqlOf(error.tag).catch(() => null);
  const statement = file?.statements.find((s) => s.statement === error.statement);
  if (!statement) return;
  place.append(excerpt(error, statement));
  place.firstChild.scrollLeft = place.querySelector('.caret span').offsetWidth - 99; // the caret is in view
}

// --- applying ---

async function start() {
  const steps = plan.steps.filter((step) => step.forbidden);
  if (!steps.length || (await approves(steps, plan.steps.length))) await apply(steps.map((step) => step.tag));
}

// Ask for each that may destroy something. What is dangerous in it is shown beside it.
async function approves(steps, all) {
  const dialog = $('confirm');
  const yes = dialog.querySelector('.danger');
  $('confirm-title').textContent = `${steps.length} of ${count(all)} ${steps.length === 1 ? 'needs' : 'need'} your approval`;
  yes.textContent = `Apply ${count(all)}`;
  yes.disabled = true;
  fill($('choices'), ...steps.map((step) => {
    const sql = el('div');
    sqlOf(step.tag).then((file) => fill(sql, listing(file, (s) => gravest(s.hazards))), (trouble) => fill(sql, p(trouble.message)));
    return el('div', null, el('label', null, el('input', { type: 'checkbox' }),
      span('name', code(step.tag), ...step.hazards.map(mark))), sql);
  }));
  $('choices').onchange = () => { yes.disabled = $('choices').querySelector('input:not(:checked)') !== null; };
  dialog.returnValue = '';
  dialog.showModal();
  await new Promise((closed) => { dialog.onclose = closed; });
  return dialog.returnValue === 'yes';
}

async function apply(tags) {
  if (running) return;
  running = true;
  const run = new Run();
  let result;
  try {
    result = await run.follow(new URLSearchParams(tags.map((tag) => ['approve', tag])));
  } catch (trouble) {
    inTrouble(trouble);
  } finally {
    running = false;
    clearInterval(run.timer);
  }
  if (result) await afterwards(result, run);
}

// A run as it goes on. on_NAME is what an event does.
class Run {
  began = performance.now();
  heard = this.began;
  of = plan?.steps?.length ?? 0; // steps
  timer = setInterval(() => this.tick(), 100);

  constructor() {
    panel('calm', 'running', 'Applying …', [], 'turning');
    $('run').hidden = false;
    $('log').hidden = true;
    $('meter').value = 0;
    fill($('log').lastElementChild);
    this.say('Asking the server …');
    this.tick();
    tell('Applying migrations.');
  }

  say(step, sql = '', wait = '') {
    $('step').firstChild.textContent = step;
    $('sql').textContent = sql;
    $('wait').textContent = wait;
  }

  // A stream that is alive is not silent for more than five seconds.
  tick() {
    const silent = (performance.now() - this.heard) / 1000;
    $('elapsed').textContent = `${((performance.now() - this.began) / 1000).toFixed(1)} s`;
    if (this.tag && silent > 15) $('wait').textContent = `Nothing heard for ${Math.round(silent)} s. The run may still be going on.`;
  }

  // To its result: by a stream or, where the program cannot stream, at once.
  async follow(form) {
    const response = await send('', 'POST', form, 'text/event-stream, application/json;q=0.9');
    if (!response.headers.get('Content-Type')?.startsWith('text/event-stream')) return read(response);
    try {
      for await (const [name, data] of events(response)) {
        if (performance.now() - this.heard > 15000) $('wait').textContent = '';
        this.heard = performance.now();
        if (name === 'result') return data;
        this[`on_${name}`]?.(data);
      }
    } catch { /* broken: as if it ended */ }
    throw new Trouble('lost', this.tag ? `${this.tag} was being applied.` : 'It was not heard whether it had begun.');
  }

  log(data, text) {
    const list = $('log').lastElementChild;
    list.append(el('li', null, el('time', null, duration(data.elapsed_ms)), span('', text)));
    $('log').hidden = false;
    $('log').firstElementChild.textContent = count(list.children.length, 'message');
  }

  // What holds it up is logged once, however often it is said.
  hold(data, text, more = '') {
    if (text !== this.held) {
      this.log(data, text);
      tell(text);
    }
    this.held = text;
    $('wait').textContent = text + more;
  }

  // `statement` is the one that runs now, from 1.
  progress(statement) {
    const { step, of, statements, tag } = this;
    const sql = files.get(tag)?.statements[statement - 1]?.sql ?? '';
    this.statement = statement;
    $('meter').value = (step - 1 + (statement - 1) / (statements || 1)) / of;
    if (statement > 1) this.again = '';
    this.say(`${tag}, ${statement > statements ? 'committing' : `statement ${statement} of ${statements}`}`, sql.replace(/\s+/g, ' ').slice(0, 300), this.again);
  }

  paint(tag, state, changes) {
    const row = rows.get(tag);
    if (row) paint(row, { ...row.entry, ...changes, state });
  }

  on_planned({ steps }) {
    this.of = steps;
    $('title').lastChild.textContent = `Applying ${count(steps)}`;
  }

  on_started({ tag, step, steps, statements }) {
    Object.assign(this, { tag, step, of: steps, statements });
    this.paint(tag, 'running');
    this.progress(1);
    tell(`${tag}, ${step} of ${steps}.`, true);
    if (!files.has(tag)) sqlOf(tag).then(() => running && this.tag === tag && this.progress(this.statement), () => {});
  }

  on_statement({ tag, statement }) {
    if (tag === this.tag) this.progress(statement + 1);
  }

  on_applied({ tag, step, duration_ms }) {
    this.paint(tag, 'applied', { duration_ms });
    $('meter').value = step / this.of;
  }

  on_notice(data) {
    this.log(data, `${data.severity}: ${data.message}`);
  }

  on_lock_wait(data) {
    const done = data.total ? ` ${Math.floor((100 * data.done) / data.total)} %` : '';
    this.hold(data, `Waiting for ${data.message ?? 'another session'}.`, done);
  }

  on_retry(data) {
    this.paint(data.tag, 'pending');
    this.again = `${data.tag} was rolled back for want of a lock, and is tried again. ${data.message ?? ''}`;
    this.hold(data, this.again);
  }

  on_resumed(data) {
    this.log(data, `${data.tag} is taken up at statement ${data.statement}. ${data.message ?? ''}`);
  }
}

// The run is over: look at what there is now, and say how it ended.
async function afterwards({ error, applied = [] }, run) {
  const took = duration(performance.now() - run.began);
  await look();
  if (!$('login').hidden) return;
  if (error?.code === 'EMBARK_E_FORBIDDEN' && plan?.steps?.some((step) => step.forbidden)) return start();
  if (error) {
    const row = rows.get(error.tag);
    if (row?.entry.state === 'pending' && error.sqlstate) paint(row, row.entry, 'failed');
    tell(`Failed. ${sentence(error.message)}`);
    return showError(error, applied);
  }
  const title = applied.length ? `${count(applied.length)} applied` : 'Nothing was left to apply';
  tell(`${title}, in ${took}.`);
  if (!plan) panel('good', 'applied', title, [p(`It took ${took}. The database is up to date.`)]);
}

// --- the beginning ---

$('login').onsubmit = logIn;
$('refresh').onclick = look;
$('leave').onclick = logOut;
$('earlier').onclick = unfold;
if (byHost) look();
else showLogin('');
