// The switches.
import { post } from './api.js';
import { byId, element } from './format.js';

const FAULTS = [
  ['Once, at the next chance', [
    ['DROP', 'Lose a delivery', 'GitHub’s next delivery never arrives'],
    ['DOUBLE', 'Double a delivery', 'The next one arrives twice'],
    ['KILL', 'Kill the function', 'In a claim: after the next registration, before its answer'],
    ['BOOT_FAILURE', 'Fail a boot', 'The next instance powers off before its runner starts'],
    ['STEAL', 'Steal a runner', 'Another’s job is given to the next runner'],
  ]],
  ['Until switched off', [
    ['NO_SPOT', 'No spot capacity', 'EC2 refuses every spot request'],
    ['NO_CAPACITY', 'No capacity at all', 'EC2 refuses every type, zone and market'],
    ['THROTTLE', 'AWS throttles', 'RunInstances: 5, then 2 a second'],
    ['GITHUB_DOWN', 'GitHub is down', 'Its API answers 502'],
  ]],
];

const buttons = new Map();

export function addFaults() {
  for (const [title, faults] of FAULTS) {
    byId('faults').append(element('h3', {}, title), ...faults.map(button));
  }
}

function button([name, label, hint]) {
  const made = element(
    'button',
    { type: 'button', role: 'switch', ariaChecked: 'false', className: 'switch' },
    element('span', { className: 'track' }),
    element('span', { className: 'label' }, label, element('small', {}, hint)),
  );
  made.dataset.fault = name;
  made.addEventListener('click', () => post('/api/faults', { name, on: made.ariaChecked !== 'true' }));
  buttons.set(name, made);
  return made;
}

export function showFaults(switches) {
  for (const [name, made] of buttons) {
    made.hidden = !(name in switches);
    const on = `${switches[name] === true}`;
    if (made.ariaChecked !== on) made.ariaChecked = on;
  }
}
