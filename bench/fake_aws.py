#!/usr/bin/env python3
"""A fast, minimal stand-in for the AWS calls a runner controller makes, on one endpoint.
Loopback only; for benchmarks, where moto_server's own latency (milliseconds a call)
would hide the differences. For fidelity use moto_server instead (--aws moto).

  EC2 (query API, XML)    RunInstances (ClientToken idempotency, tags, DryRun), DescribeInstances
                          (ids, filters, pages), CreateTags, TerminateInstances
  STS (JSON)              GetCallerIdentity of an instance, whose id is the token in base64
  SSM (JSON 1.1)          GetParameters

Signatures (SigV4) are required to be present, not verified.

Control:
  GET  /_ctl/stats      calls by action, running instances
  GET  /_ctl/log        the last 1,000 calls
  POST /_ctl/reset      forget instances, counts
  GET  /_ctl/list       all instances
  POST /_ctl/clear      forget instances only
  POST /_ctl/fill       {"count": 1000, "repositories": ["o/r"]} as many instances of a deployment more, each
                        with all that EC2 says of one (5 KB); of three one runs, and two have ended
  POST /_ctl/launch     {tag: value} an instance with these tags; answers its id
  POST /_ctl/params     {"/name": "value"} set SSM parameters
  POST /_ctl/rules      [{"match": regex on the action, "code": "InsufficientInstanceCapacity",
                          "status": 500, "message": "", "times": 1, "after": 0, "delay_ms": 0,
                          "mode": "error"|"hang"|"close"|"slow"|"lost"}]
                        "lost": do it, then drop the connection without an answer
  POST /_ctl/latency    {"default_ms": 0, "routes": {regex: ms}}
--fail 'RunInstances=InsufficientInstanceCapacity:500*2' (regex=code[:status][*times]).
"""
from __future__ import annotations

import argparse
import base64
import collections
import itertools
import re
import sys
import threading
import time
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

import minihttp

NS = "http://ec2.amazonaws.com/doc/2016-11-15/"
STATES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}


class AwsError(Exception):
    def __init__(self, code, message="", status=400):
        super().__init__(code)
        self.code, self.message, self.status = code, message or code, status


def fail_rule(text):
    match, _, kind = text.rpartition("=")
    times = -1
    if "*" in kind:
        kind, n = kind.split("*")
        times = int(n)
    code, _, status = kind.partition(":")
    if code in ("hang", "close"):
        return {"match": match, "mode": code, "times": times}
    if code == "slow":
        return {"match": match, "mode": "slow", "delay_ms": int(status or 1000), "times": times}
    return {"match": match, "code": code, "status": int(status or 400), "times": times}


def members(q, prefix):
    """The values of prefix.1, prefix.2, ... in order."""
    out = []
    for i in itertools.count(1):
        v = q.get("%s.%d" % (prefix, i))
        if v is None:
            return out
        out.append(v)


def tag_xml(tags):
    return "<tagSet>" + "".join("<item><key>%s</key><value>%s</value></item>" % (escape(k), escape(v))
                                for k, v in tags.items()) + "</tagSet>"


