// All jobs, the newest run first, and which of them are shown.
export const FILTERS = {
  all: { label: 'All', states: null },
  waiting: { label: 'Waiting', states: ['waiting', 'delayed'] },
  working: { label: 'At work', states: ['booting', 'up', 'online', 'running', 'completed'] },
  ended: { label: 'Ended', states: ['ended', 'ignored'] },
};

export class Model {
  #rows = new Map();
  #order = [];
  #oldest = 0;
  filter = 'all';
  /** Whether the jobs are those of a real GitHub. */
  real = false;
  shown = [];

  get size() {
    return this.#order.length;
  }

  get ids() {
    return this.#order;
  }

  find(id) {
    return this.#rows.get(id);
  }

  /** Takes what has changed; returns how many of the shown are new. */
  apply({ reset, oldest, rows }) {
    if (reset) {
      this.#rows.clear();
      this.#order = [];
      this.#oldest = 0;
    }
    const added = [];
    for (const row of rows) {
      if (!this.#rows.has(row.id)) added.push(row.id);
      this.#rows.set(row.id, row);
    }
    if (added.length) {
      this.#order = added.concat(this.#order).sort((a, b) => this.#rows.get(b).run - this.#rows.get(a).run || a - b);
    }
    if (this.#rows.size && oldest > this.#oldest) {
      this.#oldest = oldest;
      this.#order = this.#order.filter((id) => id >= oldest || !this.#rows.delete(id));
    }
    const before = this.shown.length;
    this.#choose();
    return this.shown.length - before;
  }

  choose(filter) {
    this.filter = filter;
    this.#choose();
  }

  #choose() {
    const { states } = FILTERS[this.filter];
    this.shown = states ? this.#order.filter((id) => states.includes(this.#rows.get(id).state)) : this.#order;
  }
}
