#!/usr/bin/env python3
"""Fails when function.zip is too big or calls GitHub or AWS more often than budget.json allows.

Runs the function against the emulators: one cold start with a queued job, another with a claim, then a few events of
each kind in the same environment. A call that budget.json does not name for an event is not allowed; null means
"only print". Times are printed and not judged.

  budget.py [FUNCTION_ZIP]      default: target/function.zip, native or for the JVM
"""
from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
import zipfile

import lambda_bench as bench

BUDGET = os.path.join(bench.HERE, "budget.json")
WARM = ("queued", "rejected", "ping", "in_progress")
TIMES = 3
COUNT_IS_OLD = 11                  # seconds: the function counts the instances of a pool anew after 10


def unpack(package, folder):
    """Unpacks function.zip and tells the harness where. Returns the target's name and the sizes to judge."""
    with zipfile.ZipFile(package) as z:
        z.extractall(folder)
    bootstrap = os.path.join(folder, "bootstrap")
    if not os.path.exists(bootstrap):
        os.environ["MAYFLY_JVM"] = folder
        return "mayfly-jvm", {}
    os.chmod(bootstrap, 0o755)
    os.environ["MAYFLY_BIN"] = bootstrap
    return "mayfly", {"function.zip": os.path.getsize(package), "bootstrap": os.path.getsize(bootstrap)}


def short(call):
    """'GitHub POST /repos/o/r/actions/runners/N' -> 'GitHub runners', 'AWS AmazonSSM.GetParameters' -> 'AWS GetParameters'."""
    service, _, action = call.partition(" ")
    if service == "AWS":
        return "AWS " + action.rpartition(".")[2]
    method, _, path = action.partition(" ")
    last = [part for part in path.split("/") if part != "N"][-1]
    return "GitHub " + (last if method == "POST" else method + " " + last)


def measure(name):
    """Runs the function. Returns ({"cold queued": {call: most in one event}}, {label: ms}, problems)."""
    o = bench.prepare(bench.parser().parse_args(["--only", name, "--logs", os.path.join(bench.BUILD, "logs")]))
    b = bench.Bench(o)
    fn = None
    try:
        target = b.targets[0]
        data, calls, times = b.data[name], {}, {}
        claim = bench.make_events.CLAIM
        times["cold claim"] = b.cold_one(target, claim, True)["first_ms"]
        b.world.reset()
        before_calls = b.world.calls()
        fn = bench.Function(target, b.world, o)
        times["init"] = bench.ms(fn.wait_next() - fn.t0)

        def event(kind, where, job, runner=None, calls_before=None):
            before = b.before(target, kind)
            calls_before = b.world.calls() if calls_before is None else calls_before
            start, end = b.once(fn, kind, job, runner)
            fn.wait_next()
            b.record_calls(where, target, kind, calls_before)
            label = "%s %s" % (where.partition("_")[0], kind)
            times[label] = min(bench.ms(end - start), times.get(label, 1e9))
            return b.effect(target, kind, before)

        job = bench.make_events.new_job_id()
        instance = event("queued", "cold_calls", job, None, before_calls)
        event(claim, "first_calls", job)             # this one mints the token
        event("completed", "warm_calls", job, b.register_runner(target, instance))
        for kind in WARM:
            for _ in range(TIMES):
                event(kind, "warm_calls", bench.make_events.new_job_id())
                if kind == "queued":
                    event(claim, "warm_calls", job)
        time.sleep(COUNT_IS_OLD)
        event("queued", "later_calls", bench.make_events.new_job_id())
        for where in ("cold_calls", "warm_calls", "later_calls"):
            for kind, counted in data[where].items():
                per = calls.setdefault("%s %s" % (where.partition("_")[0], kind), {})
                for call, n in counted["actions"].items():
                    per[short(call)] = per.get(short(call), 0) + n["max"]
        return calls, times, target.problems
    finally:
        if fn:
            fn.close()
        b.world.close()


def judge(budget, sizes, calls):
    """Prints each figure. Returns what is over its limit."""
    over = []

    def figure(label, actual, limit):
        bad = limit is not None and actual > limit
        print("%-44s %10d   %s%s" % (label, actual, "no limit" if limit is None else "limit %d" % limit, "   OVER" if bad else ""))
        if bad:
            over.append("%s: %d is over the limit of %d" % (label, actual, limit))

    for label, size in sizes.items():
        figure(label + " bytes", size, budget["bytes"].get(label))
    for event, limits in budget["calls"].items():
        made = calls.get(event)
        if made is None:
            over.append(event + ": was not measured")
            continue
        for call in sorted(set(made) | set(limits or ())):
            figure("%s: %s" % (event, call), made.get(call, 0), None if limits is None else limits.get(call, 0))
        if not made and not limits:
            print("%-44s %10d   %s" % (event + ": any call", 0, "no limit" if limits is None else "limit 0"))
    return over


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("package", nargs="?", default=os.path.join(bench.ROOT, "target", "function.zip"), metavar="FUNCTION_ZIP")
    package = p.parse_args().package
    if not os.path.exists(package):
        print("%s is not there: build the function first" % package, file=sys.stderr)
        return 1
    with open(BUDGET) as f:
        budget = json.load(f)
    with tempfile.TemporaryDirectory(prefix="lambda-budget-") as folder:
        name, sizes = unpack(package, folder)
        try:
            calls, times, problems = measure(name)
        except bench.Failed as e:
            print("failed: %s" % e, file=sys.stderr)
            return 1
    if not sizes:
        print("%s is for the JVM: the limits on bytes are for the native one, %d bytes are not judged"
              % (package, os.path.getsize(package)))
    over = judge(budget, sizes, calls)
    print("times, not judged, ms: " + ", ".join("%s %.1f" % t for t in times.items()))
    for text in over:
        print("over budget: " + text, file=sys.stderr)
    for text in problems:
        print("wrong answer: " + text, file=sys.stderr)
    return 1 if over or problems else 0


if __name__ == "__main__":
    sys.exit(main())
