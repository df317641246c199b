// One job's row: its name, the line of its life, and how long it has taken.
import { DONE, CACHED, EXPLAINED, MISSED, STAGES, STATES, element, time } from './format.js';

const KINDS = ['done', 'cached', 'missed'];

export function newRow() {
  const stations = STAGES.map((stage, i) => {
    const station = element('span', { className: 'station', title: EXPLAINED[i] }, element('i'), element('em'));
    return station;
  });
  const name = element('b');
  const id = element('small');
  const total = element('span');
  const state = element('small');
  const button = element(
    'button',
    { type: 'button', className: 'row', tabIndex: -1 },
    element('span', { className: 'who' }, name, id),
    element('span', { className: 'life', ariaHidden: 'true' }, ...stations),
    element('span', { className: 'how' }, total, state),
  );
  const item = element('div', { role: 'listitem' }, button);
  return { item, button, stations, name, id, total, state, shown: undefined };
}

/** Draws a job into a row; what is as it was is not touched. */
export function draw(view, job) {
  if (view.shown === job) return;
  const same = view.shown?.id === job.id;
  view.shown = job;
  const life = lifeOf(job);
  if (!same) {
    text(view.name, job.name);
    text(view.id, `${job.id}`);
  }
  view.button.dataset.state = job.state;
  view.button.dataset.job = job.id;
  text(view.total, life.last ? time(life.last) : '–');
  text(view.state, STATES[job.state]);
  life.stations.forEach((at, i) => {
    const station = view.stations[i];
    const names = ['station'];
    if (at.kind !== undefined) names.push(KINDS[at.kind]);
    if (at.kind !== MISSED && at.missed) names.push('healed');
    if (i === life.next) names.push('next');
    const wanted = names.join(' ');
    if (station.className !== wanted) station.className = wanted;
    text(station.lastChild, at.kind === undefined ? '' : at.kind === CACHED ? 'cached' : time(at.after));
    const title = [EXPLAINED[i], at.note, at.missed && at.kind !== MISSED ? `first: ${at.missed}` : ''].filter(Boolean).join('. ');
    if (station.title !== title) station.title = title;
  });
}

function text(node, value) {
  if (node.textContent !== value) node.textContent = value;
}

/** The points: what was reached, and what was missed before. */
function lifeOf(job) {
  const stations = STAGES.map(() => ({}));
  let last = 0;
  for (const [stage, after, kind, note] of job.steps) {
    const at = stations[stage];
    last = Math.max(last, after);
    if (kind === MISSED) {
      at.missed ||= note || 'missed';
      if (at.kind === undefined) Object.assign(at, { kind, after, note });
    } else if (at.kind === undefined || at.kind === MISSED) {
      Object.assign(at, { kind, after, note });
    }
  }
  if (job.state === 'ended') last = stations.at(-1).after;
  const reached = stations.findLastIndex((at) => at.kind === DONE || at.kind === CACHED);
  // A launch by the sweep needs no delivery, and one that was missed before is no gap any more.
  const next = job.state === 'ended' ? -1 : reached + 1;
  return { stations, last, next };
}
