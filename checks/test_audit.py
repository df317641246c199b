#!/usr/bin/env python3
"""scripts/audit against a stand-in for OSV."""
import contextlib
import http.server
import importlib.machinery
import importlib.util
import io
import json
import os
import pathlib
import tempfile
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOADER = importlib.machinery.SourceFileLoader("audit", str(ROOT / "scripts/audit"))
audit = importlib.util.module_from_spec(importlib.util.spec_from_loader("audit", LOADER))
LOADER.exec_module(audit)
CLASSPATH = "/h/.m2/repository/org/good/fine/1.0/fine-1.0.jar:/h/.m2/repository/org/bad/old/2.1/old-2.1.jar"


class Osv(http.server.BaseHTTPRequestHandler):
    answer = None

    def do_POST(self):
        queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        body = self.answer or json.dumps({"results": [
            {"vulns": [{"id": "GHSA-x"}]} if "bad" in q["package"]["purl"] else {} for q in queries]}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Audit(unittest.TestCase):
    def setUp(self):
        self.server = http.server.HTTPServer(("127.0.0.1", 0), Osv)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        os.environ["AUDIT_URL"] = "http://127.0.0.1:%d" % self.server.server_port
        Osv.answer = None

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()

    def run_audit(self, *arguments, classpath=CLASSPATH, root=ROOT):
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            status = audit.main(arguments, root, lambda: classpath)
        return status, out.getvalue()

    def test_names_what_is_vulnerable(self):
        status, text = self.run_audit()
        self.assertEqual(status, 1)
        self.assertIn("vulnerable: pkg:maven/org.bad/old@2.1 GHSA-x", text)

    def test_is_content_when_nothing_is(self):
        status, text = self.run_audit(classpath=CLASSPATH.split(":")[0])
        self.assertEqual(status, 0, text)
        self.assertIn("asked OSV about 1 libraries", text)

    def test_is_not_content_when_nobody_answers(self):
        os.environ["AUDIT_URL"] = "http://127.0.0.1:1"
        status, text = self.run_audit()
        self.assertEqual(status, 3)
        self.assertIn("NOT AUDITED", text)

    def test_is_not_content_with_an_answer_that_is_none(self):
        for answer in (b"<html>", b"{}", b'{"results":[]}', b"[]"):
            Osv.answer = answer
            with self.subTest(answer):
                self.assertEqual(self.run_audit()[0], 3)

    def test_everything_here_is_pinned(self):
        status, text = self.run_audit("--offline")
        self.assertEqual(status, 0, text)

    def test_finds_what_is_not(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / ".mvn/wrapper").mkdir(parents=True)
            (root / ".github/workflows").mkdir(parents=True)
            (root / "pom.xml").write_text("<a.version>1.0-SNAPSHOT</a.version><b.version>LATEST</b.version>")
            (root / ".mvn/wrapper/maven-wrapper.properties").write_text("distributionUrl=x\n")
            (root / ".github/workflows/a.yml").write_text("- uses: somebody/thing@v1\n- uses: actions/checkout@main\n")
            (root / "requirements.txt").write_text("boto3>=1\n")
            (root / "package.json").write_text("{}")
            text = "\n".join(audit.unpinned(root))
        for what in ("a.version", "b.version", "distributionSha256Sum", "somebody/thing", "checkout@main", "boto3", "package-lock"):
            self.assertIn(what, text)


if __name__ == "__main__":
    unittest.main()
