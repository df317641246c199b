"""make setup: the making of an App, and its webhook. GitHub is the emulator, AWS is moto; checks/browser does it in a browser."""

import argparse
import contextlib
import html
import http.client
import http.server
import io
import json
import os
import pathlib
import re
import signal
import stat
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
from unittest import mock

from moto import mock_aws

import operator_world as world_of
from mayfly import github, setup, values
from mayfly.problem import Problem
from mayfly.setup import webhook
from mayfly.setup.credentials import LocalFile, ParameterStore
from mayfly.setup.flow import ARRIVED, SHOWN, Flow
from mayfly.setup.manifest import PLACEHOLDER, Wish
from mayfly.setup.server import Server

GITHUB = None


def setUpModule():
    global GITHUB
    GITHUB = world_of.GitHub()


def tearDownModule():
    GITHUB.close()


class Visitor:
    """A browser without a window."""

    def __init__(self, server):
        self.server = server

    def send(self, method, path, form=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_port, timeout=20)
        with contextlib.closing(connection):
            body = urllib.parse.urlencode(form or {}) if method == "POST" else None
            if method == "POST":
                headers = {"Origin": f"http://{self.server.host}", "Content-Type": "application/x-www-form-urlencoded", **headers}
            connection.request(method, path if path.startswith("/") else f"{self.server.base}/{path}", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()

    def page(self):
        return self.send("GET", "")[2]

    def at_github(self):
        """Presses the buttons of the page and of GitHub's; where GitHub then sends the browser."""
        page = self.page()
        action = re.search(r'<form method="post" action="(http[^"]+)"', page)[1].replace("&amp;", "&")
        manifest = re.search(r'name="manifest" value="([^"]*)"', page)[1]
        parts = urllib.parse.urlsplit(action)
        target = f"{parts.path}/confirm?{parts.query}"
        connection = http.client.HTTPConnection(parts.netloc, timeout=20)
        with contextlib.closing(connection):
            connection.request("POST", target, urllib.parse.urlencode({"manifest": html.unescape(manifest)}), {"User-Agent": "check"})
            answer = connection.getresponse()
            answer.read()
        if answer.status != 302:
            return answer.status
        back = urllib.parse.urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"


class Case(unittest.TestCase):
    def setUp(self):
        GITHUB.reset()
        aws = mock_aws()
        aws.start()
        self.addCleanup(aws.stop)
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.deployment = world_of.Deployment("default", world_of.REGION, world_of.PARAMETERS, "alias/aws/ssm", {}, world_of.World.session)
        self.deployment.clients = world_of.World.clients
        self.local = LocalFile(pathlib.Path(self.folder.name) / "secrets" / "github-app.env")
        self.form = {"host": GITHUB.url, "owner": "organization", "organization": "octo-org", "scope": "repository", "name": "Mayfly octo"}

    def serve(self, target=None, hook=None, confirms=True, further=None):
        self.flow = Flow(target or ParameterStore(self.deployment), hook, further)
        if confirms:
            threading.Thread(target=self.say_yes, args=(self.flow,), daemon=True).start()
        server = Server(self.flow, self.local)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return Visitor(server)

    @staticmethod
    def say_yes(flow):
        """The person at the terminal."""
        for _ in iter(flow.news.get, SHOWN):
            flow.confirm(flow.target)

    def asked(self, visitor, **changes):
        self.assertEqual(visitor.send("POST", "ask", {**self.form, **changes})[0], 303)
        return visitor

    def parameters(self):
        found = self.deployment.client("ssm").get_parameters_by_path(Path=world_of.PARAMETERS, WithDecryption=True)["Parameters"]
        return {each["Name"].rpartition("/")[2]: each["Value"] for each in found}


class Making(Case):
    def test_for_an_organization(self):
        with world_of.said() as output:
            visitor = self.asked(self.serve())
            page = visitor.page()
            for words in ("Actions: read", "to ask whether a job still waits", "Administration: read and write", "Event: Workflow job"):
                self.assertIn(words, page)
            back = visitor.at_github()
            status, headers, _ = visitor.send("GET", back)
            self.assertEqual((status, headers["Location"]), (303, visitor.server.base + "/"), "the code is not to stay in the history")
            page = visitor.page()
        self.assertIn("The App is made", page)
        self.assertIn("/apps/mayfly-octo/installations/new", page)
        there, app = self.parameters(), GITHUB.call("app")
        self.assertEqual(there["github-app-id"], str(app["id"]))
        self.assertEqual(there["github-private-key"], app["pem"].rstrip("\n"))
        self.assertTrue(there["github-webhook-secret"].startswith("generated-"))
        for secret in (there["github-webhook-secret"], app["pem"].splitlines()[1], self.flow.code):
            self.assertNotIn(secret, page + output.all())
        described = self.deployment.client("ssm").describe_parameters()["Parameters"]
        self.assertEqual({each["Type"] for each in described}, {"SecureString"})

    def test_for_a_person_into_a_file(self):
        with world_of.said():
            visitor = self.asked(self.serve(self.local), owner="person", organization="")
            visitor.send("GET", visitor.at_github())
            self.assertIn("The App is made", visitor.page())
        self.assertEqual(stat.S_IMODE(self.local.path.stat().st_mode), 0o600)
        lines = dict(line.split("=", 1) for line in self.local.path.read_text().splitlines())
        self.assertEqual(lines["MAYFLY_GITHUB_API_URL"], f"'{GITHUB.url}/api/v3'")
        self.assertEqual(lines["MAYFLY_GITHUB_PRIVATE_KEY"].strip("'").replace("\\n", "\n"), GITHUB.call("app")["pem"].rstrip("\n"))
        self.assertEqual(self.parameters(), {})

    def test_the_manifest_asks_for_the_fewest_permissions(self):
        for scope, wanted in (("repository", {"actions": "read", "administration": "write"}), ("organization", {"actions": "read", "organization_self_hosted_runners": "write"}),
                              ("both", {"actions": "read", "administration": "write", "organization_self_hosted_runners": "write"})):
            manifest = json.loads(Wish({**self.form, "scope": scope}).manifest("http://127.0.0.1:1/x", None))
            self.assertEqual(manifest["default_permissions"], wanted)
            self.assertEqual((manifest["default_events"], manifest["public"]), (["workflow_job"], False))
            self.assertEqual(manifest["hook_attributes"], {"url": PLACEHOLDER, "active": True})

    def test_a_further_app(self):
        """It gets one parameter, no webhook, and no permission but those of a registration."""
        target = ParameterStore(self.deployment, 2)
        with world_of.said() as output:
            visitor = self.asked(self.serve(target, further=2), name="Mayfly octo 2")
            page = visitor.page()
            self.assertIn("Administration: read and write", page)
            self.assertIn("No event and no webhook", page)
            self.assertNotIn("Actions: read", page)
            visitor.send("GET", visitor.at_github())
            page = visitor.page()
        self.assertIn("id and private key are in github-app-2 of Parameter Store", page)
        self.assertIn("the same owners and repositories as the first App", page)
        there = self.parameters()
        self.assertEqual(set(there), {"github-app-2"})
        app = json.loads(there["github-app-2"])
        self.assertNotEqual(app["id"], str(GITHUB.call("app")["id"]))
        self.assertIn("PRIVATE KEY", app["key"])
        self.assertNotIn(app["key"].splitlines()[1], page + output.all())
        manifest = json.loads(Wish({**self.form, "scope": "both"}, 2).manifest("http://127.0.0.1:1/x", None))
        self.assertEqual(manifest["default_permissions"], {"administration": "write", "organization_self_hosted_runners": "write"})
        self.assertEqual(manifest["default_events"], [])
        self.assertNotIn("hook_attributes", manifest)

    def test_a_further_app_into_a_file_that_make_secrets_takes(self):
        path = pathlib.Path(self.folder.name) / "secrets" / "github-app-2.json"
        with world_of.said():
            visitor = self.asked(self.serve(LocalFile(path, 2), further=2))
            visitor.send("GET", visitor.at_github())
            self.assertIn("The App is made", visitor.page())
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        values.check("github-app-2", path.read_text().rstrip())

    def test_what_a_person_can_get_wrong_on_the_form(self):
        wrong = {"Choose whose": {"owner": ""}, "organization's name is the one": {"organization": "octo org"}, "name has up to 34": {"name": "x" * 35}, "A person has no": {"owner": "person", "scope": "organization"},
                 "host is github.com": {"host": "https://github.com/x y"}, "reached by https": {"host": "http://github.example.com"}, "Choose where": {"scope": "?"}}
        visitor = self.serve()
        for words, changes in wrong.items():
            with self.subTest(words):
                self.asked(visitor, **changes)
                status, _, page = visitor.send("GET", "")
                self.assertEqual(status, 400)
                self.assertIn(words, page.replace("&#x27;", "'"))
        self.asked(visitor, name="<script>")
        self.assertIn("&lt;script&gt;", visitor.page())


    def test_all_that_is_wrong_is_shown_at_once_beside_its_field(self):
        visitor = self.serve()
        typed = {"host": "a b", "owner": "", "organization": "kept org", "scope": "?", "name": "-kept"}
        self.asked(visitor, **typed)
        status, _, page = visitor.send("GET", "")
        self.assertEqual(status, 400)
        self.assertIn("4 answers are wrong.", page)
        for name in ("host", "owner", "scope", "name"):
            self.assertRegex(page, rf'id="{name}"[^>]* aria-invalid="true" aria-describedby="{name}-wrong"')
            self.assertRegex(page, rf'<p class="wrong" id="{name}-wrong">')
            self.assertIn(f'<li><a href="#{name}">', page)
        self.assertNotIn('id="organization-wrong"', page)
        for value in ("a b", "kept org", "-kept"):
            self.assertIn(f'value="{value}"', page)
        self.assertEqual(re.findall(r'name="(\w+)"[^>]* autofocus', page), ["host"])
        self.asked(visitor, **{**typed, "host": "github.com"})
        self.assertEqual(re.findall(r'name="(\w+)" value="(\w+)" autofocus', visitor.page()), [("owner", "person")])
        self.asked(visitor, owner="person", scope="both")
        page = visitor.page()
        self.assertIn("1 answer is wrong.", page)
        self.assertIn('value="both" autofocus checked', page)
        self.asked(visitor)
        self.assertIn("What the App may do", visitor.page())

    def test_a_host_that_is_none_on_the_command_line(self):
        arguments = argparse.Namespace(code=True, github="x y", local="x", app=None)
        with world_of.said(), mock.patch("sys.stdin", io.StringIO("code\n")), self.assertRaisesRegex(Problem, "^The host is github.com"):
            setup.make(self.local, arguments, None)


class GoingWrong(Case):
    def test_wrong_state(self):
        visitor = self.asked(self.serve())
        back = visitor.at_github()
        code = urllib.parse.parse_qs(back.partition("?")[2])["code"][0]
        for query in (f"code={code}&state=other", f"code={code}", f"code={code}&state=%C3%A9", ""):
            with self.subTest(query):
                status, _, page = visitor.send("GET", f"created?{query}")
                self.assertEqual(status, 400)
                self.assertIn("does not belong to the form", page)
        self.assertEqual(self.parameters(), {})
        with world_of.said():
            visitor.send("GET", back)
        self.assertIn("The App is made", visitor.page(), "the right answer is still taken")

    def test_expired_code(self):
        visitor = self.asked(self.serve())
        back = visitor.at_github()
        GITHUB.call("expire-codes")
        visitor.send("GET", back)
        page = visitor.page()
        self.assertIn("good for one hour and once", page)
        self.assertIn("/organizations/octo-org/settings/apps", page)
        self.assertEqual(self.parameters(), {})
        visitor.send("POST", "again")
        self.assertIn("Make the GitHub App", visitor.page())

    def test_not_an_owner(self):
        visitor = self.asked(self.serve(), organization="somebody-elses")
        self.assertEqual(visitor.at_github(), 404)
        page = visitor.page()
        self.assertIn("404: you are signed in as somebody else, or may not make Apps for somebody-elses", page)
        self.assertIn("Go on at GitHub", page)

    def test_the_answer_comes_twice_and_at_once(self):
        with world_of.said():
            visitor = self.asked(self.serve())
            back = visitor.at_github()
            threads = [threading.Thread(target=visitor.send, args=("GET", back)) for _ in range(4)]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
        self.assertEqual(GITHUB.call("calls")["convert-manifest"], 1)
        self.assertIn("The App is made", visitor.page())
        # The button at GitHub pressed twice: a second App, with the same state.
        state = back.partition("state=")[2]
        status, _, page = visitor.send("GET", f"created?code=another&state={state}")
        self.assertEqual(status, 400)
        self.assertIn("a second one", page)
        self.assertEqual(self.parameters()["github-app-id"], str(GITHUB.call("app")["id"]))

    def test_aws_refuses_then_allows(self):
        client = self.deployment.client("ssm")
        denied = mock.patch.object(client, "put_parameter", side_effect=client.exceptions.ClientError({"Error": {"Code": "AccessDeniedException", "Message": "secret?"}}, "PutParameter"))
        with world_of.said():
            visitor = self.asked(self.serve())
            with denied:
                visitor.send("GET", visitor.at_github())
                page = visitor.page()
            self.assertIn("AWS refused PutParameter (AccessDeniedException)", page)
            self.assertIn("mayfly-default-secrets", page)
            self.assertIn("Keep them in a file instead", page)
            visitor.send("POST", "again")
            self.assertIn("AWS refused", visitor.page(), "credentials that GitHub gives once are not thrown away")
            visitor.send("POST", "retry")
        self.assertIn("The App is made", visitor.page())
        self.assertEqual(len(self.parameters()), 3)

    def test_aws_refuses_and_they_are_kept_in_a_file(self):
        client = self.deployment.client("ssm")
        with world_of.said(), mock.patch.object(client, "put_parameter", side_effect=client.exceptions.ClientError({"Error": {"Code": "AccessDeniedException"}}, "PutParameter")):
            visitor = self.asked(self.serve())
            visitor.send("GET", visitor.at_github())
            visitor.send("POST", "keep")
        self.assertIn(str(self.local.path), visitor.page())
        self.assertTrue(self.local.path.exists())

    def test_github_fails_once(self):
        with world_of.said():
            visitor = self.asked(self.serve())
            back = visitor.at_github()
            GITHUB.call("fault", call="convert-manifest", status=502)
            visitor.send("GET", back)
            self.assertIn("GitHub failed (502). Try again", visitor.page())
            visitor.send("POST", "retry")
        self.assertIn("The App is made", visitor.page())

    def test_back_button_shows_where_it_is(self):
        with world_of.said():
            visitor = self.asked(self.serve())
            self.assertIn("What the App may do", visitor.page())
            visitor.send("POST", "again")
            self.assertIn('value="Mayfly octo"', visitor.page(), "what was filled in is still there")
            self.asked(visitor)
            visitor.send("GET", visitor.at_github())
        self.assertIn("The App is made", visitor.page())
        self.asked(visitor)
        self.assertIn("The App is made", visitor.page())

    def test_stopped_in_the_middle_says_what_to_do(self):
        asked = argparse.Namespace(local=None, app=None)
        self.assertEqual(setup.stopped(Flow(self.local, None), asked), "stopped, nothing was made")
        visitor = self.asked(self.serve())
        self.assertIn(f"scripts/mayfly setup --code --github {GITHUB.url} within", setup.stopped(self.flow, asked))
        asked.local = pathlib.Path("secrets/app.env")
        self.assertIn("scripts/mayfly setup --code --local secrets/app.env --github", setup.stopped(self.flow, asked))
        code = urllib.parse.parse_qs(visitor.at_github().partition("?")[2])["code"][0]
        with world_of.said(), mock.patch("sys.stdin", io.StringIO(code + "\nyes\n")):
            self.assertEqual(setup.make(self.local, argparse.Namespace(code=True, github=GITHUB.url, local="x", app=None), None), 0)
        self.assertIn("MAYFLY_GITHUB_APP_ID", self.local.path.read_text())


class Confirming(Case):
    """What came is written when the person at the terminal says so."""

    def arrived(self, **changes):
        """What came of a form, with nobody at the terminal."""
        visitor = self.asked(self.serve(confirms=False), **changes)
        visitor.send("GET", visitor.at_github())
        self.assertEqual(self.flow.news.get(timeout=20), ARRIVED)
        return visitor

    def at_terminal(self, typed):
        arguments = argparse.Namespace(local=None, app=None)
        with world_of.said() as output, mock.patch("sys.stdin", io.StringIO(typed)):
            try:
                setup.confirm_arrival(self.flow, arguments)
            except Problem as problem:
                return output.all() + str(problem)
        return output.all()

    def first_half(self, visitor):
        """The page's connection, after what it shows at once."""
        connection = http.client.HTTPConnection("127.0.0.1", visitor.server.server_port, timeout=20)
        self.addCleanup(connection.close)
        connection.request("GET", visitor.server.base + "/")
        answer, text = connection.getresponse(), ""
        while "</main>" not in text:
            text += answer.read1().decode()
        return answer, text

    def test_nothing_is_written_before(self):
        visitor = self.arrived()
        answer, page = self.first_half(visitor)
        self.assertIn("Confirm it at the terminal", page)
        self.assertIn("<strong>octo-org</strong>", page)
        self.assertEqual(self.parameters(), {})
        said = self.at_terminal("yes\n")
        self.assertIn(f"GitHub has made the App Mayfly octo (id {GITHUB.call('app')['id']}) of octo-org, at {GITHUB.url}.", said)
        self.assertIn("into Parameter Store, below /mayfly/default", said)
        self.assertEqual(len(self.parameters()), 3)
        self.assertIn("The App is made", answer.read().decode(), "the page goes on by itself")
        self.assertEqual(self.flow.news.get(timeout=20), SHOWN)

    def test_nothing_is_written_without_a_yes(self):
        for typed in ("no\n", "y\n", "\n", ""):
            with self.subTest(typed):
                GITHUB.reset()
                self.form["host"] = GITHUB.url
                self.arrived()
                said = self.at_terminal(typed)
                self.assertIn("its credentials were not written and are lost: delete it under", said)
                self.assertEqual(self.parameters(), {})

    def test_neither_a_second_answer_nor_the_pages_buttons_take_the_terminals_place(self):
        visitor = self.arrived()
        for path in ("retry", "again", "ask"):
            visitor.send("POST", path, self.form)
        visitor.send("GET", f"created?code={self.flow.code}&state={self.flow.state}")
        self.assertTrue(self.flow.news.empty(), "it asks once")
        visitor.send("POST", "keep")
        self.assertEqual(self.flow.news.get(timeout=20), ARRIVED, "another place is asked about anew")
        self.assertFalse(self.local.path.exists())
        self.assertIn(str(self.local.path), self.at_terminal("yes\n"))
        self.assertTrue(self.local.path.exists())
        self.assertEqual(self.parameters(), {})

    def test_a_yes_counts_for_the_place_that_was_asked_about(self):
        visitor = self.arrived()
        asked = self.flow.target
        visitor.send("POST", "keep")
        self.flow.confirm(asked)
        self.assertFalse(self.local.path.exists())
        self.assertEqual(self.parameters(), {})

    def test_an_app_of_somebody_else_is_told(self):
        self.arrived()
        self.flow.credentials.owner = "mallory\x1b[2J"
        said = self.at_terminal("no\n")
        self.assertIn("of mallory?[2J", said)
        self.assertIn("warning: you asked for an App of octo-org", said)

    def test_without_a_browser_that_looks_the_program_ends_all_the_same(self):
        self.arrived()
        self.flow.news.put(ARRIVED)
        with mock.patch.object(setup, "LAST_LOOK", 0.01), world_of.said(), mock.patch("sys.stdin", io.StringIO("yes\n")):
            setup.ask_until_done(self.flow, argparse.Namespace(local=None, app=None))
        self.assertEqual(len(self.parameters()), 3)


class Opening(unittest.TestCase):
    """The browser is another program: everybody on the machine can read what it is started with."""

    @unittest.skipUnless(pathlib.Path("/proc/self/cmdline").exists(), "reads command lines from /proc")
    def test_the_address_stands_on_no_command_line(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            recorder = folder / "browser"
            recorder.write_text(f'#!/bin/sh\necho $$ >{folder}/pid\necho "$1" >{folder}/opened.new\nmv {folder}/opened.new {folder}/opened\nwhile :; do sleep 1; done\n')
            recorder.chmod(0o700)
            tool = subprocess.Popen([world_of.ROOT / "scripts/mayfly", "setup", "--local", folder / "app.env"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                    env={**os.environ, "BROWSER": f"{recorder} %s &"})
            try:
                address = re.search(r"http://127\.0\.0\.1:\d+/([\w-]+)/", tool.stdout.readline())
                self.await_file(tool, folder / "opened")
                opened = (folder / "opened").read_text().strip()
                lines = [line.read_bytes() for line in pathlib.Path("/proc").glob("[0-9]*/cmdline") if self.readable(line)]
                self.assertTrue(any(opened.encode() in line for line in lines), "the browser runs")
                self.assertFalse([line for line in lines if address[1].encode() in line])
                file = pathlib.Path(urllib.parse.unquote(urllib.parse.urlsplit(opened).path))
                self.assertIn(address[0], file.read_text())
                self.assertEqual((stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(file.parent.stat().st_mode)), (0o600, 0o700))
            finally:
                # First, for it holds the tool's output.
                os.kill(int((folder / "pid").read_text()), signal.SIGKILL)
                tool.terminate()
                tool.communicate(timeout=60)
            self.assertFalse(file.exists())

    @staticmethod
    def readable(line):
        try:
            return bool(line.read_bytes())
        except OSError:
            return False

    def await_file(self, tool, file):
        while not file.exists():
            self.assertIsNone(tool.poll(), "the tool has ended")
            time.sleep(0.02)


class Guarding(Case):
    def test_only_this_host_this_path_and_its_own_forms(self):
        visitor = self.serve()
        self.assertEqual(visitor.server.server_address[0], "127.0.0.1")
        self.assertEqual(visitor.send("GET", "", Host="evil.example")[0], 421)
        self.assertEqual(visitor.send("GET", "/")[0], 404)
        self.assertEqual(visitor.send("GET", "/guess/")[0], 404)
        for origin in ("http://evil.example", "null"):
            self.assertEqual(visitor.send("POST", "ask", self.form, Origin=origin)[0], 403)
        self.assertEqual(visitor.send("POST", "ask", {"name": "x" * 20000})[0], 413)
        _, headers, _ = visitor.send("GET", "")
        self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
        self.assertEqual(headers["Cache-Control"], "no-store")

    def test_the_server_logs_nothing(self):
        with world_of.said() as output:
            visitor = self.serve()
            visitor.send("GET", "created?code=secretcode&state=x")
        self.assertEqual(output.all(), "")


class Function(http.server.BaseHTTPRequestHandler):
    """Stands in for the function's URL."""

    statuses = []

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Quiet."""


class Connecting(Case):
    """After the deployment: the URL, and the proof of it."""

    def setUp(self):
        super().setUp()
        self.receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Function)
        threading.Thread(target=self.receiver.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.addCleanup(self.receiver.server_close)
        self.addCleanup(self.receiver.shutdown)
        self.url = f"http://127.0.0.1:{self.receiver.server_port}/webhook"
        app = GITHUB.call("app")
        for name, value in {"github-app-id": str(app["id"]), "github-private-key": app["pem"], "github-webhook-secret": world_of.SECRET}.items():
            self.deployment.client("ssm").put_parameter(Name=f"{world_of.PARAMETERS}/{name}", Value=value, Type="SecureString")
        self.fast = [mock.patch.object(webhook, "BETWEEN", 0.1), mock.patch.object(webhook, "AGAIN", 0.3)]
        for each in self.fast:
            each.start()
            self.addCleanup(each.stop)

    def run_setup(self, *statuses, wait=10, **changes):
        Function.statuses = list(statuses) or [200]
        arguments = argparse.Namespace(**{"url": self.url, "new_app": False, "local": None, "code": False, "github": GITHUB.url, "port": 0, "wait": wait, "no_browser": True, "app": None, **changes})
        with world_of.said() as output:
            try:
                code = setup.run(self.deployment, arguments)
            except Problem as problem:
                return 1, output.all() + str(problem)
        return code, output.all()

    def test_sets_the_url_and_proves_a_delivery(self):
        GITHUB.call("delivery", event="ping", status=405)
        GITHUB.call("installation", id=7, owner="octo-org")
        code, said = self.run_setup(200)
        self.assertEqual(code, 0, said)
        self.assertIn("url, content_type set", said)
        self.assertIn("Asked GitHub to deliver its ping again", said)
        self.assertIn("Proved: GitHub's delivery was answered with 200", said)
        self.assertIn("Installed on octo-org, all repositories", said)
        self.assertNotIn(world_of.SECRET, said)
        code, said = self.run_setup(200)
        self.assertIn("had the URL already", said)

    @mock.patch.dict(os.environ, {"CI": "", "AUTO_APPROVE": ""})
    def test_a_webhook_that_leads_elsewhere_is_changed_when_that_is_confirmed(self):
        GITHUB.call("delivery", event="ping", status=405)
        elsewhere = "https://other.lambda-url.eu-central-1.on.aws/webhook"
        GITHUB.call("hook", url=elsewhere, content_type="json", secret="of another deployment")
        code, said = self.run_setup(200)
        self.assertEqual(code, 1)
        self.assertIn(f"there is no terminal to ask on (The App's webhook leads to {elsewhere}. Deliver to {self.url} instead", said)
        with mock.patch("sys.stdin", mock.Mock(isatty=lambda: True, readline=lambda: "no\n")), mock.patch("builtins.input", return_value="no"):
            code, said = self.run_setup(200)
        self.assertIn("stopped, nothing was changed at GitHub", said)
        self.assertNotIn("change-hook", GITHUB.call("calls"))
        with mock.patch.dict(os.environ, {"AUTO_APPROVE": "1"}):
            code, said = self.run_setup(200)
        self.assertEqual(code, 0, said)
        self.assertIn("url set", said)

    def test_goes_on_until_it_is_answered_well(self):
        GITHUB.call("delivery", event="ping", status=405)
        code, said = self.run_setup(401, 401, 200)
        self.assertEqual(code, 0, said)
        self.assertIn("answered with 401: the webhook secrets differ", said)
        self.assertIn("Proved", said)

    def test_says_what_to_do_when_it_never_is(self):
        GITHUB.call("delivery", event="ping", status=405)
        for status, words in ((403, "function URL is not public"), (500, "set up wrongly"), (404, "has to end in /webhook")):
            with self.subTest(status):
                code, said = self.run_setup(status, wait=1)
                self.assertEqual(code, 1)
                self.assertIn(words, said)

    def test_what_was_answered_at_the_placeholder_is_not_the_functions(self):
        """Also where GitHub's list fails at first, and where a delivery was on its way when the URL was set."""
        old = {"id": 1, "guid": "g", "event": "ping", "delivered_at": "2026-11-01T00:00:00Z", "status_code": 405}
        late, well = {**old, "id": 2}, {**old, "id": 3, "status_code": 200}
        lists = [[old], github.Refused("GET", 502, "no"), [old], [old, late], [old, late, well]]

        def pages(*_, **__):
            found = lists.pop(0)
            if isinstance(found, Exception):
                raise found
            return found

        app = mock.Mock(pages=pages, get=lambda path: {"url": PLACEHOLDER})
        with world_of.said() as output:
            self.assertTrue(webhook.prove(app, 60, sleep=lambda _: None))
        self.assertNotIn("405", output.all())

    def test_nothing_to_deliver_again(self):
        code, said = self.run_setup(200)
        self.assertEqual(code, 1)
        self.assertIn("Install the App or queue a job, then: make doctor", said)
        self.assertIn("It is installed nowhere yet. Install it", said)

    def test_an_app_that_is_not_the_keys(self):
        self.deployment.client("ssm").put_parameter(Name=f"{world_of.PARAMETERS}/github-app-id", Value="99", Type="SecureString", Overwrite=True)
        code, said = self.run_setup()
        self.assertEqual(code, 1)
        self.assertIn("GitHub does not accept id 99", said)

    def test_a_further_app_that_is_there(self):
        GITHUB.call("installation", id=7, owner="octo-org")
        app = GITHUB.call("further-app", permissions={"administration": "write"})
        self.deployment.client("ssm").put_parameter(Name=f"{world_of.PARAMETERS}/github-app-2", Value=json.dumps({"id": app["id"], "key": app["pem"]}), Type="SecureString")
        code, said = self.run_setup(url=None, app=2)
        self.assertEqual(code, 0, said)
        self.assertIn(f"App 2: Mayfly (id {app['id']})", said)
        self.assertIn("It is installed nowhere yet. Install it", said)
        self.assertIn("the same owners and repositories as the first App: octo-org", said)
        self.assertNotIn(app["pem"].splitlines()[1], said)

    def test_a_further_app_that_can_not_be_read(self):
        self.deployment.client("ssm").put_parameter(Name=f"{world_of.PARAMETERS}/github-app-3", Value="x", Type="SecureString")
        code, said = self.run_setup(url=None, app=3)
        self.assertEqual(code, 1)
        self.assertIn("github-app-3 is no JSON", said)
        self.assertIn("setup --app 3 --new-app", said)

    def test_a_further_app_before_the_first(self):
        self.deployment.client("ssm").delete_parameter(Name=f"{world_of.PARAMETERS}/github-app-id")
        code, said = self.run_setup(url=None, app=2)
        self.assertEqual(code, 1)
        self.assertIn("The first App comes first", said)

    def test_a_further_app_has_no_webhook(self):
        code, said = self.run_setup(app=2)
        self.assertEqual(code, 1)
        self.assertIn("a further App has no webhook", said)

    def test_half_of_the_credentials(self):
        self.deployment.client("ssm").delete_parameter(Name=f"{world_of.PARAMETERS}/github-webhook-secret")
        code, said = self.run_setup()
        self.assertEqual(code, 1)
        self.assertIn("has no github-webhook-secret", said)

    def test_before_the_deployment(self):
        code, said = self.run_setup(url=None)
        self.assertEqual(code, 0)
        self.assertIn("not deployed yet: scripts/mayfly deploy", said)

    def test_a_url_that_is_none(self):
        for url in ("ftp://x/webhook", "https://x.lambda-url.eu-central-1.on.aws/", "https://x.lambda-url.eu-central-1.on.aws/webhook/"):
            with self.subTest(url):
                code, said = self.run_setup(url=url)
                self.assertEqual(code, 1)
                self.assertIn("begins with https://, and ends in /webhook", said)


if __name__ == "__main__":
    unittest.main(verbosity=1)
