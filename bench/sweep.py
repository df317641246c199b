#!/usr/bin/env python3
"""A sweep over many instances: how long it takes under Lambda's share of a CPU, and how much memory at most.

Each instance is of real size, 5 KB of XML, and two of three have ended, as EC2 shows them for an hour. All were
launched just now, so the sweep has nothing to end: what is measured is reading, and comparing with GitHub. Each
size is swept by an execution environment of its own, cold, and then again by the same one. Set-up, targets and
emulators are those of lambda_bench.py.
"""
from __future__ import annotations

import argparse
import json
import os
import sys
import time

import lambda_bench as bench

# What EventBridge Scheduler hands over: the input in deploy/template.yaml.
def event():
    scheduled = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return json.dumps({"version": "2.0", "rawPath": "/internal/sweep", "headers": {"x-mayfly-scheduled": scheduled},
                       "requestContext": {"http": {"method": "POST", "path": "/internal/sweep"}}, "isBase64Encoded": False}).encode()


REPOSITORIES = ["octo-org/repo-%d" % n for n in range(10)]
# Seconds, the function's own time limit in Lambda.
TIMEOUT = 60


class Sweep:
    def __init__(self, target, world, opts, instances):
        world.reset()
        world.gh("repositories", REPOSITORIES)
        world.aws("fill", {"count": instances, "repositories": REPOSITORIES})
        self.instances = instances
        self.fn = bench.Function(target, world, opts)
        self.fn.wait_next()
        self.fn.throttle()

    def cpu_ms(self):
        exact = self.fn.group.cpu_ns()
        return exact / 1e6 if exact is not None else bench.proc_cpu_ms(self.fn.pid)

    def one(self):
        """One sweep, and what is wrong with its answer, or None."""
        cpu = self.cpu_ms()
        t0, t1, how, body, headers = self.fn.invoke(event(), TIMEOUT)
        self.fn.wait_next(TIMEOUT)
        hwm, _ = bench.proc_memory(self.fn.pid)
        measured = {"seconds": (t1 - t0) / 1e9, "cpu_seconds": (self.cpu_ms() - cpu) / 1e3, "peak_mib": hwm / 1024}
        return measured, self.problem(how, body, headers)

    def problem(self, how, body, headers):
        text = bench.text_of(body)
        status = bench.status_of(how, body, headers)
        if how == "error" or status != 200:
            return "%d instances: answered %s: %s" % (self.instances, status, text[:300])
        answer = json.loads(text)
        answer = json.loads(answer["body"]) if "body" in answer else answer
        if not answer.get("complete") or answer.get("errors") or answer.get("terminated"):
            return "%d instances: not swept as it should be: %s" % (self.instances, text[:300])
        return None

    def close(self):
        self.fn.close()


def report(result):
    rows = []
    for name, target in result["targets"].items():
        for sweep in target["sweeps"]:
            first, again = sweep["first"], sweep["again"]
            rows.append([name, str(sweep["instances"]), "%.2f s" % first["seconds"], "%.2f s" % again["seconds"],
                         "%.2f s" % again["cpu_seconds"], "%.0f MiB" % again["peak_mib"]])
    return bench.table(rows, ["function", "instances", "first sweep", "the next", "CPU of it", "peak memory"])


def parser():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--only", default="mayfly,mayfly-jvm", help="of the targets that sweep")
    p.add_argument("--instances", default="200,1000", metavar="N,...")
    p.add_argument("--cpu", default="lambda:256", help="as lambda_bench.py has it")
    p.add_argument("--json", default=os.path.join(bench.BUILD, "sweep.json"), metavar="FILE")
    p.add_argument("--logs", default=os.path.join(bench.BUILD, "sweep-logs"))
    return p


def main(argv=None):
    o = parser().parse_args(argv)
    opts = bench.prepare(bench.parser().parse_args(["--only", o.only, "--cpu", o.cpu, "--tls", "--logs", o.logs]))
    result, problems = {"machine": bench.machine(), "cpu": o.cpu, "targets": {}}, []
    world = bench.World(opts)
    try:
        targets, _ = bench.load_targets(opts, world)
        if not targets:
            raise bench.Failed("no targets")
        for target in targets:
            world.put_params(target.ssm)
            sweeps = result["targets"].setdefault(target.name, {"sweeps": []})["sweeps"]
            for instances in map(int, o.instances.split(",")):
                sweep = Sweep(target, world, opts, instances)
                try:
                    (first, one), (again, other) = sweep.one(), sweep.one()
                finally:
                    sweep.close()
                problems += ["%s, %s" % (target.name, each) for each in (one, other) if each]
                sweeps.append({"instances": instances, "first": first, "again": again})
    except bench.Failed as e:
        print("failed: %s (logs in %s)" % (e, o.logs), file=sys.stderr)
        return 1
    finally:
        world.close()
    os.makedirs(os.path.dirname(os.path.abspath(o.json)), exist_ok=True)
    with open(o.json, "w") as f:
        json.dump(result, f)
    print(report(result))
    for each in problems:
        print("wrong: " + each, file=sys.stderr)
    return 2 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
