#!/usr/bin/env python3
"""Runs Lambda functions as processes against an emulation of the Lambda Runtime API on
loopback and compares them side by side (Linux; Python 3.10 or later, stdlib only).

  init          exec -> first GET .../invocation/next
  cold KIND     exec -> first response, the first event being of KIND
  warm KIND     event handed over -> response received, p50/p90/p99
  cpu           user+sys to init, to the first response, and per warm invocation
  rss           peak resident memory (VmHWM, whole process tree) after the first response and at the end
  size          artifact, unpacked and as a zip
  calls         remote calls to GitHub and AWS, of each cold and warm event

Cold starts are interleaved (A B C A B C), warm blocks too, and idle functions are stopped
(SIGSTOP) as Lambda freezes them, so that noise falls on all alike. GitHub and AWS are
emulated by fake_github.py and fake_aws.py (or moto_server) in processes of their own. Each answer is
checked, and that a queued event really launched an instance and a completed one ended it. A target whose kinds
have "claim" gets one between these two, and claims the runner that the completed event names.

Targets come from a JSON file (--targets, default baselines/targets.json) and from
--target NAME=COMMAND (or a bootstrap's path) with --env NAME:KEY=VALUE. In commands and values:
{root} {bench} {build} {python} {node} {java} {mayfly_bin} {mayfly_jvm} {test_classes} {mayfly_zip}
{mayfly_jvm_zip} {secret} {app_id} {key_file} {key_pem} {key_b64} {github_url} {github_host} {aws_url}
{labels} {repo} {ami_id} {subnet_id} {security_group} {ca_pem} {ca_p12} (no password) {tmp}. A target
that can't be run is left out and named as missing.

Environment: MAYFLY_BIN the native binary (default target/function/bootstrap), MAYFLY_JVM a folder with
the JVM package unpacked (default target/bench/jvm), MAYFLY_ZIP and MAYFLY_JVM_ZIP the packages they
come from (for their sizes), MAYFLY_TEST_CLASSES the compiled playground (default target/test-classes),
BENCH_BUILD where the baselines are (default target/bench).

Examples:
  lambda_bench.py --cold 15 --warm 200
  lambda_bench.py --target mine=./bootstrap --env mine:GITHUB_API_URL={github_url} --cpu lambda:256
  lambda_bench.py --only c_floor,python --tls --github-latency-ms 80 --aws-latency-ms 60 --json out.json
"""
from __future__ import annotations

import argparse
import atexit
import base64
import collections
import importlib.util
import json
import math
import os
import platform
import re
import selectors
import shlex
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
import zipfile

import make_events
import minihttp

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
BUILD = os.path.abspath(os.environ.get("BENCH_BUILD") or os.path.join(ROOT, "target", "bench"))
VCPU_MB = 1769.0                      # AWS: 1,769 MB is one vCPU
SECRET = "bench-webhook-secret"
APP_ID = "12345"
API = "/2018-06-01/runtime/"
now = time.monotonic_ns


class Failed(Exception):
    pass


def jdk(tool):
    """A tool of the JDK that builds the project, else the one on the PATH, or None."""
    try:
        home = subprocess.run([os.path.join(ROOT, "scripts", "find-jdk")], capture_output=True, text=True).stdout.strip()
    except OSError:
        home = ""
    path = os.path.join(home, "bin", tool)
    return path if home and os.path.exists(path) else shutil.which(tool)


def in_env(name, default=""):
    """The path that a variable names; relative ones are resolved."""
    path = os.environ.get(name) or default
    return os.path.abspath(path) if path else path


# ------------------------------------------------------------------ CPU groups
class CpuGroup:
    """A CPU cgroup for one function: quota and exact CPU time. v1 or v2, else a duty cycle."""
    method = None
    why_not = ""
    _v1_cpu = _v1_acct = _v2 = None
    _n = 0

    @classmethod
    def probe(cls):
        mounts = [ln.split() for ln in open("/proc/mounts")]
        own = {}
        for ln in open("/proc/self/cgroup"):
            _, ctl, path = ln.rstrip("\n").split(":", 2)
            own[ctl] = path

        def writable(base, need):
            d = os.path.join(base, "lambda-bench-probe-%d" % os.getpid())
            try:
                os.mkdir(d)
            except OSError as e:
                cls.why_not = "%s: %s" % (need, e.strerror)
                return False
            ok = os.path.exists(os.path.join(d, need))
            if not ok:
                cls.why_not = need + ": controller not delegated here"
            os.rmdir(d)
            return ok

        for m in mounts:
            if m[2] == "cgroup":
                opts = m[3].split(",")
                for want in ("cpu", "cpuacct"):
                    if want not in opts:
                        continue
                    name = next((c for c in own if want in c.split(",")), None)
                    for base in (m[1] + (own.get(name) or ""), m[1]):
                        need = "cpu.cfs_quota_us" if want == "cpu" else "cpuacct.usage"
                        if writable(base, need):
                            if want == "cpu":
                                cls._v1_cpu = base
                            else:
                                cls._v1_acct = base
                            break
            elif m[2] == "cgroup2" and not cls._v1_cpu:
                for base in (m[1] + own.get("", ""), m[1]):
                    try:
                        with open(os.path.join(base, "cgroup.subtree_control"), "w") as f:
                            f.write("+cpu")
                    except OSError:
                        pass
                    if writable(base, "cpu.max"):
                        cls._v2 = base
                        break
        cls.method = "cgroup v1" if cls._v1_cpu else "cgroup v2" if cls._v2 else "duty cycle"
        return cls.method

    def __init__(self, period_us):
        CpuGroup._n += 1
        self.name = "lambda-bench-%d-%d" % (os.getpid(), CpuGroup._n)
        self.period = period_us
        self.dirs, self.duty = [], None
        bases = [b for b in (self._v1_cpu, self._v1_acct, self._v2) if b]
        for b in dict.fromkeys(bases):
            d = os.path.join(b, self.name)
            os.mkdir(d)
            self.dirs.append(d)
        atexit.register(self.close)

    def procs_files(self):
        return [os.path.join(d, "cgroup.procs") for d in self.dirs]

    def _write(self, base, name, value):
        with open(os.path.join(base, self.name, name), "w") as f:
            f.write(str(value))

    def set_cpus(self, cpus, pid=None):
        """cpus None: no limit."""
        quota = None if cpus is None else max(1000, int(cpus * self.period))
        if self._v1_cpu:
            self._write(self._v1_cpu, "cpu.cfs_quota_us", -1)
            self._write(self._v1_cpu, "cpu.cfs_period_us", self.period)
            if quota:
                self._write(self._v1_cpu, "cpu.cfs_quota_us", quota)
        elif self._v2:
            self._write(self._v2, "cpu.max", "%s %d" % (quota or "max", self.period))
        elif pid:
            if self.duty:
                self.duty.set()
                self.duty = None
            if quota and cpus < 1:
                self.duty = threading.Event()
                os.sched_setaffinity(pid, {max(os.sched_getaffinity(0))})
                threading.Thread(target=self._duty, args=(pid, cpus, self.duty), daemon=True).start()

    def _duty(self, pid, cpus, stop):
        on, off = self.period * cpus / 1e6, self.period * (1 - cpus) / 1e6
        try:
            while not stop.is_set():
                os.kill(pid, signal.SIGCONT)
                time.sleep(on)
                os.kill(pid, signal.SIGSTOP)
                time.sleep(off)
            os.kill(pid, signal.SIGCONT)
        except ProcessLookupError:
            pass

    def cpu_ns(self):
        """CPU time of everything that ever ran in the group, or None."""
        try:
            if self._v1_acct:
                return int(open(os.path.join(self._v1_acct, self.name, "cpuacct.usage")).read())
            if self._v2:
                for ln in open(os.path.join(self._v2, self.name, "cpu.stat")):
                    if ln.startswith("usage_usec"):
                        return int(ln.split()[1]) * 1000
        except OSError:
            pass
        return None

    def throttled(self):
        d = self._v1_cpu or self._v2
        out = {}
        if d:
            try:
                for ln in open(os.path.join(d, self.name, "cpu.stat")):
                    k, v = ln.split()
                    if k in ("nr_throttled", "throttled_time", "throttled_usec"):
                        out[k] = int(v)
            except OSError:
                pass
        return out

    def close(self):
        if self.duty:
            self.duty.set()
        for d in self.dirs:
            for _ in range(50):
                try:
                    os.rmdir(d)
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.01)
        self.dirs = []
        atexit.unregister(self.close)


