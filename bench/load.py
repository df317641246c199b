#!/usr/bin/env python3
"""Forged requests, one after the other and in bursts: what a rejection costs beside the baselines, and
whether memory stays flat over many.

  sustained     events handed over without a pause: rejected per second, CPU of each
  burst         the process is stopped as Lambda freezes an idle function, then a burst comes: time of the
                first rejection, rejected per second of the burst, CPU of each
  memory        the resident memory of the first target over --long events, sampled 100 times

CPU is not limited. The events are signed with a wrong secret, unsigned, signed in a malformed way, and now
and then over 1 MiB; each answer must be a refusal (4xx), not an error of the function. Set-up, targets and
emulators are those of lambda_bench.py. SIGTERM and SIGINT end the long run early; what was done is reported.
"""
from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time

import lambda_bench as bench
import make_events

SAMPLES = 100
OVERSIZED = (1 << 20) + 1
# Means over a quarter of the samples; collections of garbage make single samples jump.
FLAT_MIB = 4.0
# Seconds, the function's own time limit in Lambda.
TIMEOUT = 60


def forged(path):
    """The events of a stream: (bytes, name of the forgery)."""
    signed = json.loads(make_events.make("rejected", bench.SECRET, path=path))
    body = signed["body"].encode()

    def event(signature, text=body):
        headers = {"x-github-event": "workflow_job", "x-github-delivery": signed["headers"]["x-github-delivery"]}
        if signature is not None:
            headers["x-hub-signature-256"] = signature
        return json.dumps(make_events.function_url_event(text, headers, False, path), separators=(",", ":")).encode()

    wrong = signed["headers"]["x-hub-signature-256"]
    of_another_body = make_events.sign(body + b" ", bench.SECRET)
    ordinary = [event(wrong), event(of_another_body), event(None), event("sha1=" + wrong[7:47]), event(wrong[:-1]),
                event(wrong, body[:1000]), event(wrong, b"\x7f" * 100)]
    return ordinary, event(wrong, b"x" * OVERSIZED)


