"""One instance that serves nobody: client tokens at its launch, and its identity after its end."""

import json
import re
import urllib.error
import urllib.request

from botocore.exceptions import ClientError

from ..github import OPENER
from ..table import plain
from . import machines

# A request that STS has to judge within 5 minutes of its signature.
SIGNED_FOR, SPEAKS_WITHIN, LOOKS_FOR, BETWEEN, PACE = 290, 180, 60, 15, 5.0
SCRIPT = r'''#!/usr/bin/python3
# Says on the console what it signs for STS, as an instance of Mayfly does for its claim, and powers off.
import hashlib, hmac, json, os, time, urllib.request as web

def sha(text): return hashlib.sha256(text.encode()).hexdigest()
def mac(key, text): return hmac.digest(key, text.encode(), 'sha256')
def sign(region, domain, role, now):
    signed = {'content-type': 'application/x-www-form-urlencoded', 'host': f'sts.{region}.{domain}', 'x-amz-date': now,
              'x-amz-security-token': role['Token'], 'x-mayfly-audience': 'mayfly-verify'}
    lines = ['POST', '/', '', *map(':'.join, signed.items()), '', ';'.join(signed), sha('Action=GetCallerIdentity&Version=2011-06-15')]
    scope = f'{now[:8]}/{region}/sts/aws4_request'
    key = f"AWS4{role['SecretAccessKey']}".encode()
    for part in scope.split('/'): key = mac(key, part)
    text = '\n'.join(['AWS4-HMAC-SHA256', now, scope, sha('\n'.join(lines))])
    return {'host': signed['host'], 'key': role['AccessKeyId'], 'token': role['Token'], 'date': now, 'scope': scope, 'signature': mac(key, text).hex()}
def metadata(path):
    ask = web.Request('http://169.254.169.254/latest/api/token', method='PUT', headers={'X-aws-ec2-metadata-token-ttl-seconds': '60'})
    token = web.urlopen(ask, timeout=5).read().decode()
    return web.urlopen(web.Request('http://169.254.169.254/latest/meta-data/' + path, headers={'X-aws-ec2-metadata-token': token}), timeout=5).read().decode()

if __name__ == '__main__':
    os.system('shutdown -h +6')
    role = json.loads(metadata('identity-credentials/ec2/security-credentials/ec2-instance'))
    said = sign(metadata('placement/region'), metadata('services/domain'), role, time.strftime('%Y%m%dT%H%M%SZ', time.gmtime()))
    open('/dev/console', 'w').write('\nmayfly-verify: ' + json.dumps(said) + '\n')
'''
SAID = re.compile(r"^mayfly-verify: (\{.{1,8000}\})\r?$", re.MULTILINE)
FORMS = {"key": r"[A-Z0-9]{16,128}", "token": r"[A-Za-z0-9+/=_-]{16,4096}", "date": r"[0-9]{8}T[0-9]{6}Z", "signature": r"[0-9a-f]{64}"}
BODY = b"Action=GetCallerIdentity&Version=2011-06-15"


