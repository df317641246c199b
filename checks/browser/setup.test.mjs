// make setup in a real browser: the page that makes the GitHub App, GitHub's emulator behind it, Parameter Store at moto.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { after, before, beforeEach, test } from 'node:test';
import { assertAccessible, startBrowser, watch } from './browser.mjs';

const root = new URL('../..', import.meta.url).pathname;
const shots = `${root}target/setup-screenshots`;
const local = `${root}target/setup-check/github-app.env`;
let browser;
let gitHub;
let stage;
let emulator;

/** Starts a program and gives the first line that matches. */
function start(command, args, pattern, env = {}) {
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] });
  const said = [];
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const found = new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line);
      const match = pattern.exec(line);
      if (match) resolve(match);
    });
    ended.then(() => reject(new Error(`${command} ended: ${said.join('\n')}`)));
  });
  found.catch(() => {});
  return { child, said, ended, found };
}

async function call(name, body = {}) {
  const answer = await fetch(`${stage}/${name}`, { method: 'POST', body: JSON.stringify(body) });
  assert.equal(answer.status, 200);
  return answer.json();
}

/** The tool, its page open in a browser of its own; at the terminal somebody who says yes to what comes, or `answers` later. */
async function setUp(t, { size = { width: 1000, height: 900 }, scheme = 'light', args = ['--local', local], env = {}, answer = 'yes' } = {}) {
  const tool = start('scripts/mayfly', ['setup', '--no-browser', ...args], /(http:\/\/127\.0\.0\.1:\d+\/[\w-]+\/)/, env);
  t.after(() => tool.child.kill());
  if (answer) tool.child.stdin.write(`${answer}\n`);
  const [, url] = await tool.found;
  const context = await browser.newContext({ viewport: size, colorScheme: scheme });
  t.after(() => context.close());
  const page = await context.newPage();
  const watched = watch(page, new URL(url).origin, gitHub);
  await page.goto(url);
  return { tool, page, url, watched, context };
}

async function fill(page, { owner = 'organization', organization = 'octo-org' } = {}) {
  await page.getByLabel('Host').fill(gitHub);
  await page.getByLabel(owner === 'person' ? 'Mine' : "An organization's").check();
  await page.getByLabel('Name of the organization').fill(owner === 'person' ? '' : organization);
  await page.locator('#name').fill('Mayfly octo');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('heading', { name: 'What the App may do' }).waitFor();
}

async function narrow(page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(over <= 0, `the page is ${over} px wider than the window`);
}

before(async () => {
  mkdirSync(shots, { recursive: true });
  const java = `${process.env.JAVA_HOME ?? ''}/bin/java`;
  const classpath = `target/classes:target/test-classes:${readFileSync(`${root}target/playground.classpath`, 'utf8').trim()}`;
  emulator = start(java, ['-cp', classpath, 'io.mayfly.playground.github.EmulatorMain'], /^(\S+) (\S+)$/);
  [, gitHub, stage] = await emulator.found;
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  emulator?.child.stdin.end();
});

beforeEach(async () => {
  gitHub = (await call('reset')).url;
  rmSync(local, { force: true });
});

test('makes an App for an organization', async (t) => {
  const { tool, page, url, watched } = await setUp(t);
  await assertAccessible(page);
  await page.screenshot({ path: `${shots}/1-form.png`, fullPage: true });
  await fill(page);
  await assertAccessible(page);
  await page.screenshot({ path: `${shots}/2-permissions.png`, fullPage: true });
  await page.getByRole('button', { name: 'Go on at GitHub' }).click();
  await page.getByRole('button', { name: 'Create GitHub App' }).click();
  await page.getByRole('heading', { name: 'The App is made' }).waitFor();
  assert.equal(page.url(), url, 'neither code nor state stays in the address');
  await assertAccessible(page);
  await page.screenshot({ path: `${shots}/3-done.png`, fullPage: true });
  assert.equal(await tool.ended, 0);
  const kept = readFileSync(local, 'utf8');
  assert.equal(statSync(local).mode & 0o777, 0o600);
  const secret = /MAYFLY_GITHUB_WEBHOOK_SECRET='(.*)'/.exec(kept)[1];
  const shown = (await page.content()) + tool.said.join('\n');
  assert.ok(!shown.includes(secret) && !shown.includes('PRIVATE KEY'));
  watched.assertClean();
});

