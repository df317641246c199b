// The list of jobs: only the rows in sight exist, however many jobs there are.
import { draw, newRow } from './row.js';
import { byId } from './format.js';

const SPARE = 4;

export class JobList {
  #model;
  #open;
  #viewport = byId('jobs');
  #rows = byId('rows');
  #views = [];
  #active = 0;
  #height = 58;
  // Remembered, for to ask the browser between two changes has it lay out the page each time.
  #top = 0;
  #room = 0;
  #total = -1;

  constructor(model, open) {
    this.#model = model;
    this.#open = open;
    this.#viewport.addEventListener('scroll', () => {
      this.#top = this.#viewport.scrollTop;
      this.render();
    }, { passive: true });
    this.#rows.addEventListener('click', (event) => {
      const row = event.target.closest('.row');
      if (row) this.#open(Number(row.dataset.job));
    });
    this.#rows.addEventListener('keydown', (event) => this.#move(event));
    this.#rows.addEventListener('focusin', (event) => {
      const view = this.#views.find(({ button }) => button === event.target);
      if (view) this.#active = view.index;
    });
    new ResizeObserver(() => this.render(true)).observe(this.#viewport);
  }

  /** Keeps in sight what is in sight when rows come above it. */
  added(rows) {
    if (rows > 0) {
      if (this.#top > 0) {
        this.#stretch();
        this.#scroll(this.#top + rows * this.#height);
      }
      if (this.#rows.contains(document.activeElement)) this.#active += rows;
    }
  }

  top() {
    this.#scroll(0);
    this.#active = 0;
    this.render();
  }

  #scroll(top) {
    this.#viewport.scrollTop = top;
    this.#top = this.#viewport.scrollTop;
  }

  #stretch() {
    const total = this.#model.shown.length * this.#height;
    if (total !== this.#total) {
      this.#total = total;
      this.#rows.style.height = `${total}px`;
    }
  }

  render(resized = false) {
    const { shown } = this.#model;
    if (resized) {
      this.#room = this.#viewport.clientHeight;
      this.#top = this.#viewport.scrollTop;
      if (this.#views.length) this.#height = this.#views[0].item.offsetHeight;
    }
    byId('empty').hidden = this.#model.size > 0 || this.#model.real;
    byId('waiting').hidden = this.#model.size > 0 || !this.#model.real;
    byId('none').hidden = this.#model.size === 0 || shown.length > 0;
    this.#stretch();
    this.#active = Math.max(0, Math.min(this.#active, shown.length - 1));
    const first = Math.max(0, Math.floor(Math.min(this.#top, this.#total) / this.#height) - SPARE);
    const last = Math.min(shown.length, Math.ceil((this.#top + this.#room) / this.#height) + SPARE);
    const wanted = Math.max(0, last - first);
    while (this.#views.length < wanted) {
      const view = newRow();
      this.#views.push(view);
      this.#rows.append(view.item);
      if (this.#views.length === 1) this.#height = view.item.offsetHeight || this.#height;
    }
    while (this.#views.length > wanted) this.#views.pop().item.remove();
    for (let i = first; i < last; i++) this.#place(this.#views[i % wanted], i, shown);
  }

  #place(view, index, shown) {
    view.index = index;
    const y = index * this.#height;
    if (view.y !== y) {
      view.y = y;
      view.item.style.transform = `translateY(${y}px)`;
      view.item.ariaPosInSet = index + 1;
    }
    if (view.size !== shown.length) {
      view.size = shown.length;
      view.item.ariaSetSize = shown.length;
    }
    const tab = index === this.#active ? 0 : -1;
    if (view.button.tabIndex !== tab) view.button.tabIndex = tab;
    draw(view, this.#model.find(shown[index]));
  }

  #move(event) {
    const page = Math.max(1, Math.floor(this.#viewport.clientHeight / this.#height) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.focus(Math.max(0, Math.min(this.#model.shown.length - 1, this.#active + step)));
  }

  focus(index) {
    this.#active = index;
    const top = index * this.#height;
    const { scrollTop, clientHeight } = this.#viewport;
    if (top < scrollTop) this.#scroll(top);
    else if (top + this.#height > scrollTop + clientHeight) this.#scroll(top + this.#height - clientHeight);
    this.render();
    this.#views.find((view) => view.index === index)?.button.focus({ preventScroll: true });
  }
}
