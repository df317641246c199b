#!/usr/bin/env python3
"""Checks of the bench itself (about 15 s): the emulators refuse what GitHub and AWS refuse, inject what
they are told to, the events are signed right, and the harness notices a wrong function.

  python3 selftest.py
"""
import base64
import contextlib
import hashlib
import hmac
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

import budget
import fake_aws
import fake_github
import make_events
import minihttp

HERE = os.path.dirname(os.path.abspath(__file__))
TMP = tempfile.mkdtemp(prefix="lambda-bench-selftest-")


def b64u(b):
    return base64.urlsafe_b64encode(b).rstrip(b"=").decode()


def call(method, url, data=None, headers=None, timeout=5):
    req = urllib.request.Request(url, data=data, headers=dict({"User-Agent": "selftest"}, **(headers or {})), method=method)
    try:
        with urllib.request.urlopen(req, timeout=timeout) as r:
            return r.status, r.read(), r.headers
    except urllib.error.HTTPError as e:
        return e.code, e.read(), e.headers


def key(name):
    pem, pub = os.path.join(TMP, name + ".pem"), os.path.join(TMP, name + ".pub")
    q = dict(check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run(["openssl", "genrsa", "-out", pem, "2048"], **q)
    subprocess.run(["openssl", "rsa", "-in", pem, "-pubout", "-out", pub], **q)
    return pem, pub


def jwt(pem, iss="12345", iat=-60, exp=540, alg="RS256"):
    t = int(time.time())
    msg = b64u(json.dumps({"alg": alg, "typ": "JWT"}).encode()) + "." + \
        b64u(json.dumps({"iat": t + iat, "exp": t + exp, "iss": iss}).encode())
    sig = subprocess.run(["openssl", "dgst", "-sha256", "-sign", pem], input=msg.encode(), capture_output=True, check=True).stdout
    return msg + "." + b64u(sig)


class GitHub(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pem, pub = key("app")
        cls.other, _ = key("other")
        cls.gh = fake_github.GitHub(open(pub, "rb").read())
        cls.srv = minihttp.Server(cls.gh).start()
        cls.url = "http://127.0.0.1:%d" % cls.srv.port

    def setUp(self):
        self.gh.reset()
        self.gh.latency_default = 0

    def bearer(self, tok):
        return {"Authorization": "Bearer " + tok}

    def token(self):
        s, b, _ = call("POST", self.url + "/app/installations/1/access_tokens", b"", self.bearer(jwt(self.pem)))
        self.assertEqual(s, 201)
        return json.loads(b)["token"]

    def jit(self, name, tok, scope="/repos/o/r", **extra):
        body = dict({"name": name, "runner_group_id": 1, "labels": ["a"]}, **extra)
        return call("POST", self.url + scope + "/actions/runners/generate-jitconfig", json.dumps(body).encode(), self.bearer(tok))

    def test_app_jwt(self):
        path = self.url + "/app/installations/1/access_tokens"
        for bad in (jwt(self.pem, exp=3600), jwt(self.pem, exp=-5), jwt(self.pem, iat=300), jwt(self.pem, iss="9"),
                    jwt(self.pem, alg="HS256"), "junk", "a.b.c"):
            self.assertEqual(call("POST", path, b"", self.bearer(bad))[0], 401)
        if fake_github.HAVE_CRYPTO:
            self.assertEqual(call("POST", path, b"", self.bearer(jwt(self.other)))[0], 401)
        self.assertEqual(call("POST", path, b"", self.bearer(jwt(self.pem)))[0], 201)
        self.assertEqual(call("POST", path + "?x=1", b"", {"Authorization": "bearer " + jwt(self.pem)})[0], 201)
        self.assertEqual(call("POST", self.url + "/api/v3/app/installations/1/access_tokens", b"",
                              self.bearer(jwt(self.pem)))[0], 201)

    def test_runners(self):
        tok = self.token()
        self.assertEqual(self.jit("a", "ghs_wrong")[0], 401)
        s, b, _ = self.jit("a", tok)
        self.assertEqual(s, 201)
        doc = json.loads(b)
        self.assertIn(".runner", json.loads(base64.b64decode(doc["encoded_jit_config"])))
        self.assertEqual(self.jit("a", tok)[0], 409)
        self.assertEqual(self.jit("a", tok, "/orgs/o")[0], 201)
        self.assertEqual(self.jit("", tok)[0], 422)
        self.assertEqual(self.jit("n" * 65, tok)[0], 422)
        for i in range(40):
            self.jit("r%d" % i, tok)
        s, b, h = call("GET", self.url + "/repos/o/r/actions/runners?per_page=30", None, self.bearer(tok))
        self.assertEqual((len(json.loads(b)["runners"]), json.loads(b)["total_count"]), (30, 41))
        self.assertIn('rel="next"', h["link"])
        rid = doc["runner"]["id"]
        url = self.url + "/repos/o/r/actions/runners/%d" % rid
        self.assertEqual(call("DELETE", self.url + "/orgs/o/actions/runners/%d" % rid, None, self.bearer(tok))[0], 404)
        self.assertEqual([call("DELETE", url, None, self.bearer(tok))[0] for _ in range(2)], [204, 404])

    def test_failures(self):
        tok = self.token()
        ctl = self.url + "/_ctl/rules"
        call("POST", ctl, json.dumps(["generate-jitconfig=500*2", "registration-token=429:7*1"]).encode())
        self.assertEqual([self.jit("f%d" % i, tok)[0] for i in range(3)], [500, 500, 201])
        reg = self.url + "/repos/o/r/actions/runners/registration-token"
        s, _, h = call("POST", reg, b"", self.bearer(tok))
        self.assertEqual((s, h["retry-after"]), (429, "7"))
        self.assertEqual(call("POST", reg, b"", self.bearer(tok))[0], 201)
        call("POST", ctl, json.dumps(["registration-token=timeout"]).encode())
        with self.assertRaises((TimeoutError, OSError)):
            call("POST", reg, b"", self.bearer(tok), timeout=0.3)
        call("POST", ctl, json.dumps(["registration-token=close"]).encode())
        with self.assertRaises(OSError):
            call("POST", reg, b"", self.bearer(tok))
        stats = json.loads(call("GET", self.url + "/_ctl/stats")[1])
        self.assertEqual(stats["injected"]["generate-jitconfig"], 2)
        call("POST", ctl, json.dumps([{"match": "generate-jitconfig", "mode": "lost", "times": 1}]).encode())
        with self.assertRaises(OSError):
            self.jit("lost", tok)
        self.assertEqual(self.jit("lost", tok)[0], 409)
        call("POST", self.url + "/_ctl/expire", b"{}")
        self.assertEqual(self.jit("late", tok)[0], 401)

    def test_latency(self):
        call("POST", self.url + "/_ctl/latency", json.dumps({"default_ms": 60}).encode())
        t = time.monotonic()
        call("GET", self.url + "/zen")
        self.assertGreater(time.monotonic() - t, 0.055)

    def test_chunked_and_pipelined(self):
        s = socket.create_connection(("127.0.0.1", self.srv.port))
        s.sendall(b"POST /_ctl/latency HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nGET /zen HTTP/1.1\r\nUser-Agent: x\r\n\r\n")
        got = b""
        while got.count(b"HTTP/1.1 200") < 2:
            part = s.recv(4096)
            self.assertTrue(part)
            got += part
        s.close()


class Aws(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.aws = fake_aws.Aws()
        cls.url = "http://127.0.0.1:%d/" % minihttp.Server(cls.aws).start().port

    def setUp(self):
        self.aws.reset()

    def q(self, **p):
        s, b, _ = call("POST", self.url, urllib.parse.urlencode(p).encode(), {"Authorization": "AWS4-HMAC-SHA256 x"})
        return s, b.decode()

    def test_ec2(self):
        run = dict(Action="RunInstances", ImageId="ami-1", MinCount="1", MaxCount="1", ClientToken="t",
                   **{"TagSpecification.1.ResourceType": "instance", "TagSpecification.1.Tag.1.Key": "k",
                      "TagSpecification.1.Tag.1.Value": "v&<"})
        a, b = self.q(**run), self.q(**run)
        iid = a[1].split("<instanceId>")[1].split("<")[0]
        self.assertIn(iid, b[1])                       # same ClientToken, same instance
        self.assertIn("IdempotentParameterMismatch", self.q(**dict(run, InstanceType="t3.nano"))[1])
        self.aws.rules = [{"match": "RunInstances", "mode": "lost", "times": 1, "_seen": 0}]
        with self.assertRaises(OSError):
            self.q(**dict(run, ClientToken="u"))
        self.assertIn("<instanceId>", self.q(**dict(run, ClientToken="u"))[1])
        self.assertEqual((len(self.aws.instances), self.aws.calls["RunInstances"]), (2, 5))
        s, x = self.q(Action="DescribeInstances", MaxResults="1")
        self.assertEqual((x.count("<instanceId>"), x.count("<nextToken>1<")), (1, 1))
        self.assertEqual(self.q(Action="DescribeInstances", NextToken="1")[1].count("<instanceId>"), 1)
        s, x = self.q(Action="DescribeInstances", **{"Filter.1.Name": "tag:k", "Filter.1.Value.1": "v&<"})
        self.assertIn("v&amp;&lt;", x)
        self.assertIn("shutting-down", self.q(Action="TerminateInstances", **{"InstanceId.1": iid})[1])
        s, x = self.q(Action="TerminateInstances", **{"InstanceId.1": "i-nope"})
        self.assertEqual(s, 400)
        self.assertIn("InvalidInstanceID.NotFound", x)
        self.assertEqual(self.q(Action="RunInstances", DryRun="true", ImageId="x")[0], 412)
        self.aws.rules = [dict(fake_aws.fail_rule("RunInstances=InsufficientInstanceCapacity:500*1"), _seen=0)]
        s, x = self.q(Action="RunInstances", ImageId="ami-1", MinCount="1", MaxCount="1")
        self.assertEqual(s, 500)
        self.assertIn("InsufficientInstanceCapacity", x)

    def test_instances_of_real_size(self):
        self.aws.reset()
        self.aws.fill(30, ["o/a", "o/b"])
        s, x = self.q(Action="DescribeInstances", **{"Filter.1.Name": "tag:mayfly:deployment", "Filter.1.Value.1": "default"})
        self.assertEqual((s, x.count("<instanceId>"), x.count("<name>running<"), x.count("<value>o/b<")), (200, 30, 10, 15))
        self.assertTrue(5000 <= len(x) / 30 <= 7000, len(x) / 30)

    def test_auth_needed(self):
        self.assertEqual(call("POST", self.url, b"Action=DescribeInstances")[0], 401)


class Events(unittest.TestCase):
    def test_signatures(self):
        for kind in make_events.KINDS:
            e = json.loads(make_events.make(kind, "s"))
            want = "sha256=" + hmac.new(b"s", e["body"].encode(), hashlib.sha256).hexdigest()
            self.assertEqual(e["headers"]["x-hub-signature-256"] == want, kind != "rejected", kind)
            self.assertEqual(e["version"], "2.0")
        e = json.loads(make_events.make("queued", "s", b64=True))
        self.assertTrue(e["isBase64Encoded"])
        self.assertEqual(json.loads(base64.b64decode(e["body"]))["action"], "queued")

    def test_ids_differ(self):
        self.assertNotEqual(make_events.new_job_id(), make_events.new_job_id())


class Budget(unittest.TestCase):
    CALLS = {"cold queued": {"AWS RunInstances": 1}, "warm queued": {}, "warm completed": {"AWS TerminateInstances": 1}}

    def over(self, calls, sizes=None):
        doc = {"bytes": {"function.zip": 10, "bootstrap": None},
               "calls": {"cold queued": {"AWS RunInstances": 1}, "warm queued": {}, "warm completed": None}}
        with contextlib.redirect_stdout(io.StringIO()):
            return budget.judge(doc, sizes or {}, calls)

    def test_within(self):
        self.assertEqual(self.over(self.CALLS, {"function.zip": 10, "bootstrap": 10**9}), [])

    def test_over(self):
        self.assertEqual(self.over(self.CALLS, {"function.zip": 11}), ["function.zip bytes: 11 is over the limit of 10"])
        self.assertEqual(self.over(dict(self.CALLS, **{"cold queued": {"AWS RunInstances": 2}})),
                         ["cold queued: AWS RunInstances: 2 is over the limit of 1"])
        self.assertEqual(self.over(dict(self.CALLS, **{"warm queued": {"GitHub GET jobs": 1}})),
                         ["warm queued: GitHub GET jobs: 1 is over the limit of 0"])

    def test_an_event_that_was_not_run(self):
        self.assertEqual(self.over({"cold queued": {}, "warm queued": {}}), ["warm completed: was not measured"])

    def test_names_of_calls(self):
        self.assertEqual([budget.short(c) for c in (
            "AWS AmazonSSM.GetParameters", "AWS RunInstances", "GitHub POST /app/installations/N/access_tokens",
            "GitHub DELETE /repos/o/r/actions/runners/N")], [
            "AWS GetParameters", "AWS RunInstances", "GitHub access_tokens", "GitHub DELETE runners"])


class Harness(unittest.TestCase):
    def bench(self, *args):
        out = os.path.join(TMP, "out.json")
        p = subprocess.run([sys.executable, os.path.join(HERE, "lambda_bench.py"), "--json", out, "--logs", TMP] + list(args),
                           capture_output=True, text=True, timeout=120)
        return p, json.load(open(out)) if os.path.exists(out) else None

    def script(self, name, text):
        path = os.path.join(TMP, name)
        with open(path, "w") as f:
            f.write(text)
        return path

    LOOP = """
import http.client, os
c = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    c.request("GET", "/2018-06-01/runtime/invocation/next"); r = c.getresponse(); r.read()
    i = r.headers["Lambda-Runtime-Aws-Request-Id"]
    c.request("POST", "/2018-06-01/runtime/invocation/%s/response" % i, b'{"statusCode":200,"body":""}'); c.getresponse().read()
"""

    def test_wrong_function_is_noticed(self):
        path = self.script("always200.py", self.LOOP)
        p, doc = self.bench("--target", "liar=%s %s" % (sys.executable, path), "--cold", "1", "--warm", "2")
        self.assertEqual(p.returncode, 2, p.stderr)
        probs = " ".join(doc["targets"]["liar"]["problems"])
        self.assertIn("rejected: answered 200", probs)
        self.assertIn("0 instances launched", probs)

    def test_dead_function_is_noticed(self):
        path = self.script("dies.py", "raise SystemExit(3)")
        p, doc = self.bench("--target", "dead=%s %s" % (sys.executable, path), "--cold", "1", "--warm", "1")
        self.assertEqual(p.returncode, 2, p.stderr)
        self.assertIn("exited with 3", doc["targets"]["dead"]["problems"][0])

    def test_what_is_not_built_is_named(self):
        path = self.script("targets.json", json.dumps({"targets": [
            {"name": "absent", "cmd": [os.path.join(TMP, "nothing")]},
            {"name": "lacks", "cmd": [sys.executable], "requires_modules": ["no_such_module"]},
            {"name": "loop", "cmd": [sys.executable, self.script("loop.py", self.LOOP)], "effects": {},
             "expect": {"rejected": [200]}}]}))
        p, doc = self.bench("--targets", path, "--cold", "1", "--warm", "1")
        self.assertEqual(p.returncode, 0, p.stderr)
        self.assertEqual((list(doc["targets"]), list(doc["missing"])), (["loop"], ["absent", "lacks"]))
        self.assertIn("- absent: not built", p.stdout)

    def test_calls_are_counted(self):
        calling = self.LOOP.replace("    i = r.", """    import urllib.request
    urllib.request.urlopen(os.environ["GITHUB"] + "/zen").read()
    i = r.""")
        path = self.script("calls.py", calling)
        p, doc = self.bench("--target", "calls=%s %s" % (sys.executable, path), "--env", "calls:GITHUB={github_url}",
                            "--cold", "1", "--warm", "3", "--kinds", "ping", "--cold-kinds", "ping")
        self.assertEqual(p.returncode, 0, p.stderr)
        d = doc["targets"]["calls"]
        self.assertEqual(d["warm_calls"]["ping"], {"events": 3, "actions": {"GitHub GET /zen": {"max": 1, "sum": 3}}})
        self.assertEqual(d["cold_calls"]["ping"], {"events": 1, "actions": {"GitHub GET /zen": {"max": 1, "sum": 1}}})

    def test_cpu_limit_bites(self):
        burn = self.LOOP.replace("    i = r.", "    import time; t = time.process_time()\n    while time.process_time() - t < 0.05: pass\n    i = r.")
        path = self.script("burn.py", burn)
        res = {}
        for cpu in ("none", "quota:0.25"):
            p, doc = self.bench("--target", "burn=%s %s" % (sys.executable, path), "--cold", "3", "--warm", "0",
                                "--cold-kinds", "ping", "--cpu", cpu)
            self.assertEqual(p.returncode, 0, p.stderr)
            res[cpu] = doc["targets"]["burn"]["summary"]["cold"]["ping"]["first_ms"]["p50"]
        self.assertGreater(res["quota:0.25"], 2.5 * res["none"], res)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