# ------------------------------------------------------------------ the process
def build_launcher():
    src, exe = os.path.join(HERE, "launch.c"), os.path.join(BUILD, "launch")
    cc = shutil.which("cc") or shutil.which("gcc")
    if not cc:
        return None
    if not os.path.exists(exe) or os.path.getmtime(exe) < os.path.getmtime(src):
        os.makedirs(BUILD, exist_ok=True)
        subprocess.run([cc, "-O2", "-o", exe, src], check=True)
    return exe


def tree(pid):
    out, todo = [], [pid]
    while todo:
        p = todo.pop()
        out.append(p)
        try:
            for t in os.listdir("/proc/%d/task" % p):
                todo += [int(x) for x in open("/proc/%d/task/%s/children" % (p, t)).read().split()]
        except OSError:
            pass
    return out


def proc_memory(pid):
    """(VmHWM, VmRSS) in KiB, summed over the process tree."""
    hwm = rss = 0
    for p in tree(pid):
        try:
            for ln in open("/proc/%d/status" % p):
                if ln.startswith("VmHWM"):
                    hwm += int(ln.split()[1])
                elif ln.startswith("VmRSS"):
                    rss += int(ln.split()[1])
        except OSError:
            pass
    return hwm, rss


def proc_cpu_ms(pid):
    """user+sys of the tree from /proc/PID/stat, waited-for children included (10 ms ticks)."""
    ticks = 0
    for p in tree(pid):
        try:
            f = open("/proc/%d/stat" % p).read().rsplit(")", 1)[1].split()
            ticks += sum(map(int, f[11:15] if p == pid else f[11:13]))
        except OSError:
            pass
    return ticks * 1000.0 / os.sysconf("SC_CLK_TCK")


