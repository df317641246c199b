"""The making of one App: what has happened so far, and what comes next."""

import hmac
import queue
import secrets
import threading

from ..github import Refused, Unreachable, api_of, request
from ..problem import Problem
from .credentials import Credentials

LOST = ("GitHub took the code no more ({status}). A code is good for one hour and once. If the App is listed under {settings}, delete "
        "it there (Advanced, Delete GitHub App), for its key was shown to nobody, and begin again.")


ARRIVED, SHOWN = "arrived", "shown"


class Flow:
    """A state is made for each form that goes to GitHub, and only the answer to it is taken. What came is written when the terminal
    has confirmed it: whoever found out the page's address could have sent credentials of an App of their own."""

    def __init__(self, target, hook, further=None):
        self.target, self.hook, self.further = target, hook, further
        self.lock = threading.Lock()
        self.wish = self.state = self.code = self.credentials = None
        self.done = self.waiting = self.confirmed = False
        # For the terminal: ARRIVED when it has to confirm, SHOWN when the page has said how it ended.
        self.news = queue.SimpleQueue()
        # For the page: what came is written, or something is wrong.
        self.settled = threading.Event()
        self.next_steps = []
        self.trouble = self.warning = ""

    def ask(self, wish):
        with self.lock:
            if self.done or self.credentials:
                raise Problem("An App is made already; this page makes one.")
            self.wish, self.state, self.trouble = wish, secrets.token_urlsafe(32), ""

    def answered(self, code, state):
        """GitHub sent the browser back. What comes twice does nothing the second time."""
        with self.lock:
            if not self.state or not hmac.compare_digest(state.encode(), self.state.encode()):
                raise Problem("This answer does not belong to the form that this page sent, so it was not used. Somebody else's link, or an older "
                              "form of yours: begin again, and delete an App that you did not want at GitHub.")
            if not code:
                raise Problem("GitHub sent no code along, so no App was made. Begin again.")
            if self.code and code != self.code:
                raise Problem(f"An App was made already. GitHub seems to have made a second one: look under {self.wish.settings}, and delete "
                              f"the one that is not {self.name()}.")
            self.code = code
            self.go_on()

    def begin_again(self):
        """Forgets the form; never credentials that GitHub will not give a second time."""
        with self.lock:
            if not self.credentials:
                self.wish = self.state = self.code = None
                self.trouble = ""

    def go_on(self):
        """Exchanges the code where that has not been done; puts the credentials away where that is confirmed, else asks for it."""
        if self.done or self.waiting:
            return
        self.trouble = ""
        self.settled.clear()
        try:
            self.exchange()
            if not self.confirmed:
                self.waiting = True
                self.news.put(ARRIVED)
                return
            self.target.put(self.credentials)
            self.done = True
        except Problem as problem:
            self.trouble = str(problem)
        self.settled.set()

    def confirm(self, target):
        """The person at the terminal has seen what came, and wants it in that target; for another one the terminal is asked anew."""
        with self.lock:
            if self.waiting and self.target is target:
                self.waiting, self.confirmed = False, True
                self.go_on()

    def retry(self):
        with self.lock:
            if not self.code:
                raise Problem("There is nothing to try again yet. Begin with the form.")
            self.go_on()

    def elsewhere(self, target):
        """Puts the credentials to another place, when the first one can't be written."""
        with self.lock:
            if not self.credentials:
                raise Problem("There are no credentials to keep. Begin with the form.")
            if not self.done:
                self.target, self.waiting, self.confirmed = target, False, False
                self.go_on()

    def exchange(self):
        if self.credentials:
            return
        api = api_of(self.wish.web)
        try:
            _, _, answer = request("POST", f"{api}/app-manifests/{self.code}/conversions", body={})
        except Refused as refused:
            if refused.status in (404, 422):
                self.code = None
                raise Problem(LOST.format(status=refused.status, settings=self.wish.settings)) from None
            raise Problem(f"GitHub failed ({refused.status}). Try again within the hour.") from None
        except Unreachable as failure:
            raise Problem(f"There was {failure}. Try again within the hour.") from None
        try:
            self.credentials = Credentials(answer, api)
        except (KeyError, TypeError):
            raise Problem(f"GitHub's answer has no credentials in it. Delete the App under {self.wish.settings}, and begin again.") from None
        self.warning = self.missing()

    def missing(self):
        given = self.credentials
        lacking = [text for name, level, text, _ in self.wish.permissions if given.permissions.get(name) not in (level, "write")]
        lacking += [f"the event {event}" for event in self.wish.events if event not in given.events]
        if not lacking:
            return ""
        return f"The App lacks {', '.join(lacking)}. Add what is missing in its settings, under Permissions & events."

    def name(self):
        return self.credentials.name if self.credentials else "the first"