class Probe:
    """Launched by a token that was refused before; then that token is used again."""

    def __init__(self, place, answers, launches, kept, say):
        self.place, self.answers, self.launches, self.kept, self.say = place, answers, launches, kept, say
        self.id, self.launched, self.signed, self.at, self.ended, self.looked = None, None, None, None, None, None

    def begin(self):
        with self.answers.asking("token-refused", "token-reused", "identity-ended"):
            self.launches.choose()
            image = self.launches.image("boot-ubuntu-24.04")
            token = self.launches.token("probe")
            refused = self.refused(image, token)
            self.id = self.launch(image, token, refused)
            self.launched = self.place.clock.now()
            if self.answers.wants("token-reused"):
                self.again(image, token)

    def request(self, image, token, kind=None):
        return self.launches.request("probe", image, SCRIPT, {}, kind=kind, token=token)

    def refused(self, image, token):
        """How EC2 refuses the first request with the token; None where it was not asked."""
        if not self.answers.wants("token-refused"):
            return None
        kind = self.not_offered()
        try:
            numbers = machines.launch(self.place, self.kept, self.request(image, token, kind))
        except ClientError as refusal:
            return refusal.response["Error"]["Code"]
        machines.terminate(self.place, set(numbers))
        self.answers.open("token-refused", f"EC2 has launched what it was meant to refuse ({kind}); it was ended at once")
        return None

    def not_offered(self):
        """A type that the zone has not; else one of the other architecture."""
        offered = {}
        for where, name in (("region", self.place.deployment.region), ("availability-zone", self.launches.zone)):
            pages = self.place.ec2.get_paginator("describe_instance_type_offerings").paginate(LocationType=where, Filters=[{"Name": "location", "Values": [name]}])
            offered[where] = {each["InstanceType"] for page in pages for each in page["InstanceTypeOfferings"]}
        elsewhere = sorted(each for each in offered["region"] - offered["availability-zone"] if each.endswith((".large", ".xlarge")))
        if elsewhere and offered["availability-zone"]:
            return elsewhere[0]
        return "t4g.micro" if self.launches.architecture == "x86_64" else "t3.micro"

    def launch(self, image, token, refused):
        try:
            number = machines.launch(self.place, self.kept, self.request(image, token))[0]
        except ClientError as refusal:
            code = refusal.response["Error"]["Code"]
            if not code.startswith("IdempotentParameterMismatch"):
                raise
            if refused:
                self.answers.differs("token-refused", f"after {refused} the same token is refused with {code}: a refusal is remembered")
            number = machines.launch(self.place, self.kept, self.request(image, self.launches.token("probe again")))[0]
            return number
        if refused:
            self.answers.confirmed("token-refused", f"after {refused} the same token launched, with another type")
        return number

    def again(self, image, token):
        if len(self.launches.types) < 2:
            self.answers.open("token-reused", f"only {self.launches.types[0]} is offered, and it takes two types")
            return
        try:
            number = machines.launch(self.place, self.kept, self.request(image, token, self.launches.types[1]))[0]
        except ClientError as refusal:
            code = refusal.response["Error"]["Code"]
            if code != "IdempotentParameterMismatch":
                raise
            self.answers.confirmed("token-reused", f"refused with {code}")
            return
        if number == self.id:
            self.answers.confirmed("token-reused", "answered with the first instance; nothing was launched")
        else:
            machines.terminate(self.place, {number})
            self.answers.differs("token-reused", "a second instance was launched (and ended at once): the token is no lock where the type differs")

    # ---- identity

    @staticmethod
    def pace():
        return PACE

    def step(self):
        """Whether it is done."""
        if self.id is None or not self.answers.wants("identity-ended"):
            return True
        with self.answers.asking("identity-ended"):
            self.look(self.place.clock.now())
        return not self.answers.wants("identity-ended")

    def look(self, now):
        if self.signed is None:
            self.listen(now)
        elif self.ended is None:
            found = machines.described(self.place, {self.id}).get(self.id)
            if found is not None and machines.state(found) == "terminated":
                self.ended = now
            elif now - self.at >= SIGNED_FOR - LOOKS_FOR:
                self.answers.open("identity-ended", "the instance was not seen terminated while its signature was good")
        elif self.looked is None or now - self.looked >= BETWEEN:
            self.looked = now
            self.judge(now)

    def listen(self, now):
        said = signed_in(machines.console(self.place, self.id))
        if said is not None:
            arn = self.ask(said)
            if arn is None or not arn.endswith(f":assumed-role/aws:ec2-instance/{self.id}"):
                self.answers.differs("identity-ended", f"STS does not take the identity of the live instance either ({'refused' if arn is None else 'it names somebody else'})")
                return
            self.signed, self.at = said, now
            self.say(f"identity-ended: STS takes the instance's identity {now - self.launched:.0f} s after its launch; ending it")
            machines.terminate(self.place, {self.id})
        elif now - self.launched >= SPEAKS_WITHIN:
            self.answers.open("identity-ended", f"the instance said nothing on its console within {SPEAKS_WITHIN} s")

    def judge(self, now):
        arn, since = self.ask(self.signed), now - self.ended
        if arn is None:
            self.answers.differs("identity-ended", f"refused {since:.0f} s after the instance had terminated", seconds={"refused after its end": round(since)})
        elif since >= LOOKS_FOR:
            self.answers.confirmed("identity-ended", f"still taken {since:.0f} s after the instance had terminated")
        elif now - self.at >= SIGNED_FOR:
            self.answers.open("identity-ended", f"taken {since:.0f} s after the end; then the signature was too old")

    def ask(self, said):
        return ask_sts(self.place, said)


def signed_in(text):
    """What the instance has said, in the forms that it must have; None where there is nothing of it. The console is input like any other."""
    for each in SAID.findall(text):
        try:
            found = json.loads(each)
        except ValueError:
            continue
        if isinstance(found, dict) and all(isinstance(found.get(name), str) and re.fullmatch(form, found[name]) for name, form in FORMS.items()):
            return {name: found[name] for name in FORMS}
    return None


def ask_sts(place, said):
    """The ARN that STS names; None where it refuses. Made anew of four values, as the function makes it."""
    region = place.deployment.region
    domain = "amazonaws.com.cn" if place.partition == "aws-cn" else "amazonaws.com"
    names = "content-type;host;x-amz-date;x-amz-security-token;x-mayfly-audience"
    headers = {
        "content-type": "application/x-www-form-urlencoded", "accept": "application/json", "x-amz-date": said["date"], "x-amz-security-token": said["token"],
        "x-mayfly-audience": "mayfly-verify",
        "authorization": f"AWS4-HMAC-SHA256 Credential={said['key']}/{said['date'][:8]}/{region}/sts/aws4_request, SignedHeaders={names}, Signature={said['signature']}",
    }
    try:
        with OPENER.open(urllib.request.Request(f"https://sts.{region}.{domain}/", BODY, headers), timeout=15) as answer:
            return plain(json.load(answer)["GetCallerIdentityResponse"]["GetCallerIdentityResult"]["Arn"])
    except urllib.error.HTTPError as error:
        with error:
            if error.code in (400, 401, 403):
                return None
            raise ValueError(f"STS answered {error.code}") from None
