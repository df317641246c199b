"""What boot.sh signs for its claim is what botocore would sign, under each Python at hand; and it parses for Python 3.9."""

import ast
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

import botocore.auth
import botocore.awsrequest
import botocore.credentials

SCRIPT = "src/main/resources/io/mayfly/ec2/boot.sh"
BODY = "Action=GetCallerIdentity&Version=2011-06-15"
ROLE = "identity-credentials/ec2/security-credentials/ec2-instance"


def at_hand():
    """The interpreters of the versions that stock images have, where they are here and work."""
    found = {sys.executable}
    for minor in range(9, 15):
        python = shutil.which(f"python3.{minor}")
        if python and not subprocess.run([python, "-c", ""], capture_output=True).returncode:
            found.add(python)
    return sorted(found)


class Instance(http.server.BaseHTTPRequestHandler):
    """The metadata service and the function of one instance."""

    def do_PUT(self):
        self.answer(b"t0k3n")

    def do_GET(self):
        self.answer(self.server.metadata[self.path.removeprefix("/latest/meta-data/")].encode())

    def do_POST(self):
        self.server.claim = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.answer(b'{"runner": "mayfly-i-0abc", "jit": "QUJD"}')

    def answer(self, body):
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def claim(python, region, domain, credentials):
    """What boot.sh claims with by this interpreter, and for whom."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Instance)
    names = ("AccessKeyId", "SecretAccessKey", "Token")
    server.metadata = {
        "placement/region": region,
        "services/domain": domain,
        ROLE: json.dumps(dict(zip(names, credentials)), indent=2),
    }
    threading.Thread(target=server.serve_forever).start()
    host = f"127.0.0.1:{server.server_port}"
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(shutil.which(python), os.path.join(folder, "python3"))
        settings = {"MAYFLY_PART": "none", "MAYFLY_IMDS": f"http://{host}", "MAYFLY_URL": f"http://{host}/", "MAYFLY_TICKET": "a.b"}
        said = subprocess.run(
            ["bash", "-c", f". {SCRIPT}; ask"],
            env=os.environ | settings | {"PATH": f"{folder}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
        )
    server.shutdown()
    server.server_close()
    if said.stdout != "200 - mayfly-i-0abc QUJD\n":
        raise AssertionError(f"{python}: {said.stdout}{said.stderr}")
    return server.claim, host


def signature(claim, host, region, domain, secret, body=BODY):
    """botocore's, of the request that the function makes of a claim."""
    request = botocore.awsrequest.AWSRequest(
        "POST",
        f"https://sts.{region}.{domain}/",
        data=body,
        headers={
            "content-type": "application/x-www-form-urlencoded",
            "x-mayfly-audience": host,
            "X-Amz-Date": claim["date"],
            "X-Amz-Security-Token": claim["token"],
        },
    )
    request.context["timestamp"] = claim["date"]
    signer = botocore.auth.SigV4Auth(
        botocore.credentials.Credentials(claim["key"], secret, claim["token"]), "sts", region
    )
    return signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)


class Claim(unittest.TestCase):
    PLACES = (("eu-central-1", "amazonaws.com"), ("us-gov-west-1", "amazonaws.com"), ("cn-north-1", "amazonaws.com.cn"))
    CREDENTIALS = ("ASIAABCDEFGHIJKLMNOP", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "IQoJb3JpZ2luX2VjEFM/+aB" * 45 + "==")

    def test_signature_is_botocores(self):
        for python in at_hand():
            for region, domain in self.PLACES:
                with self.subTest(python=python, region=region):
                    sent, host = claim(python, region, domain, self.CREDENTIALS)
                    self.assertEqual(list(self.CREDENTIALS[::2]), [sent["key"], sent["token"]])
                    self.assertEqual(signature(sent, host, region, domain, self.CREDENTIALS[1]), sent["signature"])

    def test_another_request_has_another_signature(self):
        sent, host = claim(sys.executable, *self.PLACES[0], self.CREDENTIALS)
        for changed in ((host + "0", *self.PLACES[0], self.CREDENTIALS[1]), (host, *self.PLACES[1], self.CREDENTIALS[1])):
            self.assertNotEqual(signature(sent, *changed), sent["signature"])
        self.assertNotEqual(signature(sent, host, *self.PLACES[0], self.CREDENTIALS[1], BODY + "&"), sent["signature"])

    def test_parses_for_the_oldest_python_of_a_stock_image(self):
        with open(SCRIPT) as script:
            (code,) = re.findall(r"<<'PY'\n(.*?)\nPY\n", script.read(), re.DOTALL)
        ast.parse(code, feature_version=(3, 9))


if __name__ == "__main__":
    print("claims signed by", ", ".join(at_hand()))
    unittest.main()
