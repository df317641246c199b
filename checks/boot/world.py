"""The world outside of a machine that boots: EC2's metadata service (version 2), the function, and GitHub's downloads.

world.py FOLDER: serves what lies there.
    user-data      404 where there is none
    metadata       JSON, the tree of what else the metadata service knows
    answers        the function's answers to claims, a line each: STATUS RETRY-AFTER BODY; the last one stays. RETRY-AFTER may be -,
                   STATUS may be "hang" or "none" (the connection is closed)
    function       "PID PORT": claims go there instead, to what listens in the network of that process
    download/      by their last name
    down           the metadata service answers 503
What was claimed is left in FOLDER/claims, a line of JSON each.
"""

import ctypes
import http.client
import http.server
import json
import os
import ssl
import sys
import threading
import time

FOLDER = sys.argv[1]
TOKEN = "t0k3n"


def path(name):
    return os.path.join(FOLDER, name)


def content(name):
    with open(path(name), "rb") as file:
        return file.read()


class Server(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def file(self, name):
        try:
            self.answer(200, content(name))
        except FileNotFoundError:
            self.answer(404)

    def log_message(self, format, *args):
        pass


class Metadata(Server):
    def do_PUT(self):
        if os.path.exists(path("down")):
            self.answer(503)
        elif self.path == "/latest/api/token" and self.headers.get("X-aws-ec2-metadata-token-ttl-seconds"):
            self.answer(200, TOKEN.encode())
        else:
            self.answer(400)

    def do_GET(self):
        version, _, name = self.path.strip("/").partition("/")
        if os.path.exists(path("down")):
            self.answer(503)
        elif self.headers.get("X-aws-ec2-metadata-token") != TOKEN:
            self.answer(401)
        elif not os.path.exists(path("user-data")) and name == "user-data":
            self.answer(404)
        elif name == "user-data":
            self.file("user-data")
        else:
            self.metadata(name.split("/"))

    def metadata(self, names):
        found = json.loads(content("metadata"))
        for name in filter(None, names):
            found = found.get(name) if isinstance(found, dict) else None
        if found is None:
            self.answer(404)
        elif isinstance(found, dict) and "AccessKeyId" in found:
            self.answer(200, json.dumps(found, indent=2).encode())
        elif isinstance(found, dict):
            self.answer(200, "\n".join(self.listed(name, below) for name, below in found.items()).encode())
        else:
            self.answer(200, found.encode())

    @staticmethod
    def listed(name, below):
        return name + "/" if isinstance(below, dict) and "AccessKeyId" not in below else name


class Internet(Server):
    lock = threading.Lock()

    def do_GET(self):
        self.file(os.path.join("download", os.path.basename(self.path)))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/claim":
            self.answer(404)
            return
        claim = {"host": self.headers["host"], "ticket": self.headers["x-mayfly-ticket"], "body": json.loads(body)}
        with self.lock, open(path("claims"), "a") as claims:
            print(json.dumps(claim), file=claims)
        if os.path.exists(path("function")):
            self.forward(body)
        else:
            self.say(*self.next_answer().split(" ", 2))

    def next_answer(self):
        with self.lock:
            first, *others = content("answers").decode().splitlines()
            if others:
                with open(path("answers"), "w") as answers:
                    answers.write("\n".join(others) + "\n")
            return first

    def say(self, status, after="-", body=""):
        if status == "hang":
            time.sleep(3600)
        if status in ("hang", "none"):
            self.close_connection = True
        else:
            self.answer(int(status), body.encode(), [] if after == "-" else [("Retry-After", after)])

    def forward(self, body):
        process, port = content("function").decode().split()
        # For this thread alone.
        with open(f"/proc/{process}/ns/net") as network:
            if ctypes.CDLL(None).setns(network.fileno(), 0):
                raise OSError("no way to the function's network")
        line = http.client.HTTPConnection("127.0.0.1", int(port))
        line.request("POST", self.path, body, {"x-mayfly-ticket": self.headers["x-mayfly-ticket"]})
        answer = line.getresponse()
        after = answer.getheader("retry-after")
        self.answer(answer.status, answer.read(), [("Retry-After", after)] if after else [])


def serve(address, port, handler, certificate=None):
    server = http.server.ThreadingHTTPServer((address, port), handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever).start()


serve("169.254.169.254", 80, Metadata)
serve("10.0.0.1", 443, Internet, sys.argv[2])
