// Shows that check-config.js finds what it is there to find: each fixture has one mistake, and says by `# expect:` what
// must be said about it, and nothing else may be. A fixture without `# expect:` has no mistake.
//
//   node selftest.js SCHEMA
'use strict';

const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const fixtures = path.join(__dirname, 'fixtures');
let failed = 0;
const all = fs.readdirSync(fixtures).filter((name) => name.endsWith('.tf'));
for (const fixture of all) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fixture-'));
    fs.copyFileSync(path.join(fixtures, fixture), path.join(folder, 'main.tf'));
    const run = spawnSync(process.execPath, [path.join(__dirname, 'check-config.js'), process.argv[2], folder], { encoding: 'utf8' });
    fs.rmSync(folder, { recursive: true });

    const expected = [...fs.readFileSync(path.join(fixtures, fixture), 'utf8').matchAll(/^# expect: (.*)$/gm)].map((match) => match[1]);
    const said = run.stdout.split('\n').filter(Boolean);
    const right = run.status === (expected.length > 0 ? 1 : 0) && said.length === expected.length
        && expected.every((line) => said.some((one) => one.includes(line)));
    if (!right) {
        failed++;
        console.log(`${fixture}: expected ${JSON.stringify(expected)}, status ${run.status}, and it said:\n${run.stdout}${run.stderr}`);
    }
}
console.log(`${all.length - failed} of ${all.length} fixtures are judged as they should be`);
process.exit(failed > 0 || all.length === 0 ? 1 : 0);
