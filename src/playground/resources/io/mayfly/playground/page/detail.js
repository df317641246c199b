// The drawer: what happened to a job or in a sweep, with the requests and answers behind it.
import { ask } from './api.js';
import { MISSED, STAGES, STATES, byId, element, time } from './format.js';

const KINDS = ['done', 'cached', 'missed'];
const NAMES = { github: 'GitHub', function: 'the function', instance: 'the instance', ec2: 'EC2', ssm: 'Parameter Store', sts: 'STS' };

export class Detail {
  #dialog = byId('detail');
  #job;
  #timer;

  constructor() {
    this.#dialog.addEventListener('click', (event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
    this.#dialog.addEventListener('close', () => { this.#job = undefined; });
  }

  async openJob(id) {
    this.#job = id;
    await this.#showJob();
  }

  async openSweep() {
    const sweep = await ask('/api/sweep');
    if (!sweep) return;
    this.#show('The last sweep', 'What the function compared and did, and its report', [
      element('pre', { tabIndex: 0 }, pretty(sweep.report)),
      element('h3', {}, 'Requests and answers'),
      element('ol', { className: 'story' }, ...sweep.exchanges.map((each) => exchange(each, sweep.exchanges[0].at))),
    ]);
  }

  /** A job has changed: what is open is drawn anew, not more than twice a second. */
  changed(rows) {
    if (this.#job !== undefined && !this.#timer && rows.some(({ id }) => id === this.#job)) {
      this.#timer = setTimeout(async () => {
        this.#timer = undefined;
        if (this.#job !== undefined) await this.#showJob();
      }, 500);
    }
  }

  async #showJob() {
    const job = await ask(`/api/jobs/${this.#job}`);
    if (!job || job.id !== this.#job) return;
    const facts = [
      ['repository', job.repo],
      ['instance', job.instance],
      ['type', job.type && `${job.type}, ${job.market}`],
      ['zone', job.zone && `${job.zone}, ${job.subnet}`],
      ['runner', job.runner],
    ].filter(([, value]) => value);
    const told = [
      ...job.steps.map((step) => ({ at: job.at + step[1], node: stepOf(step) })),
      ...job.exchanges.map((each) => ({ at: each.at, node: exchange(each, job.at) })),
    ].sort((a, b) => a.at - b.at);
    this.#show(job.name, `Job ${job.id}, ${STATES[job.state]}`, [
      element('dl', { className: 'facts' }, ...facts.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)])),
      element('ol', { className: 'story' }, ...told.map(({ node }) => node)),
      ...(job.forgotten ? [element('p', { className: 'hint' }, `${job.forgotten} older requests are no longer kept.`)] : []),
    ]);
  }

  #show(title, subtitle, content) {
    const open = new Set([...this.#dialog.querySelectorAll('details[open]')].map((each) => each.dataset.key));
    const wasOpen = this.#dialog.open;
    const focused = this.#dialog.contains(document.activeElement) && document.activeElement.closest('details')?.dataset.key;
    if (!wasOpen) {
      const close = element('button', { type: 'button' }, 'Close');
      close.addEventListener('click', () => this.#dialog.close());
      this.#dialog.replaceChildren(
        element('header', {}, element('div', {}, element('h2', { id: 'detail-title' }), element('p')), close),
        element('div', { className: 'content' }),
      );
    }
    this.#dialog.querySelector('h2').textContent = title;
    this.#dialog.querySelector('header p').textContent = subtitle;
    const body = this.#dialog.querySelector('.content');
    body.replaceChildren(...content);
    for (const details of body.querySelectorAll('details')) details.open = open.has(details.dataset.key);
    if (focused) body.querySelector(`details[data-key="${CSS.escape(focused)}"] summary`)?.focus();
    if (!wasOpen) this.#dialog.showModal();
  }
}

function stepOf([stage, after, kind, note]) {
  return element(
    'li',
    { className: `step ${KINDS[kind]}` },
    element('time', {}, time(after)),
    element('span', {}, element('b', {}, kind === MISSED ? `${STAGES[stage]}: no` : STAGES[stage]), ' ', element('small', {}, note)),
  );
}

function exchange({ from, to, name, status, at, took, request, answer }, since) {
  const good = status >= 200 && status < 300;
  const details = element(
    'details',
    { className: 'exchange' },
    element(
      'summary',
      {},
      element('code', {}, name),
      element('span', {}, `${NAMES[from]} to ${NAMES[to]}`),
      element('span', { className: good ? '' : 'bad' }, status ? `${status}` : 'no answer'),
      element('span', { className: 'took' }, `at ${time(Math.max(0, at - since))}, took ${time(took)}`),
    ),
    element('h3', {}, 'Request'),
    element('pre', { tabIndex: 0 }, pretty(request)),
    element('h3', {}, 'Answer'),
    element('pre', { tabIndex: 0 }, pretty(answer)),
  );
  details.dataset.key = `${at} ${name}`;
  return element('li', {}, details);
}

/** JSON on lines of its own, whatever stands before it; XML likewise. */
function pretty(text) {
  const start = text.search(/[{[]/);
  if (start >= 0) {
    try {
      return text.slice(0, start) + JSON.stringify(JSON.parse(text.slice(start)), null, 2);
    } catch {
      // Cut or no JSON: as it is.
    }
  }
  return text.replaceAll('><', '>\n<');
}