test('makes an App for a person, by keyboard, 360 px wide, in the dark', async (t) => {
  const { tool, page, watched } = await setUp(t, { size: { width: 360, height: 740 }, scheme: 'dark' });
  await narrow(page);
  await page.keyboard.press('Tab');
  await page.keyboard.type(gitHub);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  for (const key of ['Tab', 'Tab', 'Tab']) await page.keyboard.press(key);
  await page.keyboard.type('Mayfly octocat');
  await assertAccessible(page);
  await page.screenshot({ path: `${shots}/4-phone.png`, fullPage: true });
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'What the App may do' }).waitFor();
  await narrow(page);
  await assertAccessible(page);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Create GitHub App for @octocat' }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'The App is made' }).waitFor();
  await narrow(page);
  assert.equal(await tool.ended, 0);
  watched.assertClean();
});

test('shows all that is wrong at once, beside its field, and keeps what was typed', async (t) => {
  const { page, watched } = await setUp(t, { size: { width: 360, height: 740 } });
  await page.getByLabel('Host').fill('git hub');
  await page.getByLabel('Name of the organization').fill('octo org');
  await page.getByLabel("An organization's").check();
  await page.locator('#name').fill('-');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('alert').getByText('3 answers are wrong.').waitFor();
  watched.expect(/400/);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'host');
  for (const [id, words] of [['host', 'The host is'], ['organization', "The organization's name is"], ['name', "The App's name has"]]) {
    const field = page.locator(`#${id}`);
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    assert.match(await page.locator(`#${await field.getAttribute('aria-describedby')}`).innerText(), new RegExp(`^${words}`));
    await page.getByRole('alert').getByRole('link', { name: words }).waitFor();
  }
  assert.equal(await page.getByLabel('Host').inputValue(), 'git hub');
  assert.equal(await page.getByLabel('Name of the organization').inputValue(), 'octo org');
  assert.equal(await page.locator('#name').inputValue(), '-');
  assert.ok(await page.getByLabel("An organization's").isChecked());
  await narrow(page);
  await assertAccessible(page);
  await page.screenshot({ path: `${shots}/8-mistakes.png`, fullPage: true });
  await fill(page);
  assert.equal(await page.getByRole('alert').count(), 0);
  watched.assertClean();
});

test('writes nothing before the terminal says so, and goes on by itself then', async (t) => {
  const { tool, page, watched } = await setUp(t, { answer: null });
  await fill(page);
  await page.getByRole('button', { name: 'Go on at GitHub' }).click();
  await page.getByRole('button', { name: 'Create GitHub App' }).click({ noWaitAfter: true });
  await page.getByRole('heading', { name: 'Confirm it at the terminal' }).waitFor();
  await page.screenshot({ path: `${shots}/7-confirm.png`, fullPage: true });
  assert.ok(!existsSync(local));
  tool.child.stdin.write('yes\n');
  await page.getByRole('heading', { name: 'The App is made' }).waitFor();
  assert.equal(await page.getByRole('heading', { name: 'Confirm it at the terminal' }).count(), 0, 'the question is no longer shown');
  await assertAccessible(page);
  assert.equal(await tool.ended, 0);
  assert.ok(existsSync(local));
  watched.assertClean();
});

test('writes nothing when the terminal says no', async (t) => {
  const { tool, page } = await setUp(t, { answer: 'no' });
  await fill(page);
  await page.getByRole('button', { name: 'Go on at GitHub' }).click();
  await page.getByRole('button', { name: 'Create GitHub App' }).click({ noWaitAfter: true });
  assert.equal(await tool.ended, 1);
  assert.ok(!existsSync(local));
});