# What EC2 says of an instance besides what instance_xml has: nobody here asks for it, and all of it is read.
DETAILS = (
    "<dnsName/><reason/><amiLaunchIndex>0</amiLaunchIndex><productCodes/><placement><availabilityZone>us-east-1a</availabilityZone>"
    "<availabilityZoneId>use1-az2</availabilityZoneId><groupName/><tenancy>default</tenancy></placement><monitoring><state>disabled</state></monitoring>"
    "<subnetId>subnet-0a0a0a0a0a0a0a0a0</subnetId><vpcId>vpc-0a0a0a0a0a0a0a0a0</vpcId><sourceDestCheck>true</sourceDestCheck>{groups}"
    "<architecture>x86_64</architecture><rootDeviceType>ebs</rootDeviceType><rootDeviceName>/dev/sda1</rootDeviceName><blockDeviceMapping><item>"
    "<deviceName>/dev/sda1</deviceName><ebs><volumeId>vol-{n}</volumeId><status>attached</status><attachTime>{time}</attachTime>"
    "<deleteOnTermination>true</deleteOnTermination></ebs></item></blockDeviceMapping><instanceLifecycle>spot</instanceLifecycle>"
    "<spotInstanceRequestId>sir-{short}</spotInstanceRequestId><virtualizationType>hvm</virtualizationType><hypervisor>xen</hypervisor>"
    "<networkInterfaceSet><item><networkInterfaceId>eni-{n}</networkInterfaceId><subnetId>subnet-0a0a0a0a0a0a0a0a0</subnetId>"
    "<vpcId>vpc-0a0a0a0a0a0a0a0a0</vpcId><description/><ownerId>123456789012</ownerId><status>in-use</status><macAddress>02:00:00:00:00:00</macAddress>"
    "<privateIpAddress>{ip}</privateIpAddress><privateDnsName>ip-{host}.ec2.internal</privateDnsName><sourceDestCheck>true</sourceDestCheck>"
    "<interfaceType>interface</interfaceType>{groups}<attachment><attachmentId>eni-attach-{n}</attachmentId><deviceIndex>0</deviceIndex>"
    "<networkCardIndex>0</networkCardIndex><status>attached</status><attachTime>{time}</attachTime><deleteOnTermination>true</deleteOnTermination>"
    "</attachment><privateIpAddressesSet><item><privateIpAddress>{ip}</privateIpAddress><privateDnsName>ip-{host}.ec2.internal</privateDnsName>"
    "<primary>true</primary></item></privateIpAddressesSet><ipv6AddressesSet/><operator><managed>false</managed></operator></item></networkInterfaceSet>"
    "<iamInstanceProfile><arn>arn:aws:iam::123456789012:instance-profile/mayfly/default/mayfly-default-runner</arn><id>AIPA1234567890EXAMPLE</id>"
    "</iamInstanceProfile><ebsOptimized>false</ebsOptimized><enaSupport>true</enaSupport><capacityReservationSpecification>"
    "<capacityReservationPreference>open</capacityReservationPreference></capacityReservationSpecification><hibernationOptions><configured>false"
    "</configured></hibernationOptions><enclaveOptions><enabled>false</enabled></enclaveOptions><metadataOptions><state>applied</state>"
    "<httpTokens>required</httpTokens><httpPutResponseHopLimit>1</httpPutResponseHopLimit><httpEndpoint>enabled</httpEndpoint>"
    "<httpProtocolIpv6>disabled</httpProtocolIpv6><instanceMetadataTags>disabled</instanceMetadataTags></metadataOptions><cpuOptions>"
    "<coreCount>2</coreCount><threadsPerCore>2</threadsPerCore></cpuOptions><platformDetails>Linux/UNIX</platformDetails>"
    "<usageOperation>RunInstances:SV001</usageOperation><usageOperationUpdateTime>{time}</usageOperationUpdateTime><privateDnsNameOptions>"
    "<hostnameType>ip-name</hostnameType><enableResourceNameDnsARecord>false</enableResourceNameDnsARecord><enableResourceNameDnsAAAARecord>false"
    "</enableResourceNameDnsAAAARecord></privateDnsNameOptions><maintenanceOptions><autoRecovery>default</autoRecovery><rebootMigration>default"
    "</rebootMigration></maintenanceOptions><currentInstanceBootMode>uefi</currentInstanceBootMode><bootMode>uefi-preferred</bootMode>"
    "<networkPerformanceOptions><bandwidthWeighting>default</bandwidthWeighting></networkPerformanceOptions><operator><managed>false</managed></operator>")
GROUPS = "<groupSet><item><groupId>sg-0c0c0c0c0c0c0c0c0</groupId><groupName>mayfly-default-runner</groupName></item></groupSet>"


