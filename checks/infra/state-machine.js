// Runs a state machine whose language is JSONata, as far as deploy/template.yaml uses the language of states: tasks are answered
// by the caller. Standard input: {"definition", "startTime", "answers": {resource's last part: [answer or {"error", "cause"}]}}.
// Standard output: {"calls": [{"resource", "arguments"}], "status"}. JSONata is of the version that Step Functions' documentation names.
const jsonata = require("jsonata");
const fs = require("fs");

// What a definition may hold here. Anything else is an error, not a guess.
const KNOWN = {
  Pass: ["Type", "Assign", "Next", "End"],
  Task: ["Type", "Resource", "Arguments", "Assign", "Retry", "Catch", "Next", "End"],
  Fail: ["Type", "Error"],
};

async function evaluated(value, states, variables) {
  if (typeof value === "string") {
    if (!value.startsWith("{%")) return value;
    if (!value.endsWith("%}")) throw new Error(`an expression that does not end: ${value}`);
    const result = await jsonata(value.slice(2, -2)).evaluate(undefined, { ...variables, states });
    if (result === undefined) throw new Error(`an expression without a value: ${value}`);
    return JSON.parse(JSON.stringify(result));
  }
  if (Array.isArray(value)) return Promise.all(value.map((one) => evaluated(one, states, variables)));
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(async ([key, one]) => [key, await evaluated(one, states, variables)]);
  return Object.fromEntries(await Promise.all(entries));
}

async function run({ definition, startTime, answers }) {
  if (definition.QueryLanguage !== "JSONata") throw new Error("not JSONata");
  const context = { Execution: { StartTime: startTime } };
  const calls = [];
  let variables = {};
  let name = definition.StartAt;
  for (;;) {
    const state = definition.States[name];
    const unknown = Object.keys(state).filter((key) => !KNOWN[state.Type].includes(key));
    if (unknown.length) throw new Error(`${name} has ${unknown}`);
    if (state.Type === "Fail") return { calls, status: "FAILED", error: state.Error };
    const states = { input: {}, context };
    try {
      if (state.Type === "Task") {
        const resource = state.Resource.split(":").slice(-2).join(":");
        const answer = (answers[resource] || []).shift();
        calls.push({ resource: state.Resource, arguments: await evaluated(state.Arguments, states, variables) });
        if (answer && answer.error) throw Object.assign(new Error(answer.cause), { name: answer.error });
        states.result = answer || {};
      }
      // Assignments of one state do not see each other.
      variables = { ...variables, ...(await evaluated(state.Assign || {}, states, variables)) };
    } catch (problem) {
      const caught = (state.Catch || []).find((one) => one.ErrorEquals.some((error) => [problem.name, "States.ALL"].includes(error)));
      if (!caught) return { calls, status: "FAILED", error: String(problem.message) };
      const errorOutput = { Error: problem.name === "Error" || !problem.name ? "States.QueryEvaluationError" : problem.name, Cause: String(problem.message) };
      variables = { ...variables, ...(await evaluated(caught.Assign || {}, { ...states, errorOutput }, variables)) };
      name = caught.Next;
      continue;
    }
    if (state.End) return { calls, status: "SUCCEEDED" };
    name = state.Next;
  }
}

run(JSON.parse(fs.readFileSync(0, "utf8"))).then(
  (result) => process.stdout.write(JSON.stringify(result)),
  (problem) => {
    process.stderr.write(`${problem.stack}\n`);
    process.exit(1);
  },
);
