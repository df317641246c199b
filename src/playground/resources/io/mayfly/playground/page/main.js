// Ties the parts together.
import { announce, post } from './api.js';
import { Detail } from './detail.js';
import { addFaults, showFaults } from './faults.js';
import { EXPLAINED, STAGES, byId, element } from './format.js';
import { JobList } from './list.js';
import { FILTERS, Model } from './model.js';
import { countDown, showSide } from './side.js';
import { follow } from './stream.js';

const model = new Model();
const detail = new Detail();
const list = new JobList(model, (id) => detail.openJob(id));
const filters = new Map();

/** How long the last updates took, in milliseconds: for those who measure. */
const updates = [];
globalThis.mayfly = { updates, model, post };

addFaults();
addColumns();
addFilters();
addQueue();
addTheme();
byId('sweep').addEventListener('click', () => post('/api/sweep'));
byId('automatic').addEventListener('click', ({ currentTarget }) =>
  post('/api/sweep/automatic', { on: currentTarget.ariaChecked !== 'true' }));
byId('report').addEventListener('click', () => detail.openSweep());
setInterval(countDown, 500);

follow((data) => {
  const begun = performance.now();
  const change = JSON.parse(data);
  const added = model.apply(change);
  list.added(change.reset ? 0 : added);
  detail.changed(change.rows);
  showStates(change.overview.states);
  showFaults(change.overview.switches);
  showReal(change.overview.real);
  showSide(change.overview);
  list.render();
  updates.push(performance.now() - begun);
  if (updates.length > 5000) updates.splice(0, 1000);
});

async function queue(size) {
  if (await post('/api/jobs', { size })) {
    announce(size === 1 ? 'A job is queued' : `${size} jobs are queued`);
    list.top();
  }
}

/** A real GitHub has its own way to queue jobs, and its own page of runners. */
function showReal(real) {
  if (model.real === real) return;
  model.real = real;
  byId('queue').hidden = real;
  byId('real').hidden = !real;
  byId('runners-card').hidden = real;
}

function addQueue() {
  byId('queue').addEventListener('submit', (event) => {
    event.preventDefault();
    queue(1);
  });
  byId('first').addEventListener('click', async () => {
    await queue(1);
    byId('jobs').focus();
  });
  const size = byId('size');
  const matrix = () => size.reportValidity() && queue(size.valueAsNumber);
  byId('queue-matrix').addEventListener('click', matrix);
  size.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      matrix();
    }
  });
}

function addColumns() {
  const names = STAGES.map((stage, i) => element('span', { title: EXPLAINED[i] }, stage));
  byId('columns').append(element('span', {}, 'job'), element('span', { className: 'names' }, ...names), element('span', {}, 'lived'));
  STAGES.forEach((stage, i) => {
    const point = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
    const x = 20 + i * (580 / (STAGES.length - 1));
    const path = document.querySelector('#empty path');
    const at = path.getPointAtLength(path.getTotalLength() * (i / (STAGES.length - 1)));
    point.setAttribute('cx', at.x || x);
    point.setAttribute('cy', at.y || 45);
    point.setAttribute('r', 5);
    if (i < 6) point.setAttribute('class', 'filled');
    byId('empty-points').append(point);
  });
}

function addFilters() {
  for (const [name, { label }] of Object.entries(FILTERS)) {
    const count = element('b', {}, '0');
    const button = element('button', { type: 'button', ariaPressed: `${name === model.filter}` }, label, count);
    button.addEventListener('click', () => {
      model.choose(name);
      filters.forEach((other, key) => { other.button.ariaPressed = `${key === name}`; });
      list.top();
    });
    filters.set(name, { button, count });
    byId('filters').append(button);
  }
}

function showStates(states) {
  for (const [name, { count }] of filters) {
    const wanted = FILTERS[name].states ?? Object.keys(states);
    const sum = wanted.reduce((total, state) => total + (states[state] ?? 0), 0).toLocaleString('en');
    if (count.textContent !== sum) count.textContent = sum;
  }
}

function addTheme() {
  const button = byId('theme');
  const label = () => {
    button.textContent = document.documentElement.dataset.theme === 'dark' ? 'Light' : 'Dark';
    button.title = `Show the page in ${button.textContent.toLowerCase()} colours`;
  };
  button.addEventListener('click', () => {
    localStorage.setItem('mayfly-theme', button.textContent.toLowerCase());
    dispatchEvent(new Event('mayfly-theme'));
    label();
  });
  new MutationObserver(label).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  label();
}