class Function:
    """One execution environment: a process and its own Runtime API."""

    def __init__(self, target, world, opts):
        self.t, self.world, self.opts = target, world, opts
        self.sel = selectors.DefaultSelector()
        self.lsock = socket.socket()
        self.lsock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.lsock.bind(("127.0.0.1", 0))
        self.lsock.listen(16)
        self.lsock.setblocking(False)
        self.sel.register(self.lsock, selectors.EVENT_READ, None)
        self.bufs = {}
        self.pending = None            # the connection whose GET next waits
        self.answer = None             # (time, kind, body, headers) of the running invocation
        self.current = None
        self.t_next = 0
        self.seq = 0
        self.stopped = False
        self.group = CpuGroup(opts.cpu_period_us)
        self.log = open(os.path.join(opts.logs, target.name + ".log"), "ab")
        self.cpus = target.cpus(opts)
        if opts.cpu_init_limited and self.cpus is not None:
            self.group.set_cpus(self.cpus)
        self._spawn()

    def _spawn(self):
        env = {
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % self.lsock.getsockname()[1],
            "AWS_LAMBDA_FUNCTION_NAME": "bench-" + self.t.name, "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.t.memory), "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/bench",
            "AWS_LAMBDA_LOG_STREAM_NAME": "bench", "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "_HANDLER": self.t.handler, "LAMBDA_TASK_ROOT": self.t.task_root, "LAMBDA_RUNTIME_DIR": self.t.task_root,
            "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "AWS_SESSION_TOKEN": "bench-session-token", "AWS_ENDPOINT_URL": self.world.vars["aws_url"],
            "AWS_EC2_METADATA_DISABLED": "true", "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8",
            "TZ": ":UTC", "HOME": tempfile.gettempdir(),
        }
        env.update(self.world.tls_env)
        env.update(self.t.env)
        self.env = env
        r, w = os.pipe()
        cmd = list(self.t.cmd)
        exe = self.opts.launcher
        if exe:
            procs = self.group.procs_files()
            cmd = [exe, str(w), str(len(procs))] + procs + cmd
        t0 = now()
        try:
            self.proc = subprocess.Popen(cmd, env=env, cwd=self.t.task_root, stdin=subprocess.DEVNULL, stdout=self.log,
                                         stderr=self.log, pass_fds=(w,) if exe else (), start_new_session=True)
        except OSError as e:
            raise Failed("%s: %s" % (self.t.name, e))
        os.close(w)
        if exe:
            b = os.read(r, 8)
            if len(b) != 8:
                raise Failed("%s: launch failed (%s)" % (self.t.name, self.proc.wait()))
            t0 = int.from_bytes(b, sys.byteorder)
        else:
            for f in self.group.procs_files():
                with open(f, "w") as h:
                    h.write(str(self.proc.pid))
        os.close(r)
        self.t0 = t0
        self.pid = self.proc.pid

    # -- event loop
    def _step(self, deadline):
        left = (deadline - now()) / 1e9
        if left <= 0:
            raise Failed("%s: no progress in time" % self.t.name)
        events = self.sel.select(min(left, 0.05))
        if not events and self.proc.poll() is not None:
            raise Failed("%s: exited with %s; see its log" % (self.t.name, self.proc.returncode))
        for key, _ in events:
            s = key.fileobj
            if s is self.lsock:
                try:
                    c, _ = s.accept()
                except BlockingIOError:
                    continue
                c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.bufs[c] = bytearray()
                self.sel.register(c, selectors.EVENT_READ, None)
                continue
            try:
                data = s.recv(1 << 20)
            except ConnectionError:
                data = b""
            if not data:
                self.sel.unregister(s)
                del self.bufs[s]
                if self.pending is s:
                    self.pending = None
                s.close()
                continue
            buf = self.bufs[s]
            buf += data
            while buf:
                try:
                    req, cont = minihttp.parse_request(buf)
                except (minihttp.BadRequest, ValueError) as e:
                    raise Failed("%s: bad HTTP from the runtime: %s" % (self.t.name, e))
                if req is None:
                    if cont:
                        s.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                    break
                self._request(s, req)

    def _request(self, s, req):
        t = now()
        p = req.path
        if req.method == "GET" and p == API + "invocation/next":
            self.pending, self.t_next = s, t
            return
        m = re.match("^" + API + r"invocation/([^/]+)/(response|error)$", p)
        if req.method == "POST" and m:
            if m.group(1) != self.current:
                s.sendall(minihttp.build_response(400, {"errorType": "InvalidRequestID", "errorMessage": "Invalid request ID"}))
                return
            self.answer = (t, m.group(2), req.body, req.headers)
            s.sendall(minihttp.build_response(202, {"status": "OK"}))
            return
        if req.method == "POST" and p == API + "init/error":
            s.sendall(minihttp.build_response(202, {"status": "OK"}))
            raise Failed("%s: init error: %s" % (self.t.name, req.body[:500].decode("utf-8", "replace")))
        s.sendall(minihttp.build_response(404, {"errorType": "NotFound", "errorMessage": p}))

    def wait_next(self, timeout=60):
        deadline = now() + int(timeout * 1e9)
        while self.pending is None:
            self._step(deadline)
        return self.t_next

    def invoke(self, event, timeout=60):
        """Returns (seconds from hand-over to response, decoded status code, body text)."""
        self.wait_next(timeout)
        self.seq += 1
        self.current = "8476a536-e9f4-11e8-9739-%012d" % self.seq
        self.answer = None
        head = ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
                "Lambda-Runtime-Aws-Request-Id: %s\r\nLambda-Runtime-Deadline-Ms: %d\r\n"
                "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:123456789012:function:bench\r\n"
                "Lambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0\r\n"
                "\r\n") % (len(event), self.current, int(time.time() * 1000) + 30000)
        c, self.pending = self.pending, None
        c.setblocking(True)
        t0 = now()
        c.sendall(head.encode() + event)
        deadline = t0 + int(timeout * 1e9)
        while self.answer is None:
            self._step(deadline)
        t, how, body, headers = self.answer
        return t0, t, how, body, headers

    def throttle(self):
        """From the first `next` on, the CPU share of the memory size, as Lambda has it."""
        if self.cpus is not None:
            self.group.set_cpus(self.cpus, self.pid)

    def stop(self):
        if self.opts.freeze and not self.stopped:
            os.killpg(self.pid, signal.SIGSTOP)
            self.stopped = True

    def cont(self):
        if self.stopped:
            os.killpg(self.pid, signal.SIGCONT)
            self.stopped = False

    def close(self):
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.proc.wait()
        for s in list(self.bufs):
            s.close()
        self.sel.close()
        self.lsock.close()
        self.group.close()
        self.log.close()


def status_of(how, body, headers):
    """The HTTP status a function-URL caller would see."""
    if how == "error":
        return "error"
    if "awslambda.http-integration-response" in headers.get("content-type", ""):
        body = body.split(b"\0" * 8, 1)[0]
    try:
        j = json.loads(body or b"null")
    except ValueError:
        return "not json"
    if isinstance(j, dict) and "statusCode" in j:
        return int(j["statusCode"])
    return 200


def text_of(body):
    """The body that a function-URL caller would see."""
    try:
        j = json.loads(body)
        return (base64.b64decode(j["body"]) if j.get("isBase64Encoded") else j["body"].encode()).decode("utf-8", "replace")
    except (ValueError, KeyError, TypeError, AttributeError):
        return body.decode("utf-8", "replace")


