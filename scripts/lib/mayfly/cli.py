"""The commands, and how each ends."""

import argparse
import signal
import sys

from botocore.exceptions import BotoCoreError, ClientError

from . import deployment, doctor, failures, pause, report, secrets_command, setup, status
from .github import Refused, Unreachable
from .problem import Problem

COMMANDS = {
    "setup": (setup, "make the GitHub App, and give it the function's URL"),
    "secrets": (secrets_command, "write the function's secrets and pools to Parameter Store"),
    "status": (status, "show live instances, and jobs that wait and why"),
    "doctor": (doctor, "check a deployment from outside in, and say the cure of what is wrong"),
    "report": (report, "print the last days: queue time, jobs, cost, failures by repository"),
    "pause": (pause.PAUSE, "launch nothing from now on; cleaning goes on"),
    "resume": (pause.RESUME, "launch again"),
}
# The others are about a deployment that is there.
MAKE_IT = {"setup", "secrets"}
STOPPED = 130


def parser():
    top = argparse.ArgumentParser(
        prog="mayfly", description="Operates a deployment of Mayfly.",
        epilog="Exit codes: 0 done; 1 it failed, or something is wrong; 2 wrong usage, or the doctor could not look everywhere. "
               "docs/reference.md has them all.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module, summary) in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        deployment.add_arguments(command)
        module.add_arguments(command)
    return top


def main(words):
    # A terminal that closes ends a command as Ctrl-C does, so that each tidies up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(STOPPED))
    arguments = parser().parse_args(words)
    module = COMMANDS[arguments.command][0]
    found = None
    try:
        found = module.find(arguments) if hasattr(module, "find") else deployment.find(arguments)
        if arguments.command not in MAKE_IT:
            found.must_be_there()
        return module.run(found, arguments)
    except Problem as problem:
        text = str(problem)
    except (BotoCoreError, ClientError) as failure:
        text = failures.said(failure, found.region if found else None)
    except (Refused, Unreachable) as failure:
        text = str(failure)
    except (KeyboardInterrupt, EOFError):
        text = "stopped"
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as failure:
        text = f"{failure.filename or 'a file'}: {failure.strerror or failure}"
    print(f"error: {text}", file=sys.stderr)
    return 1
