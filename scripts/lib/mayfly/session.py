"""A session of AWS Session Manager: the service begins it, AWS' own plugin is the terminal, and it is ended whatever happens."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys

from botocore.exceptions import BotoCoreError, ClientError

from . import failures
from .problem import Problem

PLUGIN = "session-manager-plugin"
PAGE = "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html"
# The session's token goes by the environment, which only its owner reads; every process list shows a command line. Newer ones than this can.
OLDEST = (1, 2, 497, 0)
VARIABLE = "AWS_SSM_START_SESSION_RESPONSE"


def plugin():
    """Its path; raises Problem where there is none that can be used."""
    found = shutil.which(PLUGIN)
    if not found:
        raise Problem(f"AWS' {PLUGIN} is not on the path, and it is what a session's terminal is. Install it: {PAGE}")
    try:
        said = subprocess.run([found, "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=20)
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise Problem(f"{found} does not run ({failure}). Install it anew: {PAGE}") from None
    version = re.match(r"\s*(\d+)\.(\d+)\.(\d+)\.(\d+)", said.stdout)
    if said.returncode or not version:
        raise Problem(f"{found} --version gives no version. Install it anew: {PAGE}")
    if tuple(map(int, version.groups())) <= OLDEST:
        raise Problem(f"{found} is {version[0].strip()}: one newer than {'.'.join(map(str, OLDEST))} is needed, for an older one takes the "
                      f"session's token by its command line, which everybody on this machine can read. Install it anew: {PAGE}")
    return found


def run(deployment, instance, program):
    """Opens a shell, and gives the plugin's exit code when it is over. Raises Problem where there is no session to be had."""
    client = deployment.client("ssm")
    try:
        begun = client.start_session(Target=instance)
    except ClientError as refusal:
        raise Problem(refused(refusal, instance, deployment)) from None
    try:
        return attend(begun, client, instance, deployment, program)
    finally:
        end(client, begun["SessionId"])


def refused(refusal, instance, deployment):
    code = refusal.response["Error"]["Code"]
    if code == "TargetNotConnected":
        return (f"the agent on {instance} has not connected to Session Manager. It takes a minute after the boot; where it goes on: the console says "
                "whether the agent was started (mayfly: … connect: agent …), and scripts/mayfly doctor looks at the pool's profile and network")
    if code in failures.REFUSED:
        policy = deployment.outputs.get("connect_policy_arn") or "that of docs/reference.md, Operator's permissions"
        return f"{failures.said(refusal, deployment.region)}. To open a shell is a permission of its own: attach the policy {policy}"
    return failures.said(refusal, deployment.region)


def attend(begun, client, instance, deployment, program):
    response = json.dumps({key: begun[key] for key in ("SessionId", "TokenValue", "StreamUrl")})
    # boto3's word for none.
    profile = "" if deployment.session.profile_name == "default" else deployment.session.profile_name
    command = [program, VARIABLE, deployment.region, "StartSession", profile, json.dumps({"Target": instance}), client.meta.endpoint_url]
    # The keys of the terminal are the shell's on the other side: the plugin gets their signals, and hands them on.
    before = {each: signal.signal(each, lambda *_: None) for each in (signal.SIGINT, signal.SIGQUIT)}
    try:
        with subprocess.Popen(command, env={**os.environ, VARIABLE: response}) as shell:
            try:
                return shell.wait()
            except BaseException:
                shell.terminate()
                try:
                    shell.wait(5)
                except subprocess.TimeoutExpired:
                    shell.kill()
                raise
    except OSError as failure:
        raise Problem(f"{program} does not run ({failure.strerror}). Install it anew: {PAGE}") from None
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def end(client, session):
    """One that has ended already is no error to AWS."""
    try:
        client.terminate_session(SessionId=session)
    except (BotoCoreError, ClientError) as failure:
        with contextlib.suppress(OSError):
            print(f"the session {session} was not ended ({failures.said(failure)}): Session Manager ends it when nothing is typed for 20 minutes", file=sys.stderr)