class Load:
    def __init__(self, target, world, opts):
        self.fn = bench.Function(target, world, opts)
        self.ordinary, self.oversized = forged(target.path)
        self.sent = 0
        self.problems = {}
        self.fn.wait_next()

    def one(self):
        """Sends the next forged event; returns the nanoseconds from hand-over to answer."""
        self.sent += 1
        event = self.oversized if self.sent % 1024 == 0 else self.ordinary[self.sent % len(self.ordinary)]
        t0, t1, how, body, headers = self.fn.invoke(event, TIMEOUT)
        status = bench.status_of(how, body, headers)
        if how == "error" or not isinstance(status, int) or not 400 <= status < 500:
            what = "answered %s: %s" % (status, bench.text_of(body)[:200])
            self.problems[what] = self.problems.get(what, 0) + 1
        return t1 - t0

    def cpu_ms(self):
        exact = self.fn.group.cpu_ns()
        return exact / 1e6 if exact is not None else bench.proc_cpu_ms(self.fn.pid)

    def many(self, n):
        """(seconds, CPU ms) of n events."""
        # The function's answer time alone: between two events the harness works, Lambda does not wait so.
        cpu, busy = self.cpu_ms(), 0
        for _ in range(n):
            busy += self.one()
        self.fn.wait_next(TIMEOUT)
        return busy / 1e9, self.cpu_ms() - cpu

    def drop_log(self):
        """Bytes written since; the file would grow by gigabytes."""
        size = os.path.getsize(self.fn.log.name)
        os.truncate(self.fn.log.name, 0)
        return size

    def sustained(self, n, warmup):
        self.many(warmup)
        seconds, cpu = self.many(n)
        return {"events": n, "per_second": n / seconds, "cpu_ms": cpu / n}

    def bursts(self, n, size, pause):
        firsts, seconds, cpu = [], 0.0, 0.0
        for _ in range(n):
            self.fn.stop()
            time.sleep(pause)
            self.fn.cont()
            before = self.cpu_ms()
            first = self.one()
            firsts.append(first / 1e6)
            rest, _ = self.many(size - 1)
            cpu += self.cpu_ms() - before
            seconds += first / 1e9 + rest
        return {"bursts": n, "size": size, "first_ms": bench.pct(firsts, 50), "per_second": n * size / seconds,
                "cpu_ms": cpu / (n * size)}

    def long(self, n, stopped, note):
        samples, started, cpu0, log_bytes, seconds = [], time.monotonic(), self.cpu_ms(), 0, 0.0
        begun = self.sent
        step = max(1, n // SAMPLES)
        while self.sent - begun < n and not stopped():
            seconds += self.many(min(step, n - (self.sent - begun)))[0]
            log_bytes += self.drop_log()
            hwm, rss = bench.proc_memory(self.fn.pid)
            samples.append([self.sent - begun, rss / 1024, hwm / 1024])
            done = self.sent - begun
            note({"events": done, "wanted": n, "hours": (time.monotonic() - started) / 3600, "per_second": done / seconds,
                  "cpu_ms": (self.cpu_ms() - cpu0) / done, "log_bytes_per_event": log_bytes / done, "rss_mib": samples})

    def close(self):
        self.fn.close()


def drift(samples):
    """(mean of the second quarter, mean of the last quarter) of the resident memory, MiB. The first is warm-up."""
    quarter = len(samples) // 4
    if not quarter:
        return None
    mean = lambda part: sum(rss for _, rss, _ in part) / len(part)
    return mean(samples[quarter:2 * quarter]), mean(samples[-quarter:])


def report(result):
    names = list(result["targets"])
    rows = [("rejected per second, sustained", "%.0f", "sustained", "per_second"),
            ("CPU of a rejection, sustained, ms", "%.2f", "sustained", "cpu_ms"),
            ("first rejection of a burst, ms", "%.2f", "bursts", "first_ms"),
            ("rejected per second, burst", "%.0f", "bursts", "per_second"),
            ("CPU of a rejection, burst, ms", "%.2f", "bursts", "cpu_ms")]
    out = ["| %-35s |" % "" + "".join(" %12s |" % n for n in names),
           "|-%s-|" % ("-" * 35) + "".join("-%s:|" % ("-" * 12) for _ in names)]
    for label, form, part, key in rows:
        cells = [form % d[part][key] if part in d else "-" for d in (result["targets"][n] for n in names)]
        out.append("| %-35s |" % label + "".join(" %12s |" % c for c in cells))
    for name, data in result["targets"].items():
        run = data.get("long")
        if not run:
            continue
        out.append("")
        out.append("%s, long run: %d of %d events in %.2f h, %.0f/s, %.2f ms CPU each, %.0f bytes of log each"
                   % (name, run["events"], run["wanted"], run["hours"], run["per_second"], run["cpu_ms"], run["log_bytes_per_event"]))
        means = drift(run["rss_mib"])
        if means:
            out.append("resident memory: %.1f MiB in the second quarter, %.1f MiB in the last; peak %.1f MiB"
                       % (*means, run["rss_mib"][-1][2]))
    for name, data in result["targets"].items():
        for what, n in data["problems"].items():
            out.append("PROBLEM %s: %d times %s" % (name, n, what))
    return "\n".join(out)


def wrong(result):
    """What must not be: an answer that is no refusal, or memory that grows."""
    found = ["%s did not refuse every event" % n for n, d in result["targets"].items() if d["problems"]]
    for name, data in result["targets"].items():
        means = drift(data["long"]["rss_mib"]) if "long" in data else None
        if means and means[1] - means[0] > FLAT_MIB:
            found.append("%s: resident memory grew from %.1f to %.1f MiB" % (name, *means))
    return found


def parser():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--only", default="mayfly,mayfly-jvm,python,node-bundle", help="the first one makes the long run")
    p.add_argument("--sustained", type=int, default=20_000, metavar="N", help="events of the sustained stream")
    p.add_argument("--warmup", type=int, default=2_000, help="events before it")
    p.add_argument("--bursts", type=int, default=10, metavar="K")
    p.add_argument("--burst", type=int, default=500, metavar="N", help="events of a burst")
    p.add_argument("--pause", type=float, default=1.0, help="seconds stopped before a burst")
    p.add_argument("--long", type=int, default=1_000_000, metavar="N", help="events of the long run; 0: none")
    p.add_argument("--json", default=os.path.join(bench.BUILD, "load.json"), metavar="FILE")
    p.add_argument("--logs", default=os.path.join(bench.BUILD, "load-logs"))
    return p


def main(argv=None):
    o = parser().parse_args(argv)
    opts = bench.prepare(bench.parser().parse_args(["--only", o.only, "--tls", "--logs", o.logs]))
    ended = []
    for sig in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sig, lambda *_: ended.append(True))
    result = {"machine": bench.machine(), "targets": {}}

    def save():
        with open(o.json + ".new", "w") as f:
            json.dump(result, f)
        os.replace(o.json + ".new", o.json)

    world = bench.World(opts)
    try:
        targets, _ = bench.load_targets(opts, world)
        if not targets:
            raise bench.Failed("no targets")
        for target in targets:
            world.put_params(target.ssm)
        for target in targets:
            data = result["targets"].setdefault(target.name, {"problems": {}})
            load = Load(target, world, opts)
            try:
                if not ended and o.sustained:
                    data["sustained"] = load.sustained(o.sustained, o.warmup)
                    load.drop_log()
                if not ended and o.bursts:
                    data["bursts"] = load.bursts(o.bursts, o.burst, o.pause)
                    load.drop_log()
            finally:
                data["problems"] = load.problems
                load.close()
            save()
        if o.long and not ended:
            load = Load(targets[0], world, opts)
            data = result["targets"][targets[0].name]

            def note(run):
                data["long"] = run
                save()

            try:
                load.long(o.long, lambda: ended, note)
            except bench.Failed as e:
                load.problems["event %d of the long run: %s" % (load.sent, e)] = 1
            finally:
                for what, n in load.problems.items():
                    data["problems"][what] = data["problems"].get(what, 0) + n
                load.close()
            save()
    except bench.Failed as e:
        print("failed: %s (logs in %s)" % (e, o.logs), file=sys.stderr)
        return 1
    finally:
        world.close()
    print(report(result))
    found = wrong(result)
    for what in found:
        print("wrong: " + what, file=sys.stderr)
    return 2 if found else 0


if __name__ == "__main__":
    sys.exit(main())
