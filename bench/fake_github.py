#!/usr/bin/env python3
"""A fast, small stand-in for the parts of the GitHub REST API that a self-hosted runner
controller calls. Loopback only; for tests and benchmarks.

Endpoints (each also under /api/v3, as on GitHub Enterprise Server):
  POST   /app/installations/{id}/access_tokens                            app JWT
  POST   /repos/{o}/{r}|/orgs/{o}/actions/runners/generate-jitconfig      201, 409 on a taken name
  POST   .../actions/runners/registration-token
  GET    .../actions/runners[?per_page=&page=&name=], GET/DELETE .../actions/runners/{id}
  GET    /repos/{o}/{r}/actions/jobs/{id}                                 always queued
  GET    /app/installations, /installation/repositories                   one of each /_ctl/repositories
  GET    /app/hook/deliveries, /repos/{o}/{r}/actions/runs                empty
  GET    /zen

The app JWT is checked: RS256 signature (when `cryptography` can be imported and a public
key was given), iss, iat not in the future by more than 60 s, exp at most 10 minutes ahead.
Installation tokens are those this process issued.

Control (not GitHub's):
  GET  /_ctl/stats           calls by route, failures injected, auth failures
  GET  /_ctl/log             the last 1,000 calls
  GET  /_ctl/newest          the runner registered last
  POST /_ctl/reset           forget runners, tokens, counts and rules
  POST /_ctl/clear           forget runners only; tokens stay valid
  POST /_ctl/expire          forget the tokens only: each is "Bad credentials" from now on
  POST /_ctl/rules           [{"match": regex on "METHOD /path", "status": 500, "times": 2,
                               "after": 0, "headers": {}, "body": {}, "delay_ms": 0,
                               "mode": "status"|"hang"|"close"|"slow"|"lost"}]
                             times -1: for ever; "hang": never answer, nothing done; "slow":
                             delay, then answer normally; "lost": do it, then drop the
                             connection without an answer
  POST /_ctl/repositories    ["o/r"] what the installation reaches
  POST /_ctl/latency         {"default_ms": 0, "routes": {regex: ms}}
  POST /_ctl/runners         [{"name":..., "status": "online"|"offline", "busy": false,
                               "version": null, "labels": [...], "scope": "o/r" or "org"}]
Shorthands for --fail: 500, 502, 429[:retry_after], 403-primary[:reset_s], 403-secondary[:retry_after],
timeout, close; e.g. --fail 'generate-jitconfig=429:1*2'  (regex=kind*times)
"""
from __future__ import annotations

import argparse
import base64
import collections
import itertools
import json
import re
import sys
import threading
import time
from urllib.parse import parse_qs

import minihttp

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding
    HAVE_CRYPTO = True
except ImportError:
    HAVE_CRYPTO = False

ISO = "%Y-%m-%dT%H:%M:%SZ"


def b64url(s):
    return base64.urlsafe_b64decode(s + "=" * (-len(s) % 4))


def iso(t):
    return time.strftime(ISO, time.gmtime(t))


def fail_rule(text):
    """'regex=kind*times' -> a rule."""
    match, _, kind = text.rpartition("=")
    times = -1
    if "*" in kind:
        kind, n = kind.split("*")
        times = int(n)
    kind, _, arg = kind.partition(":")
    rule = {"match": match, "times": times}
    if kind == "timeout":
        rule["mode"] = "hang"
    elif kind == "close":
        rule["mode"] = "close"
    elif kind == "429":
        rule.update(status=429, headers={"retry-after": arg or "1"},
                    body={"message": "You have exceeded a secondary rate limit."})
    elif kind == "403-secondary":
        rule.update(status=403, headers={"retry-after": arg or "1"},
                    body={"message": "You have exceeded a secondary rate limit. Please wait a few "
                                     "minutes before you try again."})
    elif kind == "403-primary":
        rule.update(status=403, headers={"x-ratelimit-remaining": "0",
                                         "x-ratelimit-reset": str(int(time.time()) + int(arg or 2))},
                    body={"message": "API rate limit exceeded for installation ID 1."})
    elif kind == "slow":
        rule.update(mode="slow", delay_ms=int(arg or 1000))
    else:
        rule.update(status=int(kind), body={"message": "injected failure"})
    return rule


