// What every browser check does: start Chromium, watch a page for what must not happen, and look at its accessibility.
import assert from 'node:assert/strict';
import AxeBuilder from '@axe-core/playwright';
import { chromium } from 'playwright';
import { findChromium } from './chromium.mjs';

/** A headless Chromium. Its sandbox does not work for root, which CI often is. */
export function startBrowser(args = []) {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: findChromium(), args: [...sandbox, ...args] });
}

/**
 * Watches a page: `problems` gets every console error and warning, every uncaught exception, and every request to
 * another origin than the given ones. What a test provokes on purpose it takes out with `expect`.
 */
export function watch(page, ...origins) {
  const problems = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      problems.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    }
  });
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.stack ?? error}`));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (!['data:', 'blob:'].includes(protocol) && !origins.includes(origin)) {
      problems.push(`request to another host: ${request.url()}`);
    }
  });
  return {
    problems,
    /** Forgets the problems that match; fails when there was none. */
    expect(pattern) {
      const others = problems.filter((problem) => !pattern.test(problem));
      assert.notEqual(others.length, problems.length, `nothing matches ${pattern} in ${JSON.stringify(problems)}`);
      problems.splice(0, problems.length, ...others);
    },
    assertClean() {
      assert.deepEqual(problems, []);
    },
  };
}

/** Fails with the violations of axe's rules for WCAG 2.2 AA and its best practices, and the elements that have them. */
export async function assertAccessible(page) {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  const found = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    elements: nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary}`),
  }));
  assert.deepEqual(found, []);
}
