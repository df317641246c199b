"""`setup`: makes the GitHub App on a local page; run again after the deployment, it gives the App the function's URL. `--app 2` and
`--app 3` make further Apps, which register runners and do nothing else."""

import argparse
import contextlib
import getpass
import html
import pathlib
import queue
import sys
import tempfile
import threading
import webbrowser

from .. import deployment as deployments
from ..confirm import says_yes
from ..function import api_url
from ..github import PUBLIC_API, App, Refused, Unreachable, api_of, explained, is_private, web_of
from ..problem import Problem
from ..store import Store
from ..table import plain
from ..values import FURTHER, WEBHOOK, further_app
from .credentials import LOCAL, LocalFile, ParameterStore
from .flow import SHOWN, Flow
from .manifest import Wish, web
from .server import Server
from .webhook import point, prove

IDS = ("github-app-id", "github-private-key", WEBHOOK)
# How long the browser may take to show the end.
LAST_LOOK = 10


def add_arguments(parser):
    parser.add_argument("--url", help="the webhook's URL; by default the one that the function's stack says")
    parser.add_argument("--app", type=int, choices=sorted(FURTHER), metavar="N", help="make the deployment's second or third App, for 180 runners a minute more each")
    parser.add_argument("--new-app", action="store_true", help="make an App though the deployment has one")
    parser.add_argument("--local", nargs="?", const=LOCAL, metavar="FILE", type=pathlib.Path,
                        help=f"put the credentials into a file ({LOCAL}), for make run against the real GitHub; needs no AWS")
    parser.add_argument("--code", action="store_true", help="finish with the code of an address that the browser could not open; asks for it")
    parser.add_argument("--github", metavar="HOST", help="github.com, or the name of an Enterprise Server")
    parser.add_argument("--port", type=port, default=0, metavar="N", help="of the local page; by default any that is free")
    parser.add_argument("--wait", type=seconds, default=120, metavar="SECONDS", help="how long to wait for the proof of a delivery (120)")
    parser.add_argument("--no-browser", action="store_true", help="only print the page's address")


def port(text):
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port has a number up to 65535")
    return int(text)


def seconds(text):
    if not text.isdigit():
        raise argparse.ArgumentTypeError("a number of seconds")
    return int(text)


def find(arguments):
    return None if arguments.local else deployments.find(arguments)


def run(deployment, arguments):
    if arguments.url and not (is_private(arguments.url) and arguments.url.endswith("/webhook")):
        raise Problem("--url is an address that begins with https://, and ends in /webhook")
    if arguments.app and (arguments.local or arguments.url):
        raise Problem("--app is for a deployment that has its first App, so it goes with neither --local nor --url: a further App has no webhook")
    if deployment is None:
        return make(LocalFile(pathlib.Path(arguments.local)), arguments, None)
    deployment.say_identity()
    store = Store(deployment.parameters, deployment.key, deployment.client("ssm"))
    hook = arguments.url or deployment.stack_outputs().get("WebhookUrl")
    missing = [name for name in IDS if name not in store.there]
    if arguments.app:
        return further(deployment, store.there, missing, arguments)
    if arguments.new_app or arguments.code or len(missing) == len(IDS):
        return make(ParameterStore(deployment), arguments, hook)
    if missing:
        raise Problem(f"{deployment.parameters} has no {', '.join(missing)}. Add it by make secrets, or make another App: scripts/mayfly setup --new-app")
    return connect(deployment, store.there, hook, arguments)


def connect(deployment, values, hook, arguments):
    """Gives the App that is there its URL."""
    app = App(values["github-app-id"], values["github-private-key"], api(deployment, arguments))
    try:
        known = app.get("/app")
    except Refused as refused:
        raise explained(refused, app.id) from None
    print(f"The App: {known.get('name')} (id {known.get('id')}) of {(known.get('owner') or {}).get('login')}")
    if not hook:
        print("The function is not deployed yet: scripts/mayfly deploy (or make native-deploy), then make setup again (or scripts/mayfly setup --url URL).")
        say_installations(app, known)
        return 0
    point(app, hook, values[WEBHOOK])
    proved = prove(app, arguments.wait)
    say_installations(app, known)
    return 0 if proved else 1


