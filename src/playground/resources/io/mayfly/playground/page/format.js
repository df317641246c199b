// Numbers and elements, as the whole page writes them.
export const STAGES = ['delivered', 'verified', 'launched', 'booted', 'token', 'JIT', 'claimed', 'online', 'running', 'completed', 'ended'];
export const EXPLAINED = [
  'GitHub’s workflow_job event reaches the function',
  'The signature over the body’s bytes is right',
  'EC2 launches an instance; its user data holds no secret of the job',
  'The instance has booted, and claims its runner with its own identity',
  'An installation token: minted, or taken from the cache',
  'GitHub registers a runner with a just-in-time configuration',
  'The instance has its runner’s configuration, and nobody gets it again',
  'The runner has connected to GitHub',
  'GitHub has given the job to the runner',
  'The job is over',
  'The instance is gone',
];
export const [DONE, CACHED, MISSED] = [0, 1, 2];
export const STATES = {
  waiting: 'queued',
  delayed: 'waits for sweep',
  booting: 'booting',
  up: 'without runner',
  online: 'online',
  running: 'running',
  completed: 'ending',
  ended: 'ended',
  ignored: 'ignored',
};

/** Milliseconds in three digits or so. */
export function time(milliseconds) {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 100_000) return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
  return `${Math.floor(milliseconds / 60_000)} min ${Math.floor((milliseconds % 60_000) / 1000)} s`;
}

/** An element with text or children; nothing of what was received is ever read as HTML. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made && key !== 'role') made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export const byId = (id) => document.getElementById(id);
