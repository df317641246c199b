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

    def found(self, **files):
        """What is found in a repository that is otherwise all pinned."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            pinned = {"pom.xml": "", ".mvn/wrapper/maven-wrapper.properties": "distributionSha256Sum=%s\n" % ("0" * 64)}
            for name, text in {**pinned, **files}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            return "\n".join(audit.unpinned(root))

    def test_finds_what_is_not(self):
        for what, file, text in (
            ("a.version", "pom.xml", "<a.version>1.0-SNAPSHOT</a.version>"), ("b.version", "pom.xml", "<b.version>LATEST</b.version>"),
            ("distributionSha256Sum", ".mvn/wrapper/maven-wrapper.properties", "distributionUrl=x\n"),
            ("somebody/thing", ".github/workflows/a.yml", "- uses: somebody/thing@v1\n"), ("checkout@main", ".github/workflows/a.yml", "- uses: actions/checkout@main\n"),
            ("boto3>=1", "requirements.txt", "boto3>=1\n"), ("boto3==1.*", "requirements.txt", "boto3==1.*\n"), ("package-lock", "package.json", "{}"),
            ("node_modules/a has no integrity", "package-lock.json", '{"packages":{"":{},"node_modules/a":{"version":"1"}}}'),
            ("scripts/a:1", "scripts/a", "pip install boto3==1\n"), ("a.yml:1", ".github/workflows/a.yml", "- run: python -m pip install --quiet uv\n"),
            ("checks/b.sh:2", "checks/b.sh", "#!/bin/bash\nnpm install thing@1\n"), (".ci/run:1", ".ci/run", "npx thing\n"),
        ):
            with self.subTest(what):
                self.assertEqual(self.found(), "")
                self.assertIn(what, self.found(**{file: text}))

    def test_finds_one_package_at_two_versions(self):
        self.assertIn("Boto3 is 2".lower(), self.found(**{"a/requirements.txt": "boto3==1\n", "b/requirements.txt": "Boto3==2 # newer\n"}))

    def test_takes_a_lock_with_a_hash_for_everything_and_no_other(self):
        wanted, hashed = "Boto3[crt]==1.2\n", "boto3==1.2 \\\n    --hash=sha256:%s \\\n    --hash=sha256:%s\n    # via -r\n" % ("a" * 64, "b" * 64)
        more = "six==1.17 ; python_version < '4' \\\n    --hash=sha256:%s\n" % ("c" * 64)
        self.assertEqual(self.found(**{"requirements.txt": wanted, "requirements.lock": "# made\n" + hashed + more}), "")
        for what, lock in {"lacks boto3==1.2, make lock": more, "six has no version with a hash": hashed + "six==1.17\n", "boto3 has no version with a hash": hashed.replace("a" * 64, "a" * 63).replace("b" * 64, "b" * 63),
                           "six>=1 --hash": hashed + "six>=1 --hash=sha256:%s\n" % ("c" * 64)}.items():
            with self.subTest(what):
                self.assertIn(what, self.found(**{"requirements.txt": wanted, "requirements.lock": lock}))

    def test_says_where_no_hash_is_verified(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / ".mvn/wrapper").mkdir(parents=True)
            (root / "pom.xml").write_text("")
            (root / ".mvn/wrapper/maven-wrapper.properties").write_text("distributionSha256Sum=%s\n" % ("0" * 64))
            (root / "requirements.txt").write_text("boto3==1\n")
            status, text = self.run_audit("--offline", root=root)
            self.assertEqual(status, 0)
            self.assertIn("NOT CHECKED: hashes of what requirements.txt installs", text)


if __name__ == "__main__":
    unittest.main()
