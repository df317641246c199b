"""Events for the function under test.

payloads/ holds GitHub's webhook payloads as published in the npm package @octokit/webhooks-examples
(MIT), adapted as payloads/SOURCE.json says. This wraps one as a Lambda function-URL event (payload
format 2.0), signed as GitHub signs it; lambda_bench.py imports it.
"""
from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import itertools
import json
import os
import time
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
PAYLOADS = os.path.join(HERE, "payloads")
LABELS = ["self-hosted", "linux", "x64", "ec2-bench"]
INSTALLATION_ID = 23154469
KINDS = ("rejected", "ping", "in_progress", "queued", "completed")
CLAIM = "claim"                    # an instance claims its runner; only where a target says that it knows this
HOST = "abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-east-1.on.aws"


_cache = {}
_ids = itertools.count(int(time.time()) * 1000 % 10**9 * 100)


def payload(name):
    if name not in _cache:
        with open(os.path.join(PAYLOADS, name + ".json")) as f:
            _cache[name] = json.load(f)
    return copy.deepcopy(_cache[name])


def new_job_id():
    return 30_000_000_000 + next(_ids)


def sign(body, secret):
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def function_url_event(body, headers, b64=False, path="/"):
    """A function-URL invocation event, payload format 2.0. `body` is bytes."""
    host = HOST
    now = time.time()
    return {
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "",
        "headers": dict({
            "host": host, "accept": "*/*", "content-length": str(len(body)),
            "content-type": "application/json", "user-agent": "GitHub-Hookshot/0000000",
            "x-amzn-trace-id": "Root=1-00000000-000000000000000000000000",
            "x-forwarded-for": "192.0.2.10", "x-forwarded-port": "443", "x-forwarded-proto": "https",
            "x-amzn-tls-version": "TLSv1.3", "x-amzn-tls-cipher-suite": "TLS_AES_128_GCM_SHA256",
        }, **headers),
        "requestContext": {
            "accountId": "anonymous", "apiId": host.split(".")[0], "domainName": host,
            "domainPrefix": host.split(".")[0],
            "http": {"method": "POST", "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.10",
                     "userAgent": "GitHub-Hookshot/0000000"},
            "requestId": str(uuid.uuid4()), "routeKey": "$default", "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)), "timeEpoch": int(now * 1000),
        },
        "body": base64.b64encode(body).decode() if b64 else body.decode(),
        "isBase64Encoded": bool(b64),
    }


def make(kind, secret, job_id=None, runner_name=None, b64=False, labels=None, path="/", runner_id=None):
    """One function-URL event of a kind in KINDS, as compact JSON bytes."""
    p = payload("queued" if kind == "rejected" else kind)
    event = "ping" if kind == "ping" else "workflow_job"
    if event == "workflow_job":
        job = p["workflow_job"]
        job["id"] = job_id or new_job_id()
        job["run_id"] = job["id"] - 10_000_000_000
        if p["action"] == "queued":      # GitHub's example is an old job that waits for its environment's approval
            p.pop("deployment", None)
            job.update(status="queued", created_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
            job["started_at"] = job["created_at"]
        if labels:
            job["labels"] = list(labels)
        if kind in ("in_progress", "completed"):
            job["runner_name"] = runner_name or "bench-runner"
            job["runner_id"] = runner_id or 1000
    body = json.dumps(p, separators=(",", ":"), ensure_ascii=False).encode()
    headers = {
        "x-github-event": event, "x-github-delivery": str(uuid.uuid4()), "x-github-hook-id": "292430182",
        "x-github-hook-installation-target-id": "12345",
        "x-github-hook-installation-target-type": "integration",
        "x-hub-signature-256": sign(body, secret + "-wrong" if kind == "rejected" else secret),
    }
    return json.dumps(function_url_event(body, headers, b64, path), separators=(",", ":")).encode()


def mac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def ticket(secret, pool, scope, label="", deployment="default"):
    """What the user data of an instance says that it may claim by (docs/reference.md, The claim)."""
    fields = [f.encode() for f in (deployment, pool, scope, label)]
    key = mac(secret.encode(), b"mayfly claim")
    url = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    return url(b"\n".join(fields[1:])) + "." + url(mac(key, b"".join(len(f).to_bytes(4, "big") + f for f in fields)))


def claim(secret, instance, pool, scope, b64=False):
    """The claim of an instance as an event; the emulated STS takes its id from the token."""
    body = json.dumps({
        "v": 1, "key": "ASIAIOSFODNN7EXAMPLE", "token": base64.b64encode(instance.ljust(600).encode()).decode(),
        "date": time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()), "signature": "0" * 64, "for": "job"}).encode()
    headers = {"user-agent": "Python-urllib/3.12", "x-mayfly-ticket": ticket(secret, pool, scope)}
    return json.dumps(function_url_event(body, headers, b64, "/claim"), separators=(",", ":")).encode()
