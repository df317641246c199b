"""What a server before moto hands on to it."""

import urllib.error
import urllib.request


def forwarded(upstream, method, path, headers, body):
    # The host is signed by nobody's leave here; moto finds the service by the credential's scope.
    kept = {name: value for name, value in headers.items() if name.lower() not in ("host", "connection", "expect")}
    kept.setdefault("Content-Type", "application/octet-stream")  # else urllib calls it a form
    try:
        with urllib.request.urlopen(urllib.request.Request(upstream + path, data=body or None, headers=kept, method=method)) as response:
            status, found, content = response.status, dict(response.headers), response.read()
    except urllib.error.HTTPError as error:
        with error:
            status, found, content = error.code, dict(error.headers), error.read()
    return status, {name: value for name, value in found.items() if name.lower() not in ("content-length", "transfer-encoding", "connection", "server", "date")}, content