def further(deployment, values, missing, arguments):
    """Makes a further App, or tells where the one that is there is installed."""
    name = FURTHER[arguments.app]
    if missing:
        raise Problem(f"{deployment.parameters} has no {', '.join(missing)}. The first App comes first: make setup")
    first = App(values["github-app-id"], values["github-private-key"], api(deployment, arguments))
    if arguments.new_app or arguments.code or name not in values:
        if not arguments.github:
            arguments.github = web_of(first.api)
        make(ParameterStore(deployment, arguments.app), arguments, None)
    else:
        try:
            app = App(*further_app(values[name]), first.api)
        except Problem as problem:
            raise Problem(f"{deployment.parameters}/{name} {problem}. Make another App: scripts/mayfly setup --app {arguments.app} --new-app") from None
        try:
            known = app.get("/app")
        except Refused as refused:
            raise explained(refused, app.id) from None
        print(f"App {arguments.app}: {known.get('name')} (id {known.get('id')}) of {(known.get('owner') or {}).get('login')}")
        say_installations(app, known)
    say_where(first)
    return 0


def say_where(first):
    """A further App is of use only where the first one is."""
    try:
        owners = [each["account"]["login"] for each in first.pages("/app/installations")]
    except (Refused, Unreachable):
        owners = []
    print(f"Install it on the same owners and repositories as the first App{': ' + ', '.join(owners) if owners else ''}. "
          "The function takes it within 5 minutes; make doctor checks it.")


def api(deployment, arguments):
    return api_of(web(arguments.github)) if arguments.github else api_url(deployment) or PUBLIC_API


def say_installations(app, known):
    installations = app.pages("/app/installations", most=1)
    for each in installations:
        reach = "all repositories" if each.get("repository_selection") == "all" else "chosen repositories"
        print(f"Installed on {each['account']['login']}, {reach}{', SUSPENDED' if each.get('suspended_at') else ''}")
    print(f"{'To install it elsewhere' if installations else 'It is installed nowhere yet. Install it'}: {known.get('html_url')}/installations/new")


def make(target, arguments, hook):
    """Makes an App."""
    flow = Flow(target, hook, arguments.app)
    flow.next_steps = getattr(arguments, "next_steps", None) or steps(target, hook)
    form = getattr(arguments, "form", None)
    if form:
        # It was asked at the terminal, so the page begins with what the App may do.
        flow.ask(Wish(form, arguments.app))
    if arguments.code:
        finish(flow, arguments)
    else:
        serve(flow, arguments)
    app = flow.credentials
    if flow.warning:
        print(f"warning: {flow.warning}")
    print(f"The App {app.name} (id {app.app_id}) is made. Its credentials are in {flow.target}.")
    print(f"Install it: {app.page}/installations/new")
    if arguments.local:
        print(f"Then take its deliveries: make run GITHUB_APP={arguments.local}")
    elif app.api != PUBLIC_API and not arguments.app and not hasattr(arguments, "next_steps"):
        print(f"The function has to know its server: scripts/mayfly deploy --set GitHubApiUrl={app.api}")
    return 0


def steps(target, hook):
    if isinstance(target, LocalFile):
        return ["Install the App, then <code>make run GITHUB_APP=" + html.escape(str(target.path)) + "</code> takes its deliveries."]
    if target.further:
        return ["The function takes it within 5 minutes. <code>make doctor</code> checks it."]
    if hook:
        return ["<code>make setup</code> once more proves that deliveries arrive."]
    return ["Go on as in docs/getting-started.md: image and function.", "<code>make setup</code> once more gives the App the function's URL, and proves that deliveries arrive."]


def serve(flow, arguments):
    local = LocalFile(pathlib.Path(f"secrets/{FURTHER[arguments.app]}.json" if arguments.app else LOCAL), arguments.app)
    try:
        server = Server(flow, local, arguments.port)
    except OSError as failure:
        raise Problem(f"the local page can't be served on port {arguments.port}: {failure.strerror}") from None
    server.given = {"host": arguments.github} if arguments.github else {}
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    print(f"Open this page, on this machine: {server.url}\nCtrl-C stops.", flush=True)
    try:
        with contextlib.nullcontext() if arguments.no_browser else browser(server.url):
            ask_until_done(flow, arguments)
    except (KeyboardInterrupt, SystemExit):
        raise Problem(stopped(flow, arguments)) from None
    finally:
        server.shutdown()
        server.server_close()