class GitHub:
    def __init__(self, public_key_pem=None, app_id="12345", check_auth=True):
        self.key = None
        if public_key_pem and HAVE_CRYPTO:
            self.key = serialization.load_pem_public_key(public_key_pem)
        self.app_id = str(app_id)
        self.check_auth = check_auth
        self.lock = threading.Lock()
        self.latency_default = 0.0
        self.latency_routes = []
        self.boot_rules = []
        self.reset()
        self.routes = [(m, re.compile("^" + p + "$"), n, f) for m, p, n, f in self._routes()]

    def reset(self):
        with self.lock:
            self.runners = {}                  # id -> dict
            self.names = {}                    # (scope, name) -> id
            self.repositories = []
            self.tokens = {}                   # token -> expiry
            self.calls = collections.Counter()
            self.injected = collections.Counter()
            self.auth_failures = collections.Counter()
            self.log = collections.deque(maxlen=1000)
            self.rules = [dict(r, _seen=0) for r in self.boot_rules]
            self.ids = itertools.count(1000)

    # ---- authentication
    def app_jwt_problem(self, req):
        scheme, _, token = req.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return "A JSON web token could not be decoded"
        parts = token.split(".")
        if len(parts) != 3:
            return "A JSON web token could not be decoded"
        try:
            head, claims, sig = json.loads(b64url(parts[0])), json.loads(b64url(parts[1])), b64url(parts[2])
        except (ValueError, TypeError):
            return "A JSON web token could not be decoded"
        if head.get("alg") != "RS256":
            return "A JSON web token could not be decoded"
        if self.key is not None:
            try:
                self.key.verify(sig, (parts[0] + "." + parts[1]).encode(),
                                padding.PKCS1v15(), hashes.SHA256())
            except InvalidSignature:
                return "A JSON web token could not be decoded"
        elif len(sig) < 256:
            return "A JSON web token could not be decoded"
        now = time.time()
        if str(claims.get("iss")) != self.app_id:
            return "'Issuer' claim ('iss') must be an Integer or the client id of the app"
        if not isinstance(claims.get("iat"), int) or claims["iat"] > now + 60:
            return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
        if not isinstance(claims.get("exp"), int) or claims["exp"] < now:
            return "'Expiration time' claim ('exp') must be a numeric value representing the future time"
        if claims["exp"] > now + 660:
            return "'Expiration time' claim ('exp') is too far in the future"
        return None

    def token_ok(self, req):
        scheme, _, token = req.headers.get("authorization", "").partition(" ")
        return scheme.lower() in ("token", "bearer") and self.tokens.get(token, 0) > time.time()

    # ---- routes
    def _routes(self):
        scope = r"/(?:repos/(?P<o>[^/]+)/(?P<r>[^/]+)|orgs/(?P<org>[^/]+))"
        return [
            ("POST", r"/app/installations/(?P<id>\d+)/access_tokens", "app", self.access_token),
            ("POST", scope + r"/actions/runners/generate-jitconfig", "inst", self.jitconfig),
            ("POST", scope + r"/actions/runners/registration-token", "inst", self.reg_token),
            ("GET", scope + r"/actions/runners", "inst", self.list_runners),
            ("GET", scope + r"/actions/runners/(?P<id>\d+)", "inst", self.get_runner),
            ("DELETE", scope + r"/actions/runners/(?P<id>\d+)", "inst", self.delete_runner),
            ("GET", r"/repos/(?P<o>[^/]+)/(?P<r>[^/]+)/actions/jobs/(?P<id>\d+)", "inst", self.job),
            ("GET", r"/app/installations", "app", self.installations),
            ("GET", r"/app/hook/deliveries", "app", lambda q, g: (200, [])),
            ("GET", r"/installation/repositories", "inst", self.list_repositories),
            ("GET", r"/repos/(?P<o>[^/]+)/(?P<r>[^/]+)/actions/runs", "inst", lambda q, g: (200, {"total_count": 0, "workflow_runs": []})),
            ("GET", r"/zen", "none", lambda q, g: (200, "Keep it logically awesome.")),
        ]

    @staticmethod
    def scope(g):
        return g["org"] if g.get("org") else "%s/%s" % (g["o"], g["r"])

    def installations(self, req, g):
        owners = sorted({each.partition("/")[0] for each in self.repositories})
        return 200, [{"id": n, "account": {"login": owner, "type": "Organization"}, "target_type": "Organization", "suspended_at": None,
                      "repository_selection": "all", "permissions": {"actions": "read", "administration": "write", "metadata": "read"}}
                     for n, owner in enumerate(owners, 1)]

    def list_repositories(self, req, g):
        return 200, {"total_count": len(self.repositories), "repositories": [
            {"id": n, "name": each.partition("/")[2], "full_name": each, "private": True, "archived": False, "disabled": False,
             "owner": {"login": each.partition("/")[0]}, "pushed_at": iso(time.time())} for n, each in enumerate(self.repositories, 1)]}

    def access_token(self, req, g):
        token = "ghs_" + base64.b32encode(("%020d" % next(self.ids)).encode()).decode().rstrip("=")[:36]
        exp = time.time() + 3600
        self.tokens[token] = exp
        return 201, {"token": token, "expires_at": iso(exp),
                     "permissions": {"actions": "read", "metadata": "read", "administration": "write"},
                     "repository_selection": "selected"}

    def add_runner(self, scope, name, labels, status="offline", busy=False, group=1, version=None):
        rid = next(self.ids)
        r = {"id": rid, "name": name, "os": "linux", "status": status, "busy": busy, "ephemeral": True, "version": version,
             "runner_group_id": group,
             "labels": [{"id": i, "name": lab, "type": "custom"} for i, lab in enumerate(labels, 1)]}
        self.runners[rid] = dict(r, _scope=scope)
        self.names[(scope, name)] = rid
        return r

    def jitconfig(self, req, g):
        b = req.json() or {}
        missing = [k for k in ("name", "runner_group_id", "labels") if not b.get(k)]
        if missing:
            return 422, {"message": "Invalid request.\n\n%s wasn't supplied." % missing[0]}
        if len(b["name"]) > 64:
            return 422, {"message": "Runner name is too long"}
        s = self.scope(g)
        with self.lock:
            if (s, b["name"]) in self.names:
                return 409, {"message": "Already exists - A runner with the name %s already exists." % b["name"]}
            r = self.add_runner(s, b["name"], b["labels"], group=b["runner_group_id"])
        # the real blob is base64 of three base64 files, about 4 to 5 KiB
        inner = {".runner": base64.b64encode(json.dumps({
                     "AgentId": r["id"], "AgentName": r["name"], "PoolId": 1, "PoolName": "Default",
                     "ServerUrl": "https://pipelines.invalid/" + "x" * 40, "WorkFolder": b.get("work_folder", "_work"),
                     "Ephemeral": True, "gitHubUrl": "https://github.invalid/" + s}).encode()).decode(),
                 ".credentials": base64.b64encode(json.dumps({
                     "Scheme": "OAuth", "Data": {"ClientId": "0" * 36, "AuthorizationUrl": "https://vstoken.invalid"}
                 }).encode()).decode(),
                 ".credentials_rsaparams": base64.b64encode(b"k" * 2200).decode()}
        blob = base64.b64encode(json.dumps(inner).encode()).decode()
        return 201, {"runner": r, "encoded_jit_config": blob}

    def reg_token(self, req, g):
        return 201, {"token": "A" * 29, "expires_at": iso(time.time() + 3600)}

    def list_runners(self, req, g):
        q = parse_qs(req.query)
        per, page = int(q.get("per_page", ["30"])[0]), int(q.get("page", ["1"])[0])
        s = self.scope(g)
        rs = [r for r in list(self.runners.values()) if r["_scope"] == s]
        if "name" in q:
            rs = [r for r in rs if r["name"] == q["name"][0]]
        part = rs[(page - 1) * per:page * per]
        headers = {}
        if page * per < len(rs):
            base = "http://" + req.headers.get("host", "127.0.0.1") + req.path
            headers["link"] = '<%s?per_page=%d&page=%d>; rel="next"' % (base, per, page + 1)
        return 200, {"total_count": len(rs), "runners": [{k: v for k, v in r.items() if k != "_scope"} for r in part]}, headers

    def get_runner(self, req, g):
        r = self.runners.get(int(g["id"]))
        if r and r["_scope"] != self.scope(g):
            r = None
        return (200, {k: v for k, v in r.items() if k != "_scope"}) if r else (404, {"message": "Not Found"})

    def delete_runner(self, req, g):
        with self.lock:
            r = self.runners.get(int(g["id"]))
            if r is None or r["_scope"] != self.scope(g):
                return 404, {"message": "Not Found"}
            if r["busy"]:
                return 422, {"message": "Bad request - Runner \"%s\" is still running a job\"" % r["name"]}
            del self.runners[r["id"]]
            self.names.pop((r["_scope"], r["name"]), None)
        return 204, b""

    def job(self, req, g):
        return 200, {"id": int(g["id"]), "run_id": 1, "status": "queued", "conclusion": None, "name": "build",
                     "labels": ["self-hosted"]}

    # ---- control
    def control(self, req):
        name = req.path[len("/_ctl/"):]
        if name == "stats":
            return 200, {"calls": dict(self.calls), "injected": dict(self.injected),
                         "auth_failures": dict(self.auth_failures), "runners": len(self.runners),
                         "tokens": len(self.tokens),
                         "jwt_signature_checked": self.key is not None}
        if name == "log":
            return 200, list(self.log)
        if name == "newest":
            r = list(self.runners.values())
            return 200, r[-1] if r else {}
        b = req.json()
        if name == "reset":
            self.reset()
        elif name == "clear":
            with self.lock:
                self.runners, self.names = {}, {}
        elif name == "expire":
            self.tokens = {}
        elif name == "rules":
            with self.lock:
                self.rules = [dict(fail_rule(r) if isinstance(r, str) else r, _seen=0) for r in b]
        elif name == "repositories":
            self.repositories = b
        elif name == "latency":
            self.latency_default = float(b.get("default_ms", 0)) / 1e3
            self.latency_routes = [(re.compile(k), float(v) / 1e3) for k, v in b.get("routes", {}).items()]
        elif name == "runners":
            for r in b:
                self.add_runner(r["scope"], r["name"], r.get("labels", ["self-hosted"]),
                                r.get("status", "online"), r.get("busy", False), version=r.get("version"))
        else:
            return 404, {"message": "no such control"}
        return 200, {"ok": True}

    def inject(self, line):
        if not self.rules:
            return None
        with self.lock:
            for r in self.rules:
                if re.search(r["match"], line):
                    r["_seen"] += 1
                    n = r["_seen"] - int(r.get("after", 0))
                    times = int(r.get("times", -1))
                    if n > 0 and (times < 0 or n <= times):
                        self.injected[r["match"]] += 1
                        return r
        return None

    def __call__(self, req):
        if req.path.startswith("/_ctl/"):
            return self.control(req)
        t0 = time.monotonic()
        path = req.path[7:] if req.path.startswith("/api/v3/") else req.path
        line = req.method + " " + path
        answer = self.answer(req, path, line)
        headers = {"x-github-request-id": "BENCH:%d" % next(self.ids), "x-github-media-type": "github.v3; format=json",
                   "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4990", "x-ratelimit-used": "10",
                   "x-ratelimit-resource": "core", "x-ratelimit-reset": str(int(time.time()) + 3600),
                   "server": "github.com", "x-github-api-version-selected": "2022-11-28"}
        if len(answer) > 2:
            headers.update(answer[2])
        self.log.append({"t": round(t0, 6), "call": line, "status": answer[0],
                         "ms": round((time.monotonic() - t0) * 1e3, 3)})
        return answer[0], answer[1], headers

    def answer(self, req, path, line):
        delay = self.latency_default
        for rx, ms in self.latency_routes:
            if rx.search(line):
                delay = ms
        if delay:
            time.sleep(delay)
        rule = self.inject(line)
        for method, rx, auth, fn in self.routes:
            m = rx.match(path)
            if not m or method != req.method:
                continue
            self.calls[re.sub(r"\d+", "N", line)] += 1
            if rule is not None:
                if rule.get("delay_ms"):
                    time.sleep(rule["delay_ms"] / 1e3)
                mode = rule.get("mode", "status")
                if mode == "hang":
                    time.sleep(3600)
                if mode in ("hang", "close"):
                    raise minihttp.Close()
                if mode == "status":
                    return rule.get("status", 500), rule.get("body", {"message": "injected failure"}), rule.get("headers", {})
            if not req.headers.get("user-agent"):
                return 403, {"message": "Request forbidden by administrative rules. Please make sure your request "
                                        "has a User-Agent header"}
            if self.check_auth and auth == "app":
                problem = self.app_jwt_problem(req)
                if problem:
                    self.auth_failures[problem] += 1
                    return 401, {"message": problem}
            if self.check_auth and auth == "inst" and not self.token_ok(req):
                self.auth_failures["Bad credentials"] += 1
                return 401, {"message": "Bad credentials"}
            try:
                done = fn(req, m.groupdict())
            except (ValueError, KeyError) as e:
                return 400, {"message": "Problems parsing JSON: %s" % e}
            if rule is not None and rule.get("mode") == "lost":
                raise minihttp.Close()
            return done
        self.calls["404 " + line] += 1
        return 404, {"message": "Not Found"}