test('does not use an answer with a wrong state', async (t) => {
  const { page, url, watched } = await setUp(t);
  await fill(page);
  await page.goto(`${url}created?code=0123456789&state=guessed`);
  await page.getByText('does not belong to the form').waitFor();
  watched.expect(/400/);
  await assertAccessible(page);
  await page.screenshot({ path: `${shots}/5-wrong-state.png`, fullPage: true });
  assert.equal((await call('calls'))['convert-manifest'], undefined);
  watched.assertClean();
});

test('says what to do about an expired code, and begins again', async (t) => {
  const { tool, page, watched } = await setUp(t);
  await fill(page);
  // As GitHub answers for a code that is too old; checks/infra lets one grow old.
  await call('fault', { call: 'convert-manifest', status: 404 });
  await page.getByRole('button', { name: 'Go on at GitHub' }).click();
  await page.getByRole('button', { name: 'Create GitHub App' }).click();
  await page.getByText('good for one hour and once').waitFor();
  await page.screenshot({ path: `${shots}/6-expired.png`, fullPage: true });
  await page.getByRole('button', { name: 'Begin again' }).click();
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('button', { name: 'Go on at GitHub' }).click();
  await page.getByRole('button', { name: 'Create GitHub App' }).click();
  await page.getByRole('heading', { name: 'The App is made' }).waitFor();
  assert.equal(await tool.ended, 0);
  watched.assertClean();
});

test('explains a refusal of GitHub to who comes back from it', async (t) => {
  const { page, watched } = await setUp(t);
  await fill(page, { organization: 'somebody-elses' });
  await page.getByRole('button', { name: 'Go on at GitHub' }).click();
  await page.getByText('Not Found').waitFor();
  watched.expect(/404/);
  await page.goBack();
  await page.getByText('may not make Apps for somebody-elses').waitFor();
  await page.getByRole('button', { name: 'Change something' }).click();
  assert.equal(await page.getByLabel('Name of the organization').inputValue(), 'somebody-elses');
  watched.assertClean();
});

test('makes one App when the button is pressed twice', async (t) => {
  const { tool, page, watched } = await setUp(t);
  await fill(page);
  await page.getByRole('button', { name: 'Go on at GitHub' }).click();
  await page.getByRole('button', { name: 'Create GitHub App' }).dblclick({ noWaitAfter: true });
  await page.getByRole('heading', { name: /The App is made|Not used/ }).waitFor();
  await tool.ended;
  assert.equal((await call('calls'))['convert-manifest'], 1);
  assert.match(readFileSync(local, 'utf8'), /MAYFLY_GITHUB_APP_ID='12345'/);
  watched.problems.splice(0, watched.problems.length, ...watched.problems.filter((problem) => !/400/.test(problem)));
  watched.assertClean();
});

test('puts the credentials into Parameter Store', async (t) => {
  const moto = start(process.env.PYTHON ?? 'python3', ['-c', `
import logging, sys
from moto.server import ThreadedMotoServer
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print("moto", "http://127.0.0.1:%d" % server.get_host_and_port()[1], flush=True)
sys.stdin.read()
`], /^moto (\S+)$/);
  t.after(() => moto.child.stdin.end());
  const [, aws] = await moto.found;
  const env = { AWS_ENDPOINT_URL: aws, AWS_ACCESS_KEY_ID: 'k', AWS_SECRET_ACCESS_KEY: 's', AWS_REGION: 'eu-central-1', MAYFLY_DEPLOYMENT: 'default' };
  const { tool, page, watched } = await setUp(t, { args: ['--deployment', 'default'], env });
  await fill(page);
  await page.getByRole('button', { name: 'Go on at GitHub' }).click();
  await page.getByRole('button', { name: 'Create GitHub App' }).click();
  await page.getByText('Parameter Store, below /mayfly/default').last().waitFor();
  assert.equal(await tool.ended, 0);
  assert.match(tool.said.join('\n'), /github-private-key +created/);
  assert.ok(!tool.said.join('\n').includes('PRIVATE KEY'));
  watched.assertClean();
});