def ask_until_done(flow, arguments):
    """Asks about whatever comes, until the page has shown that all is done."""
    with contextlib.suppress(queue.Empty):
        while flow.news.get(timeout=LAST_LOOK if flow.done else None) != SHOWN:
            confirm_arrival(flow, arguments)


def confirm_arrival(flow, arguments):
    """Before anything is written: is it the App that was wanted?"""
    app, asked, target = flow.credentials, flow.wish.organization, flow.target
    print(f"GitHub has made the App {plain(app.name)} (id {plain(app.app_id)}){f' of {plain(app.owner)}' if app.owner else ''}, at {flow.wish.web}.", flush=True)
    if asked and app.owner.lower() != asked.lower():
        print(f"warning: you asked for an App of {asked}", flush=True)
    form = getattr(arguments, "form", None)
    if form and flow.wish.web == form["host"] and asked == form["organization"] and app.owner.lower() == arguments.owner.lower():
        # Whose App it shall be, and at which GitHub, was asked at the terminal, and this is one of theirs.
        print(f"Its id, private key and webhook secret go into {target}.", flush=True)
    elif not says_yes(f"Write its id{' and private key' if arguments.app else ', private key and webhook secret'} into {target}?"):
        raise Problem(stopped(flow, arguments))
    flow.confirm(target)


@contextlib.contextmanager
def browser(url):
    """Opens a file that leads to the page, for what a browser is started with can be read by everybody on this machine. It lies where
    also a browser in a sandbox may read: below the home directory, in a folder without a dot."""
    folder = deployments.ROOT / "target"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="setup-", dir=folder) as private:
        page = pathlib.Path(private) / "open.html"
        page.touch(mode=0o600)
        page.write_text(f'<!doctype html><meta charset="utf-8"><title>Mayfly</title><meta http-equiv="refresh" content="0;url={url}"><a href="{url}">Make the GitHub App</a>\n')
        # Where there is no browser, the address is on the terminal.
        with contextlib.suppress(OSError, webbrowser.Error):
            webbrowser.open(page.as_uri())
        yield


def stopped(flow, arguments):
    if flow.done:
        return "stopped, but the App is made and its credentials are put away"
    if flow.credentials:
        return (f"stopped. The App {flow.credentials.name} is made, but its credentials were not written and are lost: delete it under "
                f"{flow.wish.settings}, or make a new private key and webhook secret there and give them to make secrets")
    if flow.state:
        return (f"stopped, nothing was written. If GitHub has made the App: its answer is the address that the browser could not open; give the code in "
                f"it to {again(flow, arguments)} within the hour, or delete the App under {flow.wish.settings}")
    return "stopped, nothing was made"


def again(flow, arguments):
    """The command that finishes what was begun, for the same target and GitHub."""
    command = "scripts/mayfly setup --code"
    if arguments.local:
        command += f" --local {arguments.local}"
    if arguments.app:
        command += f" --app {arguments.app}"
    if api_of(flow.wish.web) != PUBLIC_API:
        command += f" --github {flow.wish.web}"
    return command


def finish(flow, arguments):
    """With the code of an address that the browser could not open, because this program had been stopped."""
    prompt = "The code, from the address (code=…): "
    code = (getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline()).strip()
    if not code.isalnum():
        raise Problem("a code has letters and digits only; it stands between code= and & in the address")
    flow.wish = Wish({"host": arguments.github or "github.com", "owner": "person", "name": "app", "scope": "repository"}, arguments.app)
    flow.code = code
    flow.go_on()
    # Which permissions were asked for is not known here; the doctor compares them with the pools.
    flow.warning = ""
    if flow.waiting:
        confirm_arrival(flow, arguments)
    if flow.trouble:
        raise Problem(flow.trouble)
