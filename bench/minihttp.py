"""A small HTTP/1.1 toolkit of the harness and the emulators (stdlib only).

Two styles, one parser:
  * `parse_request(buf)`: incremental parser over a bytearray, used by the
    single-threaded Runtime API loop in lambda_bench.py;
  * `serve(handler, ...)`: one thread per connection, keep-alive, optional TLS,
    used by fake_github.py and fake_aws.py (a sleeping handler, that is an injected
    latency, then delays only its own connection).

It is several times faster than http.server, so that the emulator is a small part of
what is measured.
"""
from __future__ import annotations

import json
import socket
import ssl
import threading

REASONS = {
    100: "Continue", 200: "OK", 201: "Created", 202: "Accepted", 204: "No Content",
    301: "Moved Permanently", 302: "Found", 304: "Not Modified", 400: "Bad Request",
    401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    409: "Conflict", 413: "Payload Too Large", 422: "Unprocessable Entity",
    429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway",
    503: "Service Unavailable", 504: "Gateway Timeout",
}


class BadRequest(Exception):
    pass


class Request:
    __slots__ = ("method", "target", "path", "query", "version", "headers", "body")

    def __init__(self, method, target, version, headers, body):
        self.method = method
        self.target = target
        self.path, _, self.query = target.partition("?")
        self.version = version
        self.headers = headers          # keys lower-cased
        self.body = body

    def json(self):
        return json.loads(self.body or b"null")

    @property
    def keep_alive(self):
        conn = self.headers.get("connection", "").lower()
        if self.version == "HTTP/1.0":
            return "keep-alive" in conn
        return "close" not in conn


def parse_head(buf):
    """Returns (method, target, version, headers, head_len) or None if incomplete."""
    end = buf.find(b"\r\n\r\n")
    if end < 0:
        if len(buf) > 262144:
            raise BadRequest("header too large")
        return None
    lines = bytes(buf[:end]).decode("latin-1").split("\r\n")
    try:
        method, target, version = lines[0].split(" ", 2)
    except ValueError:
        raise BadRequest("bad request line: %r" % lines[0][:80])
    if target.startswith("http://") or target.startswith("https://"):   # absolute form
        rest = target.split("://", 1)[1]
        target = "/" + rest.split("/", 1)[1] if "/" in rest else "/"
    headers = {}
    for line in lines[1:]:
        k, _, v = line.partition(":")
        k = k.strip().lower()
        v = v.strip()
        headers[k] = headers[k] + ", " + v if k in headers else v
    return method, target, version, headers, end + 4


def _dechunk(buf, pos):
    """Returns (body, end) or None if incomplete."""
    out = []
    while True:
        nl = buf.find(b"\r\n", pos)
        if nl < 0:
            return None
        size = int(bytes(buf[pos:nl]).split(b";")[0], 16)
        pos = nl + 2
        if size == 0:
            while True:                  # trailers, if any, end with an empty line
                nl = buf.find(b"\r\n", pos)
                if nl < 0:
                    return None
                empty = nl == pos
                pos = nl + 2
                if empty:
                    return b"".join(out), pos
        if len(buf) < pos + size + 2:
            return None
        out.append(bytes(buf[pos:pos + size]))
        pos += size + 2


def parse_request(buf):
    """Takes one full request off the front of `buf`.

    Returns (Request or None, wants_continue): wants_continue says that the client waits
    for `100 Continue` before it sends the body.
    """
    head = parse_head(buf)
    if head is None:
        return None, False
    method, target, version, headers, n = head
    expects = headers.get("expect", "").lower() == "100-continue"
    if "chunked" in headers.get("transfer-encoding", "").lower():
        got = _dechunk(buf, n)
        if got is None:
            return None, expects and len(buf) == n
        body, end = got
    else:
        length = int(headers.get("content-length") or 0)
        if len(buf) < n + length:
            return None, expects and len(buf) == n
        body, end = bytes(buf[n:n + length]), n + length
    del buf[:end]
    return Request(method, target, version, headers, body), False


def build_response(status, body=b"", ctype="application/json", headers=None, keep=True):
    if isinstance(body, (dict, list)):
        body = json.dumps(body, separators=(",", ":")).encode()
    elif isinstance(body, str):
        body = body.encode()
    head = ["HTTP/1.1 %d %s" % (status, REASONS.get(status, "Status"))]
    if status != 204:
        head.append("Content-Type: " + ctype)
        head.append("Content-Length: %d" % len(body))
    else:
        body = b""
    for k, v in (headers or {}).items():
        head.append("%s: %s" % (k, v))
    if not keep:
        head.append("Connection: close")
    return ("\r\n".join(head) + "\r\n\r\n").encode("latin-1") + body


class Close(Exception):
    """Raised by a handler: drop the connection with no answer."""


class Server:
    def __init__(self, handler, host="127.0.0.1", port=0, tls_context=None):
        self.handler = handler
        self.tls = tls_context
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind((host, port))
        self.sock.listen(256)
        self.port = self.sock.getsockname()[1]

    def forever(self):
        while True:
            try:
                conn, _ = self.sock.accept()
            except OSError:
                return
            threading.Thread(target=self._connection, args=(conn,), daemon=True).start()

    def start(self):
        threading.Thread(target=self.forever, daemon=True).start()
        return self

    def close(self):
        self.sock.close()

    def _connection(self, conn):
        try:
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls is not None:
                conn = self.tls.wrap_socket(conn, server_side=True)
            buf = bytearray()
            while True:
                req, cont = parse_request(buf)
                if req is None:
                    if cont:
                        conn.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                    data = conn.recv(262144)
                    if not data:
                        return
                    buf += data
                    continue
                status, body, *rest = self.handler(req)
                headers = rest[0] if rest else None
                ctype = "application/json; charset=utf-8"
                if headers and "Content-Type" in headers:
                    headers = dict(headers)
                    ctype = headers.pop("Content-Type")
                keep = req.keep_alive
                conn.sendall(build_response(status, body, ctype, headers, keep))
                if not keep:
                    return
        except (Close, ConnectionError, ssl.SSLError, BadRequest, ValueError):
            pass
        finally:
            try:
                conn.close()
            except OSError:
                pass


def tls_context(cert_pem, key_pem):
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ctx.load_cert_chain(cert_pem, key_pem)
    return ctx
