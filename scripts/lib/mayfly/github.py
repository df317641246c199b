"""GitHub's REST API, as the App or as one of its installations."""

import base64
import ipaddress
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request

from .private_key import PrivateKey
from .problem import Problem

PUBLIC_API = "https://api.github.com"
SECONDS = 20


class Refused(Exception):
    """GitHub's answer is an error."""

    def __init__(self, call, status, message):
        super().__init__(f"GitHub answered {call} with {status}: {message}")
        self.status, self.message = status, message


class Unreachable(Exception):
    """No answer from GitHub, or none of its own."""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would take the Authorization header to wherever it points."""

    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(NoRedirect)


def is_loopback(host):
    """Whether it is this machine, by its name or address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_private(url):
    """Whether credentials may go there: nobody on the way reads them."""
    try:
        parts = urllib.parse.urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and "@" not in parts.netloc and (parts.scheme == "https" or parts.scheme == "http" and is_loopback(host))


def api_of(web):
    """The API's address of a GitHub: github.com, HOST.ghe.com, or an Enterprise Server."""
    host = urllib.parse.urlsplit(web).netloc
    if host == "github.com":
        return PUBLIC_API
    return f"https://api.{host}" if host.endswith(".ghe.com") else f"{web}/api/v3"


def web_of(api):
    """The address that people use, of an API's."""
    if api == PUBLIC_API:
        return "https://github.com"
    parts = urllib.parse.urlsplit(api)
    if parts.netloc.startswith("api.") and parts.netloc.endswith(".ghe.com"):
        return f"https://{parts.netloc[4:]}"
    return f"{parts.scheme}://{parts.netloc}"


class Calls:
    """How many requests this process has made, for who has to bound them."""

    made = 0


def request(method, url, authorization=None, body=None):
    """Status, headers and JSON of an answer; raises Refused, Unreachable."""
    Calls.made += 1
    if not is_private(url):
        raise Unreachable(f"{url} is not https, and credentials go there")
    parts = urllib.parse.urlsplit(url)
    call = f"{method} {parts.path}"
    headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28", "User-Agent": "mayfly-operator"}
    if authorization:
        headers["Authorization"] = f"Bearer {authorization}"
    data = None if body is None else json.dumps(body).encode()
    if data is not None:
        headers["Content-Type"] = "application/json"
    try:
        with OPENER.open(urllib.request.Request(url, data, headers, method=method), timeout=SECONDS) as answer:
            text = answer.read()
            return answer.status, answer.headers, json.loads(text) if text else {}
    except urllib.error.HTTPError as error:
        with error:
            raise Refused(call, error.code, message_of(error.read())) from None
    except OSError as failure:
        raise Unreachable(f"no answer of GitHub's API from {parts.netloc} ({getattr(failure, 'reason', failure)})") from None
    except ValueError as failure:
        # An answer that is no JSON, from a proxy for instance. What is wrong with a header is not repeated: it has the token.
        reason = "what came is no JSON" if isinstance(failure, json.JSONDecodeError) else "the request can't be made"
        raise Unreachable(f"no answer of GitHub's API from {parts.netloc} ({reason})") from None


def message_of(body):
    try:
        return str(json.loads(body).get("message", ""))[:300]
    except (ValueError, AttributeError):
        return "(no JSON)"


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


class App:
    """What the App itself may ask, by a JWT."""

    def __init__(self, app_id, private_key, api=PUBLIC_API, clock=time.time):
        self.id, self.api, self.clock = str(app_id), api.rstrip("/"), clock
        try:
            self.key = PrivateKey(private_key)
        except Problem as problem:
            raise Problem(f"the private key {problem}; put the .pem file as GitHub gave it into secrets/github-private-key.pem, then make secrets") from None

    def jwt(self):
        now = int(self.clock())
        # GitHub takes 10 minutes at most; a minute back for clocks that differ.
        claims = {"iat": now - 60, "exp": now + 540, "iss": self.id}
        signed = b".".join(encode(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT"}, claims))
        return (signed + b"." + encode(self.key.sign(signed))).decode()

    def get(self, path):
        return request("GET", self.api + path, self.jwt())[2]

    def patch(self, path, body):
        return request("PATCH", self.api + path, self.jwt(), body)[2]

    def post(self, path, body=None):
        return request("POST", self.api + path, self.jwt(), body or {})[2]

    def pages(self, path, most=10):
        return pages(self.api, path, self.jwt(), most)

    def installation(self, number, permissions):
        token = self.post(f"/app/installations/{number}/access_tokens", {"permissions": permissions})["token"]
        return Installation(self.api, token)


class Installation:
    """What an installation may read."""

    def __init__(self, api, token):
        self.api, self.token = api, token

    def get(self, path):
        return request("GET", self.api + path, self.token)[2]

    def pages(self, path, most=10, key=None):
        return pages(self.api, path, self.token, most, key)


def pages(api, path, authorization, most, key=None):
    """The items of a list, of so many pages of 100 at most; GitHub's own links lead from one to the next."""
    separator = "&" if "?" in path else "?"
    url, found = f"{api}{path}{separator}per_page=100", []
    for _ in range(most):
        _, headers, answer = request("GET", url, authorization)
        found += answer[key] if key else answer
        follow = re.search(r'<([^>]+)>;\s*rel="next"', headers.get("Link") or "")
        if not follow:
            break
        url = follow[1]
        if urllib.parse.urlsplit(url).netloc != urllib.parse.urlsplit(api).netloc:
            raise Unreachable("GitHub's list goes on at another host")
    return found


def explained(failure, app_id):
    """What to do about a refusal of the App's own calls."""
    if isinstance(failure, Refused) and failure.status == 401:
        return Problem(
            f"GitHub does not accept id {app_id} and the private key ({failure.message}). They are not of one App, the key was deleted, "
            "this machine's clock is wrong, or it is another server's App (--github)")
    return Problem(str(failure))