class Aws:
    def __init__(self):
        self.lock = threading.Lock()
        self.params = {}
        self.latency_default = 0.0
        self.latency_routes = []
        self.boot_rules = []
        self.reset()

    def reset(self):
        with self.lock:
            self.instances = {}
            self.by_client_token = {}
            self.calls = collections.Counter()
            self.injected = collections.Counter()
            self.log = collections.deque(maxlen=1000)
            self.rules = [dict(r, _seen=0) for r in self.boot_rules]
            self.ids = itertools.count(1)

    # ---- EC2
    def new_instance(self, tags, itype="t3.micro", image="ami-12345678", token=None):
        n = next(self.ids)
        iid = "i-%017x" % (0xabc000000 + n)
        inst = {"id": iid, "tags": tags, "type": itype, "image": image, "state": "pending", "token": token,
                "launch": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
                "ip": "10.0.%d.%d" % (n // 250 % 250, n % 250 + 4)}
        self.instances[iid] = inst
        return inst

    @staticmethod
    def instance_xml(i):
        return ("<item><instanceId>%s</instanceId><imageId>%s</imageId><instanceState><code>%d</code><name>%s</name>"
                "</instanceState><privateDnsName/><instanceType>%s</instanceType><launchTime>%s</launchTime>"
                "<privateIpAddress>%s</privateIpAddress><clientToken>%s</clientToken>%s%s</item>") % (
            i["id"], i["image"], STATES[i["state"]], i["state"], i["type"], i["launch"], i["ip"],
            escape(i["token"] or ""), tag_xml(i["tags"]), i.get("details", ""))

    def fill(self, count, repositories):
        """Instances of a deployment, of real size; they were launched just now, so that nobody has to end one."""
        with self.lock:
            for n in range(count):
                repository, job = repositories[n % len(repositories)], 30000000000 + n
                tags = {"Name": "mayfly-%d-1" % job, "mayfly:deployment": "default", "mayfly:pool": "default", "mayfly:scope": "repos/" + repository,
                        "mayfly:scope-id": str(1 + n % len(repositories)), "mayfly:repository": repository, "mayfly:installation": "1", "mayfly:job": str(job),
                        "mayfly:runner-id": str(100000 + n), "mayfly:timeouts": "300/300/21600", "aws:ec2spot:fleet-request-id": "sfr-%d" % n}
                made = self.new_instance(tags, "c7i.xlarge", token="%064x" % n)
                made["state"] = "terminated" if n % 3 else "running"
                made["details"] = DETAILS.format(n=made["id"][2:], short=made["id"][-8:], time=made["launch"], ip=made["ip"],
                                                 host=made["ip"].replace(".", "-"), groups=GROUPS)

    @staticmethod
    def spec_tags(q):
        tags = {}
        for n in itertools.count(1):
            rt = q.get("TagSpecification.%d.ResourceType" % n)
            if rt is None:
                return tags
            if rt == "instance":
                for m in itertools.count(1):
                    k = q.get("TagSpecification.%d.Tag.%d.Key" % (n, m))
                    if k is None:
                        break
                    tags[k] = q.get("TagSpecification.%d.Tag.%d.Value" % (n, m), "")

    def run_instances(self, q):
        if q.get("DryRun") == "true":
            raise AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
        token = q.get("ClientToken")
        with self.lock:
            made, asked = self.by_client_token.get(token, (None, None)) if token else (None, None)
            if made is not None and asked != q:
                raise AwsError("IdempotentParameterMismatch", "The client token was used before with other parameters.")
            if made is not None and all(i["state"] in ("shutting-down", "terminated") for i in made):
                raise AwsError("IdempotentInstanceTerminated", "The instance of this client token is terminated.")
            if made is None:
                if not (q.get("ImageId") or any(k.startswith("LaunchTemplate.") for k in q)):
                    raise AwsError("MissingParameter", "The request must contain the parameter ImageId")
                count = int(q.get("MaxCount", "1"))
                made = [self.new_instance(self.spec_tags(q), q.get("InstanceType", "t3.micro"),
                                          q.get("ImageId", "ami-12345678"), token=token)
                        for _ in range(count)]
                if token:
                    self.by_client_token[token] = made, q
        return "<reservationId>r-0123456789abcdef0</reservationId><ownerId>123456789012</ownerId><groupSet/><instancesSet>%s</instancesSet>" % \
            "".join(map(self.instance_xml, made))

    def select(self, q):
        ids = members(q, "InstanceId")
        with self.lock:
            got = list(self.instances.values())
        if ids:
            known = {i["id"] for i in got}
            bad = [i for i in ids if i not in known]
            if bad:
                raise AwsError("InvalidInstanceID.NotFound", "The instance IDs '%s' do not exist" % ", ".join(bad))
            got = [i for i in got if i["id"] in ids]
        for n in itertools.count(1):
            name = q.get("Filter.%d.Name" % n)
            if name is None:
                return got
            vals = set(members(q, "Filter.%d.Value" % n))
            if name == "instance-state-name":
                got = [i for i in got if i["state"] in vals]
            elif name.startswith("tag:"):
                got = [i for i in got if i["tags"].get(name[4:]) in vals]
            elif name == "tag-key":
                got = [i for i in got if vals & set(i["tags"])]
            elif name == "instance-id":
                got = [i for i in got if i["id"] in vals]
            elif name == "client-token":
                got = [i for i in got if i["token"] in vals]

    def describe(self, q):
        for i in list(self.instances.values()):
            if i["state"] == "pending":
                i["state"] = "running"
        got = self.select(q)
        start, size = int(q.get("NextToken") or 0), int(q.get("MaxResults") or 1000)
        more = "<nextToken>%d</nextToken>" % (start + size) if start + size < len(got) else ""
        return "<reservationSet>%s</reservationSet>" % "".join(
            "<item><reservationId>r-0123456789abcdef0</reservationId><ownerId>123456789012</ownerId><groupSet/>"
            "<instancesSet>%s</instancesSet></item>" % self.instance_xml(i) for i in got[start:start + size]) + more

    def terminate(self, q):
        out = []
        for i in self.select(q):
            prev = i["state"]
            i["state"] = "terminated" if prev == "terminated" else "shutting-down"
            out.append("<item><instanceId>%s</instanceId><currentState><code>%d</code><name>%s</name></currentState>"
                       "<previousState><code>%d</code><name>%s</name></previousState></item>" % (
                           i["id"], STATES[i["state"]], i["state"], STATES[prev], prev))
        return "<instancesSet>%s</instancesSet>" % "".join(out)

    def create_tags(self, q):
        tags = {q["Tag.%d.Key" % n]: q.get("Tag.%d.Value" % n, "") for n in itertools.takewhile(
            lambda n: "Tag.%d.Key" % n in q, itertools.count(1))}
        for i in self.select({k.replace("ResourceId", "InstanceId"): v for k, v in q.items() if k.startswith("ResourceId")}):
            i["tags"].update(tags)
        return "<return>true</return>"

    EC2 = {"RunInstances": run_instances, "DescribeInstances": describe, "TerminateInstances": terminate, "CreateTags": create_tags}

    # ---- STS
    @staticmethod
    def caller_identity(req):
        instance = base64.b64decode(req.headers["x-amz-security-token"]).decode().strip()
        return {"GetCallerIdentityResponse": {
            "GetCallerIdentityResult": {
                "Account": "123456789012", "Arn": "arn:aws:sts::123456789012:assumed-role/aws:ec2-instance/" + instance,
                "UserId": "123456789012:aws:ec2-instance:" + instance},
            "ResponseMetadata": {"RequestId": "00000000-0000-4000-8000-000000000000"}}}

    # ---- SSM
    def param(self, name):
        return {"Name": name, "Type": "SecureString", "Value": self.params[name], "Version": 1,
                "LastModifiedDate": 1700000000.0, "DataType": "text",
                "ARN": "arn:aws:ssm:us-east-1:123456789012:parameter" + name}

    def ssm_get_many(self, b):
        return {"Parameters": [self.param(n) for n in b["Names"] if n in self.params],
                "InvalidParameters": [n for n in b["Names"] if n not in self.params]}

    JSON = {"AmazonSSM.GetParameters": ssm_get_many}

    # ---- dispatch
    def control(self, req):
        name = req.path[len("/_ctl/"):]
        if name == "stats":
            live = collections.Counter(i["state"] for i in self.instances.values())
            return 200, {"calls": dict(self.calls), "injected": dict(self.injected), "instances": dict(live)}
        if name == "log":
            return 200, list(self.log)
        if name == "list":
            return 200, list(self.instances.values())
        b = req.json()
        if name == "launch":
            return 200, {"id": self.new_instance(b)["id"]}
        if name == "reset":
            self.reset()
        elif name == "clear":
            with self.lock:
                self.instances, self.by_client_token = {}, {}
        elif name == "fill":
            self.fill(b["count"], b["repositories"])
        elif name == "params":
            self.params.update(b)
        elif name == "rules":
            with self.lock:
                self.rules = [dict(fail_rule(r) if isinstance(r, str) else r, _seen=0) for r in b]
        elif name == "latency":
            self.latency_default = float(b.get("default_ms", 0)) / 1e3
            self.latency_routes = [(re.compile(k), float(v) / 1e3) for k, v in b.get("routes", {}).items()]
        else:
            return 404, {"message": "no such control"}
        return 200, {"ok": True}

    def inject(self, action):
        """Fails as told; True: do it, but drop the connection instead of answering."""
        if not self.rules:
            return False
        with self.lock:
            hit = None
            for r in self.rules:
                if re.search(r["match"], action):
                    r["_seen"] += 1
                    n = r["_seen"] - int(r.get("after", 0))
                    times = int(r.get("times", -1))
                    if n > 0 and (times < 0 or n <= times):
                        hit = r
                        self.injected[r["match"]] += 1
                        break
        if hit is None:
            return False
        if hit.get("delay_ms"):
            time.sleep(hit["delay_ms"] / 1e3)
        mode = hit.get("mode", "error")
        if mode == "hang":
            time.sleep(3600)
        if mode in ("hang", "close"):
            raise minihttp.Close()
        if mode == "error":
            raise AwsError(hit.get("code", "InternalError"), hit.get("message", "injected failure"), hit.get("status", 400))
        return mode == "lost"

    def __call__(self, req):
        if req.path.startswith("/_ctl/"):
            return self.control(req)
        t0 = time.monotonic()
        target = req.headers.get("x-amz-target")
        q = None
        if target:
            action = target
        else:
            q = {k: v[0] for k, v in parse_qs(req.body.decode("utf-8", "replace") or req.query,
                                              keep_blank_values=True).items()}
            action = q.get("Action", "?")
        self.calls[action] += 1
        delay = self.latency_default
        for rx, ms in self.latency_routes:
            if rx.search(action):
                delay = ms
        if delay:
            time.sleep(delay)
        rid = "00000000-0000-4000-8000-%012d" % next(self.ids)
        status = 200
        try:
            lost = self.inject(action)
            if "authorization" not in req.headers and "X-Amz-Signature" not in req.query:
                raise AwsError("AuthFailure", "AWS was not able to validate the provided access credentials", 401)
            if target:
                fn = self.JSON.get(target)
                if fn is None:
                    raise AwsError("UnknownOperationException", target)
                ctype = req.headers.get("content-type", "application/x-amz-json-1.1")
                doc = fn(self, req.json())
                if lost:
                    raise minihttp.Close()
                return 200, doc, {"Content-Type": ctype, "x-amzn-RequestId": rid}
            if action == "GetCallerIdentity":
                return 200, self.caller_identity(req), {"Content-Type": "application/json", "x-amzn-RequestId": rid}
            fn = self.EC2.get(action)
            if fn is None:
                raise AwsError("InvalidAction", "The action %s is not valid for this web service." % action)
            xml = '<?xml version="1.0" encoding="UTF-8"?><%sResponse xmlns="%s"><requestId>%s</requestId>%s</%sResponse>' % (
                action, NS, rid, fn(self, q), action)
            if lost:
                raise minihttp.Close()
            return 200, xml, {"Content-Type": "text/xml;charset=UTF-8"}
        except AwsError as e:
            status = e.status
            if target:
                return e.status, {"__type": e.code, "message": e.message}, {
                    "Content-Type": "application/x-amz-json-1.1", "x-amzn-ErrorType": e.code, "x-amzn-RequestId": rid}
            return e.status, ('<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>%s</Code><Message>%s'
                              "</Message></Error></Errors><RequestID>%s</RequestID></Response>" % (
                                  escape(e.code), escape(e.message), rid)), {"Content-Type": "text/xml;charset=UTF-8"}
        finally:
            self.log.append({"t": round(t0, 6), "call": action, "status": status,
                             "ms": round((time.monotonic() - t0) * 1e3, 3)})


def main(argv=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--host", default="127.0.0.1")
    p.add_argument("--port", type=int, default=0)
    p.add_argument("--latency-ms", type=float, default=0)
    p.add_argument("--latency", action="append", default=[], metavar="REGEX=MS")
    p.add_argument("--fail", action="append", default=[], metavar="REGEX=CODE[:STATUS][*TIMES]")
    p.add_argument("--tls-cert")
    p.add_argument("--tls-key")
    a = p.parse_args(argv)
    aws = Aws()
    aws.latency_default = a.latency_ms / 1e3
    aws.latency_routes = [(re.compile(x.rpartition("=")[0]), float(x.rpartition("=")[2]) / 1e3) for x in a.latency]
    aws.boot_rules = [fail_rule(x) for x in a.fail]
    aws.rules = [dict(r, _seen=0) for r in aws.boot_rules]
    ctx = minihttp.tls_context(a.tls_cert, a.tls_key) if a.tls_cert else None
    srv = minihttp.Server(aws, a.host, a.port, ctx)
    print("fake_aws listening on port %d" % srv.port, flush=True)
    try:
        srv.forever()
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