# ------------------------------------------------------------------ the world around it
class World:
    """GitHub and AWS, keys and certificates."""

    def __init__(self, opts):
        self.opts = opts
        self.tmp = tempfile.mkdtemp(prefix="lambda-bench-")
        atexit.register(shutil.rmtree, self.tmp, True)
        self.procs = []
        atexit.register(self.close)
        self._keys()
        tls = []
        self.tls_env = {}
        scheme = "http"
        if opts.tls:
            self._cert()
            scheme = "https"
            tls = ["--tls-cert", self.path("cert.pem"), "--tls-key", self.path("cert.key")]
            ca = self.path("cert.pem")
            self.tls_env = {"SSL_CERT_FILE": ca, "NODE_EXTRA_CA_CERTS": ca, "REQUESTS_CA_BUNDLE": ca, "AWS_CA_BUNDLE": ca}
        self.ctx = None
        if opts.tls:
            import ssl
            self.ctx = ssl.create_default_context(cafile=self.path("cert.pem"))
        if opts.github_url:
            gh = opts.github_url
        else:
            args = ["--public-key", self.path("app.pub"), "--app-id", APP_ID, "--latency-ms", str(opts.github_latency_ms)]
            for f in opts.fail_github:
                args += ["--fail", f]
            gh = "%s://127.0.0.1:%d" % (scheme, self._emulator("fake_github.py", args + tls))
        if opts.aws == "fast":
            args = ["--latency-ms", str(opts.aws_latency_ms)]
            for f in opts.fail_aws:
                args += ["--fail", f]
            aws = "%s://127.0.0.1:%d" % (scheme, self._emulator("fake_aws.py", args + tls))
        else:
            aws = self._moto()
        pem = open(self.path("app.pem")).read()
        self.vars = {
            "root": ROOT, "bench": HERE, "build": BUILD, "java": jdk("java") or "java", "python": sys.executable, "node": opts.node or shutil.which("node") or "node",
            "mayfly_bin": in_env("MAYFLY_BIN", os.path.join(ROOT, "target", "function", "bootstrap")),
            "test_classes": in_env("MAYFLY_TEST_CLASSES", os.path.join(ROOT, "target", "test-classes")),
            "mayfly_jvm": in_env("MAYFLY_JVM", os.path.join(BUILD, "jvm")), "mayfly_zip": in_env("MAYFLY_ZIP"), "mayfly_jvm_zip": in_env("MAYFLY_JVM_ZIP"),
            "secret": SECRET, "app_id": APP_ID,
            "key_file": self.path("app.pem"), "key_pem": pem, "key_b64": base64.b64encode(pem.encode()).decode(),
            "github_url": gh, "github_host": gh.split("://")[1], "aws_url": aws, "tmp": self.tmp,
            "ca_pem": self.path("cert.pem"), "ca_p12": self.path("ca.p12"),
            "labels": ",".join(make_events.LABELS),
            "repo": make_events.payload("queued")["repository"]["full_name"],
            "ami_id": "ami-12345678", "subnet_id": "subnet-11111111", "security_group": "sg-11111111",
        }
        if opts.aws == "moto":
            self._prepare_moto()

    def path(self, name):
        return os.path.join(self.tmp, name)

    def sub(self, text):
        return re.sub(r"\{([a-z_0-9]+)\}", lambda m: self.vars.get(m.group(1), m.group(0)), text)

    def _keys(self):
        q = dict(check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        subprocess.run(["openssl", "genrsa", "-traditional", "-out", self.path("app.pem"), "2048"], **q)
        subprocess.run(["openssl", "rsa", "-in", self.path("app.pem"), "-pubout", "-out", self.path("app.pub")], **q)

    def _cert(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", self.path("cert.key"), "-out", self.path("cert.pem"), "-days", "2",
                        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
                        "-addext", "basicConstraints=critical,CA:TRUE"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        keytool = jdk("keytool")
        if keytool:                       # a Java trust store as the JDK's own is: no password, not encrypted
            subprocess.run([keytool, "-J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE",
                            "-J-Dkeystore.pkcs12.macAlgorithm=NONE", "-importcert", "-noprompt", "-alias", "bench",
                            "-storetype", "PKCS12", "-storepass", "changeit", "-file", self.path("cert.pem"),
                            "-keystore", self.path("ca.p12")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _emulator(self, script, args):
        p = subprocess.Popen([sys.executable, os.path.join(HERE, script)] + args, stdout=subprocess.PIPE, text=True)
        self.procs.append(p)
        line = p.stdout.readline()
        m = re.search(r"port (\d+)", line)
        if not m:
            raise Failed("%s did not start" % script)
        return int(m.group(1))

    def _moto(self):
        s = socket.socket()
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
        s.close()
        exe = shutil.which("moto_server")
        if not exe:
            raise Failed("no moto_server")
        self.procs.append(subprocess.Popen([exe, "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL,
                                           stderr=open(os.path.join(self.opts.logs, "moto.log"), "wb")))
        url = "http://127.0.0.1:%d" % port
        for _ in range(300):
            try:
                urllib.request.urlopen(url + "/moto-api/data.json", timeout=5).read()
                return url
            except OSError:
                time.sleep(0.1)
        raise Failed("moto_server did not come up")

    def _prepare_moto(self):
        """What moto wants to exist: an image, a subnet and a security group."""
        xml = self.ec2(Action="DescribeImages")
        self.vars["ami_id"] = re.search(r"<imageId>(ami-[0-9a-f]+)</imageId>", xml).group(1)
        self.vars["subnet_id"] = re.search(r"<subnetId>(subnet-[0-9a-f]+)</subnetId>", self.ec2(Action="DescribeSubnets")).group(1)
        self.vars["security_group"] = re.search(r"<groupId>(sg-[0-9a-f]+)</groupId>", self.ec2(Action="DescribeSecurityGroups")).group(1)

    def _http(self, url, data=None, headers=None, method=None):
        req = urllib.request.Request(url, data=data, headers=headers or {}, method=method)
        with urllib.request.urlopen(req, timeout=30, context=self.ctx) as r:
            return r.read()

    def gh(self, name, data=None):
        url = self.vars["github_url"] + "/_ctl/" + name
        return json.loads(self._http(url, None if data is None else json.dumps(data).encode()))

    def aws(self, name, data=None):
        return json.loads(self._http(self.vars["aws_url"] + "/_ctl/" + name,
                                     None if data is None else json.dumps(data).encode()))

    @staticmethod
    def _auth(service):
        return "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/%s/aws4_request, SignedHeaders=host, Signature=0" % service

    def ec2(self, **params):
        data = urllib.parse.urlencode(dict(params, Version="2016-11-15")).encode()
        return self._http(self.vars["aws_url"] + "/", data, {
            "Authorization": self._auth("ec2"), "Content-Type": "application/x-www-form-urlencoded"}).decode()

    def put_params(self, params):
        if not params:
            return
        if self.opts.aws == "fast":
            self.aws("params", params)
            return
        for k, v in params.items():
            self._http(self.vars["aws_url"] + "/", json.dumps({"Name": k, "Value": v, "Type": "String", "Overwrite": True}).encode(),
                       {"Authorization": self._auth("ssm"), "X-Amz-Target": "AmazonSSM.PutParameter",
                        "Content-Type": "application/x-amz-json-1.1"})

    def live_instances(self):
        """Ids of instances pending or running, oldest first."""
        if self.opts.aws == "fast":
            return [i["id"] for i in self.aws("list") if i["state"] in ("pending", "running")]
        xml = self.ec2(Action="DescribeInstances", **{"Filter.1.Name": "instance-state-name", "Filter.1.Value.1": "pending",
                                                      "Filter.1.Value.2": "running"})
        return re.findall(r"<instanceId>(i-[0-9a-f]+)</instanceId>", xml)

    def calls(self):
        """API calls so far by (service, action), of the services that count them."""
        out = collections.Counter()
        if not self.opts.github_url:
            out.update({("GitHub", k): n for k, n in self.gh("stats")["calls"].items()})
        if self.opts.aws == "fast":
            out.update({("AWS", k): n for k, n in self.aws("stats")["calls"].items()})
        return out

    def reset(self):
        """Between blocks: no instances, no runners; tokens stay valid."""
        self.gh("clear", {})
        if self.opts.aws == "fast":
            self.aws("clear", {})
        else:
            ids = self.live_instances()
            if ids:
                self.ec2(Action="TerminateInstances", **{"InstanceId.%d" % (n + 1): i for n, i in enumerate(ids)})

    def close(self):
        for p in self.procs:
            p.terminate()
        for p in self.procs:
            try:
                p.wait(5)
            except subprocess.TimeoutExpired:
                p.kill()
        self.procs = []


# ------------------------------------------------------------------ targets
class Target:
    def __init__(self, spec, world):
        self.name = spec["name"]
        self.note = spec.get("note", "")
        sub = world.sub
        self.cmd = [sub(c) for c in spec["cmd"][:1] + (spec.get("tls_args", []) if world.opts.tls else []) + spec["cmd"][1:]]
        self.task_root = sub(spec.get("task_root") or os.path.dirname(os.path.abspath(self.cmd[0])))
        self.handler = spec.get("handler", "bootstrap")
        self.memory = int(spec.get("memory", 256))
        self.env = {k: sub(v) for k, v in spec.get("env", {}).items()}
        self.ssm = {k: sub(v) for k, v in spec.get("ssm", {}).items()}
        self.kinds = spec.get("kinds", list(make_events.KINDS))
        self.effects = spec.get("effects", {"queued": "launch", "completed": "terminate"})
        self.runner_name = spec.get("runner_name", "github")
        self.path = spec.get("path", "/")            # of the function URL
        self.expect = {"claim": [200], "rejected": [401, 403], "ping": [200, 201, 202, 204], "in_progress": [200, 201, 202, 204],
                       "queued": [200, 201, 202, 204], "completed": [200, 201, 202, 204]}
        self.expect.update(spec.get("expect", {}))
        self.artifact = [sub(a) for a in spec.get("artifact", [])]
        self.zip = sub(spec.get("zip", ""))          # the artifact as it is deployed, where there is one
        self.requires = [sub(r) for r in spec.get("requires", [])]
        self.modules = spec.get("requires_modules", [])
        self.py_dists = spec.get("py_dists", [])
        self.problems = []

    def missing(self):
        """Why it can't be run, or None."""
        if not shutil.which(self.cmd[0]):
            return "not built: " + self.cmd[0] if os.path.isabs(self.cmd[0]) else "not installed: " + self.cmd[0]
        for path in self.requires:
            if not os.path.exists(path):
                return "not built: " + path
        for module in self.modules:
            if importlib.util.find_spec(module) is None:
                return "%s has no module %s" % (sys.executable, module)
        return None

    def cpus(self, opts):
        if opts.cpu == "none":
            return None
        mode, _, arg = opts.cpu.partition(":")
        if mode == "quota":
            return float(arg)
        return float(arg or self.memory) / VCPU_MB

    def files(self):
        out = []
        for a in self.artifact:
            if os.path.isdir(a):
                for d, _, fs in os.walk(a):
                    out += [(os.path.join(d, f), os.path.relpath(os.path.join(d, f), a)) for f in fs]
            elif os.path.exists(a):
                out.append((a, os.path.basename(a)))
        if self.py_dists:
            from importlib import metadata
            for dist in self.py_dists:
                try:
                    files = metadata.files(dist)
                except metadata.PackageNotFoundError:
                    files = None
                if files is None:
                    raise Failed("%s: the files of package %s are unknown" % (self.name, dist))
                for f in files:
                    p = str(f.locate())
                    if os.path.isfile(p) and ".." not in str(f) and "__pycache__" not in str(f):
                        out.append((p, str(f)))
        return out

    def sizes(self):
        """Bytes unpacked and as a zip, None where not known."""
        try:
            fs = self.files()
        except Failed as e:
            print(e, file=sys.stderr)
            fs = None
        if not fs:
            return None, None
        raw = sum(os.path.getsize(p) for p, _ in fs)
        if os.path.exists(self.zip):
            return raw, os.path.getsize(self.zip)
        with tempfile.TemporaryFile() as t:
            with zipfile.ZipFile(t, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as z:
                for p, n in fs:
                    z.write(p, n)
            return raw, t.tell()

    def evict(self):
        for p, _ in self.files():
            try:
                fd = os.open(p, os.O_RDONLY)
                os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(fd)
            except OSError:
                pass


def load_targets(opts, world):
    specs = []
    for path in opts.targets:
        specs += json.load(open(path))["targets"]
    by_name = {s["name"]: s for s in specs}
    for s in specs:                    # "like": what it does not say is as in that other target
        s.update(dict(by_name.get(s.get("like"), {}), **s))
        s["env"] = dict(s.get("env", {}))
    for t in opts.target:
        name, _, cmd = t.partition("=")
        words = shlex.split(cmd)
        words[0] = os.path.abspath(words[0]) if os.path.exists(words[0]) else words[0]
        specs.append({"name": name, "cmd": words, "env": {}, "memory": 256,
                      "artifact": [words[0]] if os.path.isabs(words[0]) else []})
    for e in opts.env:
        name, _, kv = e.partition(":")
        k, _, v = kv.partition("=")
        for s in specs:
            if s["name"] == name or name == "*":
                s.setdefault("env", {})[k] = v
    for r in opts.runner_name:
        name, _, v = r.partition("=")
        for s in specs:
            if s["name"] == name:
                s["runner_name"] = v
    if opts.only:
        want = opts.only.split(",")
        specs = [s for w in want for s in specs if s["name"] == w]
    targets, missing = [], {}
    for s in specs:
        t = Target(s, world)
        why = t.missing()
        if why:
            missing[t.name] = why
            print("missing, not measured: %s (%s)" % (t.name, why), file=sys.stderr)
        else:
            targets.append(t)
    return targets, missing


# ------------------------------------------------------------------ measuring
def ms(ns):
    return ns / 1e6


class Bench:
    def __init__(self, opts):
        self.opts = opts
        self.world = World(opts)
        self.targets, self.missing = load_targets(opts, self.world)
        if not self.targets:
            raise Failed("no targets")
        for t in self.targets:
            self.world.put_params(t.ssm)
        self.data = {t.name: {"cold": {}, "warm": {}, "warm_cpu_ms": {}, "cold_calls": {}, "warm_calls": {}, "first_calls": {}, "later_calls": {}, "problems": t.problems,
                              "problem_counts": collections.Counter()} for t in self.targets}
        self.runner = {}               # function -> runner (name, id) of its last queued job

    def event(self, t, kind, job_id, runner=None):
        if kind == make_events.CLAIM:
            launched = self.world.aws("list")[-1]
            return make_events.claim(SECRET, launched["id"], launched["tags"]["mayfly:pool"], launched["tags"]["mayfly:scope"], self.opts.b64)
        name, rid = runner or (None, None)
        return make_events.make(kind, SECRET, job_id, name, self.opts.b64, path=t.path, runner_id=rid)

    def once(self, fn, kind, job_id, runner=None, timeout=60):
        """One checked invocation. Returns (t_sent, t_answer)."""
        t = fn.t
        ev = self.event(t, kind, job_id, runner)
        t0, t1, how, body, headers = fn.invoke(ev, timeout)
        st = status_of(how, body, headers)
        if st not in t.expect[kind] or how == "error":
            p = "%s: answered %s %s" % (kind, st, text_of(body)[:300])
            self.problem(t, p)
        return t0, t1

    def record_calls(self, where, t, kind, before):
        """Adds the calls since `before`; for each action the most that one event made, and the sum over all events."""
        if self.opts.github_url or self.opts.aws != "fast":
            return
        made = self.world.calls() - before
        c = self.data[t.name][where].setdefault(kind, {"events": 0, "actions": {}})
        c["events"] += 1
        for (service, action), n in made.items():
            a = c["actions"].setdefault("%s %s" % (service, action), {"max": 0, "sum": 0})
            a["max"] = max(a["max"], n)
            a["sum"] += n

    def effect(self, t, kind, before):
        want = t.effects.get(kind)
        if not want or self.opts.no_effects:
            return None
        live = self.world.live_instances()
        new = [i for i in live if i not in before]
        if want == "launch":
            if len(new) != 1:
                self.problem(t, "%s: %d instances launched" % (kind, len(new)))
            return new[0] if new else None
        if want == "terminate" and not set(before) - set(live):
            self.problem(t, kind + ": no instance ended")
        return None

    def problem(self, t, text):
        if text not in t.problems and len(t.problems) < 8:
            t.problems.append(text)
        self.data[t.name]["problem_counts"][text] += 1

    def before(self, t, kind):
        want = t.effects.get(kind)
        if not want or self.opts.no_effects:
            return []
        return self.world.live_instances()

    def register_runner(self, t, instance):
        """The runner's name and id that GitHub would put into the `completed` event."""
        if t.runner_name == "instance-id":
            name = instance or "i-00000000000000000"
            self.world.gh("runners", [{"scope": self.world.vars["repo"], "name": name, "status": "online", "busy": False}])
        r = self.world.gh("newest")
        return r.get("name") or "bench-runner", r.get("id")

    def launched_tags(self):
        """Of an instance that another environment has launched."""
        repository = make_events.payload("queued")["repository"]
        return {"mayfly:deployment": "default", "mayfly:pool": "default", "mayfly:scope": "repos/" + repository["full_name"],
                "mayfly:scope-id": str(repository["id"]), "mayfly:repository": repository["full_name"],
                "mayfly:installation": str(make_events.INSTALLATION_ID), "mayfly:job": "1", "mayfly:timeouts": "600/600/43200"}

    # -- cold
    def cold_one(self, t, kind, record):
        o = self.opts
        if o.evict:
            t.evict()
        self.world.reset()
        calls = self.world.calls()
        fn = Function(t, self.world, o)
        try:
            fn.wait_next()
            init = fn.t_next - fn.t0
            cpu_init = fn.group.cpu_ns()
            if kind == make_events.CLAIM:
                self.world.aws("launch", self.launched_tags())
            before = self.before(t, kind)
            fn.throttle()
            if o.cold_gap_ms:
                time.sleep(o.cold_gap_ms / 1e3)
            s, e = self.once(fn, kind, make_events.new_job_id())
            cpu = fn.group.cpu_ns()
            hwm, rss = proc_memory(fn.pid)
            pcpu = proc_cpu_ms(fn.pid)
            if record:
                self.record_calls("cold_calls", t, kind, calls)
            if kind != "completed":
                self.effect(t, kind, before)
            return {"init_ms": ms(init), "first_ms": ms(e - s), "cold_ms": ms(init + e - s),
                    "cpu_init_ms": ms(cpu_init) if cpu_init is not None else None,
                    "cpu_first_ms": ms(cpu) if cpu is not None else pcpu, "proc_stat_cpu_ms": pcpu,
                    "hwm_mib": hwm / 1024.0, "rss_mib": rss / 1024.0}
        finally:
            fn.close()

    def cold(self):
        o = self.opts
        for r in range(o.cold + o.cold_warmup):
            for kind in o.cold_kinds:
                for t in self.targets:
                    if kind not in t.kinds or t.problems and t.problems[-1].startswith("died"):
                        continue
                    try:
                        m = self.cold_one(t, kind, r >= o.cold_warmup)
                    except Failed as e:
                        t.problems.append("died: %s" % e)
                        print("!! %s" % e, file=sys.stderr)
                        continue
                    if r >= o.cold_warmup:
                        self.data[t.name]["cold"].setdefault(kind, []).append(m)
            self.progress("cold %d/%d" % (r + 1, o.cold + o.cold_warmup))

    # -- warm
    def block(self, fn, kind, n, record):
        t, o = fn.t, self.opts
        d = self.data[t.name]
        pair = kind == "queued" and "completed" in t.kinds and "completed" in o.kinds
        for _ in range(n):
            job = make_events.new_job_id()
            claims = [make_events.CLAIM] if make_events.CLAIM in t.kinds else []
            for k in (["queued", *claims, "completed"] if pair else [kind]):
                before = self.before(t, k)
                calls = self.world.calls() if record else None
                runner = self.runner.get(t.name) if k == "completed" else None
                if o.gap_ms:
                    time.sleep(o.gap_ms / 1e3)
                fn.wait_next()
                c0 = fn.group.cpu_ns()
                s, e = self.once(fn, k, job, runner)
                fn.wait_next()          # until the runtime asks for the next event
                c1 = fn.group.cpu_ns()
                if record:
                    self.record_calls("warm_calls", t, k, calls)
                    d["warm"].setdefault(k, []).append(ms(e - s))
                    if c0 is not None:
                        d["warm_cpu_ms"].setdefault(k, []).append(ms(c1 - c0))
                inst = self.effect(t, k, before)
                if pair and k == (claims or ["queued"])[-1]:
                    self.runner[t.name] = self.register_runner(t, inst)
            if pair:
                self.world.gh("clear", {})       # an ephemeral runner deregisters itself

    def warm(self):
        o = self.opts
        fns = []
        try:
            for t in self.targets:
                if t.problems and t.problems[-1].startswith("died"):
                    continue
                try:
                    fn = Function(t, self.world, o)
                    fn.wait_next()
                    fn.throttle()
                    fns.append(fn)
                    fn.stop()
                except Failed as e:
                    t.problems.append("died: %s" % e)
            kinds = [k for k in o.kinds if k not in ("completed", make_events.CLAIM) or "queued" not in o.kinds]
            per = max(1, min(o.block, o.warm))
            rounds = max(1, math.ceil(o.warm / per))
            for r in range(-1, rounds):
                for kind in kinds:
                    for fn in list(fns):
                        if kind not in fn.t.kinds:
                            continue
                        n = o.warmup if r < 0 else per
                        self.world.reset()
                        fn.cont()
                        try:
                            self.block(fn, kind, n, r >= 0)
                            fn.stop()
                        except Failed as e:
                            fn.t.problems.append("died: %s" % e)
                            print("!! %s" % e, file=sys.stderr)
                            fns.remove(fn)
                            fn.close()
                self.progress("warm round %d/%d" % (r + 1, rounds))
            for fn in fns:
                hwm, rss = proc_memory(fn.pid)
                self.data[fn.t.name].update(hwm_end_mib=hwm / 1024.0, rss_end_mib=rss / 1024.0, throttled=fn.group.throttled())
        finally:
            for fn in fns:
                fn.cont()
                fn.close()

    def progress(self, text):
        if sys.stderr.isatty() or self.opts.verbose:
            print("  " + text, file=sys.stderr, flush=True)

    # -- report
    def run(self):
        o = self.opts
        meta = {"date": time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()), "machine": machine(),
                "loadavg_start": os.getloadavg(), "steal_start": steal(), "cpu": o.cpu, "cpu_method": CpuGroup.method,
                "cpu_period_us": o.cpu_period_us, "cpu_init_limited": o.cpu_init_limited, "aws": o.aws, "tls": o.tls,
                "github_latency_ms": o.github_latency_ms, "aws_latency_ms": o.aws_latency_ms, "cold": o.cold, "warm": o.warm,
                "block": o.block, "gap_ms": o.gap_ms, "evict": o.evict, "freeze": o.freeze,
                "clock": "exec (launcher)" if o.launcher else "before fork", "python": platform.python_version(),
                "args": sys.argv[1:]}
        t = time.time()
        if o.cold:
            self.cold()
        if o.warm:
            self.warm()
        meta.update(seconds=round(time.time() - t, 1), loadavg_end=os.getloadavg(), steal_end=steal(),
                    github=self.world.gh("stats") if not o.github_url else None)
        for tg in self.targets:
            d = self.data[tg.name]
            d["note"], d["memory"] = tg.note, tg.memory
            d["cpus"] = tg.cpus(o)
            raw, z = tg.sizes()
            d["artifact_bytes"], d["artifact_zip_bytes"] = raw, z
            d["summary"] = summarize(d)
        return {"meta": meta, "targets": self.data, "missing": self.missing}


def pct(xs, p):
    xs = sorted(xs)
    k = (len(xs) - 1) * p / 100.0
    lo, hi = math.floor(k), math.ceil(k)
    return xs[lo] + (xs[hi] - xs[lo]) * (k - lo)


def stats(xs):
    xs = [x for x in xs if x is not None]
    if not xs:
        return None
    return {"n": len(xs), "min": min(xs), "p50": pct(xs, 50), "p90": pct(xs, 90), "p99": pct(xs, 99), "max": max(xs),
            "mean": statistics.fmean(xs)}


def summarize(d):
    s = {"cold": {}, "warm": {}, "warm_cpu_ms": {}}
    allc = [m for ms_ in d["cold"].values() for m in ms_]
    s["init_ms"] = stats([m["init_ms"] for m in allc])
    s["cpu_init_ms"] = stats([m["cpu_init_ms"] for m in allc])
    for k, v in d["cold"].items():
        s["cold"][k] = {f: stats([m[f] for m in v]) for f in v[0]}
    for k, v in d["warm"].items():
        s["warm"][k] = stats(v)
    for k, v in d["warm_cpu_ms"].items():
        s["warm_cpu_ms"][k] = stats(v)
    s["hwm_end_mib"] = d.get("hwm_end_mib")
    return s


def steal():
    f = open("/proc/stat").readline().split()
    return {"steal_ticks": int(f[8]), "total_ticks": sum(map(int, f[1:9]))}


def machine():
    model = next((ln.split(":", 1)[1].strip() for ln in open("/proc/cpuinfo") if ln.startswith("model name")), "?")
    mem = int(open("/proc/meminfo").readline().split()[1]) // 1024
    return "%s, %d CPUs, %d MiB, Linux %s" % (model, os.cpu_count(), mem, platform.release())


def fmt(x, unit=""):
    if x is None:
        return "-"
    if x >= 100:
        return "%.0f%s" % (x, unit)
    if x >= 10:
        return "%.1f%s" % (x, unit)
    return "%.2f%s" % (x, unit)


def table(rows, head):
    rows = [head] + rows
    w = [max(len(r[i]) for r in rows) for i in range(len(head))]
    out = []
    for n, r in enumerate(rows):
        out.append("| " + " | ".join(c.ljust(w[i]) if i == 0 else c.rjust(w[i]) for i, c in enumerate(r)) + " |")
        if n == 0:
            out.append("|" + "|".join("-" * (x + 2) if i == 0 else "-" * (x + 1) + ":" for i, x in enumerate(w)) + "|")
    return "\n".join(out)


def report(doc, ref=None):
    ts, meta = doc["targets"], doc["meta"]
    names = list(ts)
    ref = ref if ref in ts else names[0]

    def get(n, *path):
        v = ts[n]["summary"]
        for p in path:
            if v is None:
                return None
            v = v.get(p)
        return v

    def cell(n, *path):
        v, r = get(n, *path), get(ref, *path)
        if v is None:
            return "-"
        return fmt(v) + (" (%sx)" % fmt(v / r) if n != ref and r else "")

    def rows():
        kinds = (*make_events.KINDS, make_events.CLAIM)
        ckinds = [k for k in kinds if any(k in ts[n]["cold"] for n in names)]
        wkinds = [k for k in kinds if any(k in ts[n]["warm"] for n in names)]
        mib = lambda n, key: "-" if ts[n].get(key) is None else fmt(ts[n][key] / 2**20)

        def calls(n, where, k):
            c = ts[n][where].get(k)
            if not c:
                return "-"
            per = collections.Counter()
            for action, a in c["actions"].items():
                per[action.split()[0]] += a["sum"] / c["events"]
            return " + ".join("%.3g" % per[s] for s in ("GitHub", "AWS"))

        yield ["init, ms"] + [cell(n, "init_ms", "p50") for n in names]
        for label, key in (("first invocation", "first_ms"), ("cold (init + first)", "cold_ms"), ("CPU to the end of cold", "cpu_first_ms")):
            for k in ckinds:
                yield ["%s %s, ms" % (label, k)] + [cell(n, "cold", k, key, "p50") for n in names]
        for k in wkinds:
            yield ["warm %s, ms" % k] + [cell(n, "warm", k, "p50") for n in names]
        for k in wkinds:
            yield ["warm %s p90 / p99, ms" % k] + ["-" if get(n, "warm", k) is None else "%s / %s" % (
                fmt(get(n, "warm", k, "p90")), fmt(get(n, "warm", k, "p99"))) for n in names]
        for k in wkinds:
            yield ["CPU of warm %s, ms" % k] + [cell(n, "warm_cpu_ms", k, "p50") for n in names]
        for k in ckinds:
            yield ["peak RSS after first %s, MiB" % k] + [cell(n, "cold", k, "hwm_mib", "p50") for n in names]
        yield ["peak RSS at the end, MiB"] + [cell(n, "hwm_end_mib") for n in names]
        yield ["artifact, MiB"] + [mib(n, "artifact_bytes") for n in names]
        yield ["artifact as zip, MiB"] + [mib(n, "artifact_zip_bytes") for n in names]
        for where, label, shown in (("cold_calls", "cold", ckinds), ("warm_calls", "warm", wkinds)):
            for k in shown:
                yield ["calls GitHub + AWS, %s %s" % (label, k)] + [calls(n, where, k) for n in names]

    out = [table(list(rows()), ["median (ratio to %s)" % ref] + names)]
    missing = doc.get("missing", {})
    if missing:
        out.append("Missing, not measured:\n" + "\n".join("- %s: %s" % m for m in missing.items()))
    probs = ["- %s: %s (%d times)" % (n, p, ts[n]["problem_counts"].get(p, 1)) for n in names for p in ts[n]["problems"]]
    if probs:
        out.append("Problems (a row with one is not a valid result):\n" + "\n".join(probs))
    s0, s1 = meta["steal_start"], meta["steal_end"]
    dt = s1["total_ticks"] - s0["total_ticks"]
    out.append("%s; %s; CPU %s (%s, period %d us%s); AWS %s, TLS %s, latency GitHub %s ms / AWS %s ms; %d cold, %d warm; "
               "evict %s; load %.2f -> %.2f, steal %.2f%%; %.0f s" % (
                   meta["date"], meta["machine"], meta["cpu"], meta["cpu_method"], meta["cpu_period_us"],
                   ", init limited too" if meta["cpu_init_limited"] else "", meta["aws"], "on" if meta["tls"] else "off",
                   meta["github_latency_ms"], meta["aws_latency_ms"], meta["cold"], meta["warm"], meta["evict"],
                   meta["loadavg_start"][0], meta["loadavg_end"][0],
                   100.0 * (s1["steal_ticks"] - s0["steal_ticks"]) / dt if dt else 0, meta["seconds"]))
    return "\n\n".join(out)


def parser():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--targets", action="append", default=[], metavar="FILE")
    p.add_argument("--target", action="append", default=[], metavar="NAME=COMMAND")
    p.add_argument("--env", action="append", default=[], metavar="NAME:KEY=VALUE", help="NAME may be *")
    p.add_argument("--runner-name", action="append", default=[], metavar="NAME=github|instance-id",
                   help="where the runner name in a completed event comes from: the runner registered last in GitHub "
                        "(a JIT design), or the instance's id (a registration-token design)")
    p.add_argument("--only", help="comma-separated names, in this order")
    p.add_argument("--kinds", default=",".join((*make_events.KINDS, make_events.CLAIM)))
    p.add_argument("--cold-kinds", default="rejected,queued,claim")
    p.add_argument("--cold", type=int, default=10, metavar="K", help="cold starts of each target and kind")
    p.add_argument("--cold-warmup", type=int, default=1, help="rounds thrown away first")
    p.add_argument("--warm", type=int, default=100, metavar="N", help="warm invocations of each kind")
    p.add_argument("--warmup", type=int, default=5, help="warm invocations of each kind thrown away")
    p.add_argument("--block", type=int, default=20, help="invocations of one target in a row")
    p.add_argument("--gap-ms", type=float, help="idle time before each warm invocation (default 0, under a CPU limit 25)")
    p.add_argument("--cold-gap-ms", type=float, default=0, help="idle time between init and the first event")
    p.add_argument("--cpu", default="none", metavar="none|lambda[:MB]|quota:CPUS",
                   help="lambda: init unlimited, then the target's memory size/1769 CPUs (or MB for all)")
    p.add_argument("--cpu-init-limited", action="store_true", help="apply the limit during init too")
    p.add_argument("--cpu-period-us", type=int, default=20000)
    p.add_argument("--aws", choices=("fast", "moto"), default="fast")
    p.add_argument("--github-url", help="use this one instead of starting fake_github.py")
    p.add_argument("--github-latency-ms", type=float, default=0)
    p.add_argument("--aws-latency-ms", type=float, default=0)
    p.add_argument("--fail-github", action="append", default=[], help="see fake_github.py --fail")
    p.add_argument("--fail-aws", action="append", default=[], help="see fake_aws.py --fail")
    p.add_argument("--tls", action="store_true", help="serve GitHub and AWS (fast) over TLS 1.3")
    p.add_argument("--node", metavar="PATH", help="the Node for {node} (default: the one on the PATH)")
    p.add_argument("--b64", action="store_true", help="base64-encoded event bodies")
    p.add_argument("--evict", action="store_true", help="drop the artifact's pages from the page cache before each cold start")
    p.add_argument("--no-freeze", dest="freeze", action="store_false")
    p.add_argument("--no-effects", action="store_true", help="do not check what an event did to AWS")
    p.add_argument("--ref", default="python", help="the target that ratios refer to (default python, else the first)")
    p.add_argument("--json", metavar="FILE")
    p.add_argument("--md", metavar="FILE")
    p.add_argument("--logs", help="folder for the functions' output (default: a temporary one, printed on problems)")
    p.add_argument("--report", metavar="FILE", help="only print the table of a saved --json file")
    p.add_argument("--verbose", action="store_true")
    return p


def prepare(o):
    """Fills in what depends on the machine and on other options."""
    if not o.targets and not o.target or o.only and not o.targets:
        o.targets = [os.path.join(HERE, "baselines", "targets.json")]
    o.kinds = o.kinds.split(",")
    o.cold_kinds = o.cold_kinds.split(",")
    if o.gap_ms is None:
        o.gap_ms = 0 if o.cpu == "none" else 25
    o.logs = o.logs or tempfile.mkdtemp(prefix="lambda-bench-logs-")
    os.makedirs(o.logs, exist_ok=True)
    if not shutil.which("openssl"):
        raise SystemExit("openssl is needed, for keys and certificates")
    o.launcher = build_launcher()
    CpuGroup.probe()
    if o.cpu != "none" and CpuGroup.method == "duty cycle":
        print("no writable CPU cgroup (%s): the limit is a stop/continue duty cycle on one CPU" % CpuGroup.why_not, file=sys.stderr)
    return o


def main(argv=None):
    o = parser().parse_args(argv)
    if o.report:
        print(report(json.load(open(o.report)), o.ref))
        return 0
    prepare(o)
    bench = None
    try:
        bench = Bench(o)
        doc = bench.run()
    except Failed as e:
        print("failed: %s (logs in %s)" % (e, o.logs), file=sys.stderr)
        return 1
    finally:
        if bench:
            bench.world.close()
    text = report(doc, o.ref)
    print(text)
    if o.json:
        json.dump(doc, open(o.json, "w"))
    if o.md:
        open(o.md, "w").write(text + "\n")
    if any(d["problems"] for d in doc["targets"].values()):
        print("logs: " + o.logs, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
