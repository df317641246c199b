"""Serves the local page, on loopback and to the browser of whoever saw the terminal."""

import hmac
import http.server
import secrets
import urllib.parse

from ..problem import Problem
from . import page
from .flow import SHOWN
from .manifest import Mistakes, Wish

MOST = 10_000
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    # No form-action: GitHub may lead by way of an organization's own sign-in, whose host nobody knows here.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
    # Not "no-referrer", with which a browser sends no Origin along with this page's own forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Server(http.server.ThreadingHTTPServer):
    """One page for one flow. Its path begins with a random word, which other users of the machine do not know."""

    daemon_threads = True

    def __init__(self, flow, local, port=0):
        super().__init__(("127.0.0.1", port), Answer)
        self.flow, self.local = flow, local
        self.base = "/" + secrets.token_urlsafe(16)
        self.host = f"127.0.0.1:{self.server_port}"
        self.given, self.problem, self.mistakes = {}, "", {}

    @property
    def url(self):
        return f"http://{self.host}{self.base}/"

    def handle_error(self, *_):
        """A browser that went away is no concern; a traceback might show what was being sent."""


class Answer(http.server.BaseHTTPRequestHandler):
    server_version, sys_version = "mayfly", ""
    timeout = 30

    def log_message(self, *_):
        """Nothing: an address has GitHub's code in it."""

    def do_GET(self):
        self.answer({"": self.show, "created": self.created}, None)

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MOST:
            return self.plain(413, "Too much")
        body = self.rfile.read(int(length)).decode("utf-8", "replace")
        form = {name: values[0] for name, values in urllib.parse.parse_qs(body, keep_blank_values=True).items()}
        return self.answer({"ask": self.ask, "again": self.again, "retry": self.retry, "keep": self.keep}, form)

    def answer(self, routes, form):
        # A name that somebody points at 127.0.0.1 is not this host.
        if self.headers.get("Host") != self.server.host:
            return self.plain(421, "Not this host")
        path, _, query = self.path.partition("?")
        base, _, name = path[1:].partition("/")
        if not hmac.compare_digest(base.encode(), self.server.base[1:].encode()) or name not in routes:
            return self.plain(404, "No such page. The address is in the terminal.")
        if form is not None and self.headers.get("Origin") != f"http://{self.server.host}":
            return self.plain(403, "Only this page's own forms are taken")
        return routes[name](urllib.parse.parse_qs(query) if form is None else form)

    # ---- what a person may ask

    def show(self, _):
        server, flow = self.server, self.server.flow
        if flow.credentials and not flow.settled.is_set():
            self.html_until_settled()
        elif flow.done or flow.trouble:
            self.html(200, self.outcome())
            self.seen()
        elif flow.state and not flow.code:
            self.html(200, page.permissions(server.base, flow, flow.wish.manifest(f"{server.url}created", flow.hook)))
        else:
            self.html(400 if server.problem or server.mistakes else 200, page.form(server.base, server.given, server.problem, server.mistakes, flow))

    def outcome(self):
        server, flow = self.server, self.server.flow
        return page.done(flow) if flow.done else page.failed(server.base, flow, server.local)

    def seen(self):
        if self.server.flow.done:
            self.server.flow.news.put(SHOWN)

    def created(self, query):
        """GitHub sends the browser here. The redirect keeps the code out of the history."""
        try:
            self.server.flow.answered(query.get("code", [""])[0], query.get("state", [""])[0])
        except Problem as problem:
            return self.html(400, page.refused(self.server.base, "Not used", str(problem)))
        return self.home()

    def ask(self, form):
        self.server.given, self.server.problem, self.server.mistakes = form, "", {}
        try:
            self.server.flow.ask(Wish(form, self.server.flow.further))
        except Mistakes as mistakes:
            self.server.mistakes = mistakes.fields
        except Problem as problem:
            self.server.problem = str(problem)
        self.home()

    def again(self, _):
        self.server.problem, self.server.mistakes = "", {}
        self.server.flow.begin_again()
        self.home()

    def retry(self, _):
        self.carefully(self.server.flow.retry)

    def keep(self, _):
        self.carefully(lambda: self.server.flow.elsewhere(self.server.local))

    def carefully(self, action):
        try:
            action()
        except Problem as problem:
            return self.html(400, page.refused(self.server.base, "Nothing to do", str(problem)))
        return self.home()

    # ---- how it is answered

    def home(self):
        self.send_response(303)
        self.send_header("Location", self.server.base + "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def html(self, status, text):
        self.send(status, HEADERS, text)

    def html_until_settled(self):
        """The page says what the terminal asks; its second half, which takes the place of the first, comes when that is answered."""
        self.begin(200, HEADERS)
        self.wfile.write(page.waiting(self.server.flow).removesuffix(page.END).encode())
        self.wfile.flush()
        self.server.flow.settled.wait()
        text = self.outcome()
        self.wfile.write((page.INSTEAD + text[text.index("<main>"):]).encode())
        self.wfile.flush()
        self.seen()

    def plain(self, status, text):
        self.send(status, {**HEADERS, "Content-Type": "text/plain; charset=utf-8"}, text + "\n")

    def send(self, status, headers, text):
        body = text.encode()
        self.begin(status, {**headers, "Content-Length": str(len(body))})
        self.wfile.write(body)

    def begin(self, status, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
