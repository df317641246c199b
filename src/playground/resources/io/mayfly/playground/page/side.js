// What stands beside the jobs: sweep, calls, instances, runners, journal.
import { announce } from './api.js';
import { byId, element, time } from './format.js';

const SERVICES = { github: 'GitHub', ec2: 'EC2', ssm: 'Parameter Store' };
const shown = new Map();
let sweep;
let ahead = 0;
let lastLine;
let latest;
let pending;

/** Whether something differs from what was shown last. */
function changed(name, value) {
  const text = JSON.stringify(value);
  if (shown.get(name) === text) return false;
  shown.set(name, text);
  return true;
}

export function showSide(overview) {
  ahead = overview.now - Date.now();
  sweep = overview.sweep;
  byId('function').textContent = overview.ready ? overview.function : 'The function is starting: deliveries wait for it';
  if (changed('sweep', sweep)) {
    byId('automatic').ariaChecked = `${sweep.automatic}`;
    byId('sweep').disabled = sweep.running;
    byId('report').hidden = sweep.count === 0;
    countDown();
  }
  latest = overview;
  pending ??= setTimeout(showLists, 300);
}

/** The lists: a few times a second is as quick as one can read. */
function showLists() {
  pending = undefined;
  if (changed('calls', latest.calls)) showCalls(latest.calls);
  if (changed('instances', [latest.instances, latest.instanceCount])) showInstances(latest);
  if (changed('runners', [latest.runners, latest.runnerCount])) showRunners(latest);
  if (changed('journal', latest.journal)) showJournal(latest.journal);
}

export function countDown() {
  if (!sweep) return;
  const left = Math.max(0, Math.ceil((sweep.next - Date.now() - ahead) / 1000));
  byId('next').textContent = sweep.running ? 'sweeping' : sweep.automatic ? `next in ${left} s` : 'only by hand';
}

function showCalls(calls) {
  const open = new Set([...byId('calls').querySelectorAll('details[open]')].map((each) => each.dataset.service));
  byId('calls').replaceChildren(...Object.entries(SERVICES).map(([service, label]) => {
    const counts = Object.entries(calls[service] ?? {});
    const total = counts.reduce((sum, [, count]) => sum + count, 0);
    const details = element(
      'details',
      { open: open.has(service) },
      element('summary', {}, element('span', {}, label), element('b', {}, total.toLocaleString('en'))),
      element('dl', {}, ...counts.flatMap(([name, count]) => [element('dt', {}, name), element('dd', {}, count.toLocaleString('en'))])),
    );
    details.dataset.service = service;
    return details;
  }));
}

function showInstances({ instances, instanceCount }) {
  byId('instance-count').textContent = instanceCount;
  fill('instances', instances, 'None: nothing runs, nothing costs.', ({ id, state, type, zone, market, job }) => [
    element('code', { title: `for job ${job}` }, id),
    element('span', { title: `${type}, ${zone}, ${market}` }, `${type} ${zone.slice(-2)} ${market === 'on-demand' ? 'demand' : market} ${state}`),
  ]);
}

function showRunners({ runners, runnerCount }) {
  byId('runner-count').textContent = runnerCount;
  fill('runners', runners, 'None is registered.', ({ name, online, busy }) => [
    element('code', {}, name),
    element('span', {}, busy ? 'busy' : online ? 'idle' : 'offline'),
  ]);
}

function showJournal(lines) {
  const newest = lines.at(-1);
  if (newest && newest.id !== lastLine) {
    if (lastLine !== undefined) announce(newest.text);
    lastLine = newest.id;
  }
  fill('journal', lines.toReversed(), 'Quiet so far.', ({ at, text }) => [
    element('time', {}, new Date(at).toTimeString().slice(0, 8)),
    element('span', {}, text),
  ]);
}

function fill(id, things, none, parts) {
  const items = things.map((thing) => element('li', {}, ...parts(thing)));
  byId(id).replaceChildren(...(items.length ? items : [element('li', { className: 'none' }, none)]));
}