def main(argv=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--host", default="127.0.0.1")
    p.add_argument("--port", type=int, default=0, help="0: any free port; the port is printed")
    p.add_argument("--public-key", help="PEM file of the app's public key; without it no signature check")
    p.add_argument("--app-id", default="12345")
    p.add_argument("--no-auth", action="store_true", help="check neither JWT nor tokens")
    p.add_argument("--latency-ms", type=float, default=0)
    p.add_argument("--latency", action="append", default=[], metavar="REGEX=MS")
    p.add_argument("--fail", action="append", default=[], metavar="REGEX=KIND[*TIMES]")
    p.add_argument("--tls-cert")
    p.add_argument("--tls-key")
    a = p.parse_args(argv)
    pub = open(a.public_key, "rb").read() if a.public_key else None
    gh = GitHub(pub, a.app_id, not a.no_auth)
    gh.latency_default = a.latency_ms / 1e3
    gh.latency_routes = [(re.compile(x.rpartition("=")[0]), float(x.rpartition("=")[2]) / 1e3) for x in a.latency]
    gh.boot_rules = [fail_rule(x) for x in a.fail]
    gh.rules = [dict(r, _seen=0) for r in gh.boot_rules]
    ctx = minihttp.tls_context(a.tls_cert, a.tls_key) if a.tls_cert else None
    srv = minihttp.Server(gh, a.host, a.port, ctx)
    print("fake_github listening on port %d (JWT signature %s)" % (
        srv.port, "checked" if gh.key is not None else "not checked"), flush=True)
    try:
        srv.forever()
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
