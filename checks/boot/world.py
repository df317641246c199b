"""The world outside of a machine that boots: EC2's metadata service (version 2), and a site to download a runner from.

world.py FOLDER: serves FOLDER/user-data, or 404 where there is none, and FOLDER/download. FOLDER/down: answers nothing.
"""

import http.server
import os
import sys

FOLDER = sys.argv[1]
TOKEN = "t0k3n"


class World(http.server.BaseHTTPRequestHandler):
    def do_PUT(self):
        if self.path == "/latest/api/token" and self.headers.get("X-aws-ec2-metadata-token-ttl-seconds"):
            self.answer(200, TOKEN.encode())
        else:
            self.answer(400, b"")

    def do_GET(self):
        if self.path.startswith("/download/"):
            self.file(os.path.join(FOLDER, "download", os.path.basename(self.path)))
        elif self.headers.get("X-aws-ec2-metadata-token") != TOKEN:
            self.answer(401, b"")
        elif self.path == "/latest/user-data":
            self.file(os.path.join(FOLDER, "user-data"))
        else:
            self.answer(404, b"")

    def file(self, path):
        try:
            with open(path, "rb") as content:
                self.answer(200, content.read())
        except FileNotFoundError:
            self.answer(404, b"")

    def answer(self, status, body):
        if os.path.exists(os.path.join(FOLDER, "down")):
            status, body = 503, b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        pass


http.server.ThreadingHTTPServer(("169.254.169.254", 80), World).serve_forever()
