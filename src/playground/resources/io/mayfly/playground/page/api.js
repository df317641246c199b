// What the page asks the playground to do. Whatever goes wrong is shown.
import { byId, element } from './format.js';

export async function post(path, body = {}) {
  return ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}

export async function ask(path, options = {}) {
  try {
    const response = await fetch(path, options);
    const json = await response.json();
    if (response.ok) return json;
    complain(json.error);
  } catch {
    complain('The playground does not answer. Does make run still run?');
  }
  return undefined;
}

function complain(text) {
  const shown = element('p', {}, text);
  byId('errors').append(shown);
  setTimeout(() => shown.remove(), 6000);
}

let timer;
/** Says something to those who listen; the last one counts when many come at once. */
export function announce(text) {
  clearTimeout(timer);
  timer = setTimeout(() => { byId('announce').textContent = text; }, 250);
}
