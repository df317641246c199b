"""The commands, and how each ends."""

import argparse
import importlib
import signal
import sys

from .problem import Problem

# Module, and what it holds the command in where it is not the module itself. Only the one that is asked for is loaded.
COMMANDS = {
    "up": ("up", None, "from an AWS account to the first job; run again, it does what is missing"),
    "down": ("down", None, "take a deployment away, in the right order"),
    "upgrade": ("upgrade", None, "bring infrastructure and function to this checkout and the newest release"),
    "version": ("version", None, "say which version is here, which is deployed, and which is the newest"),
    "deploy": ("deploy", None, "put the function up from a release or a zip, or change its parameters"),
    "setup": ("setup", None, "make the GitHub App, and give it the function's URL"),
    "secrets": ("secrets_command", None, "write the function's secrets and pools to Parameter Store"),
    "status": ("status", None, "show live instances, and jobs that wait and why"),
    "job": ("job", None, "tell one job's story: why it waits, or what happened, and what to do"),
    "doctor": ("doctor", None, "check a deployment from outside in, and say the cure of what is wrong"),
    "connect": ("connect", None, "open a shell on the instance of a job, and keep it after the job"),
    "verify": ("verify", None, "ask an account what the documents can only assume, by instances that cost cents"),
    "report": ("report", None, "print the last days: queue time, jobs, cost, failures by repository"),
    "pause": ("pause", "PAUSE", "launch nothing from now on; cleaning goes on"),
    "resume": ("pause", "RESUME", "launch again"),
    "completion": ("completion", None, "print what a shell needs to complete these commands"),
}
# The others are about a deployment that is there.
MAKE_IT = {"up", "down", "setup", "secrets", "completion"}
# These go by Terraform's outputs, and by nothing else.
BY_STATE = {"deploy", "upgrade"}
STOPPED = 130
EXAMPLES = """\
examples:
  scripts/mayfly up                    from an AWS account to the first job
  scripts/mayfly doctor --quiet        what is wrong, and its cure
  scripts/mayfly status --json         for a machine to read

Exit codes: 0 done; 1 it failed, or something is wrong; 2 wrong usage, or the doctor could not look everywhere.
docs/reference.md has them all. NO_COLOR=1 leaves colours out. eval "$(scripts/mayfly completion bash)" completes commands and options.
"""


def command_of(name):
    module, inside, _ = COMMANDS[name]
    found = importlib.import_module(f"{__package__}.{module}")
    return getattr(found, inside) if inside else found


def parser(chosen=()):
    """The options are those of the chosen commands: loading all takes longer than most commands do."""
    top = argparse.ArgumentParser(prog="mayfly", description="Makes and operates a deployment of Mayfly.", epilog=EXAMPLES,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (_, _, summary) in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".",
                                      formatter_class=argparse.RawDescriptionHelpFormatter, add_help=name in chosen)
        if name in chosen:
            add_options(name, command)
    return top


def add_options(name, command):
    if name != "completion":
        from . import deployment

        deployment.add_arguments(command, by_state=name in BY_STATE)
    command_of(name).add_arguments(command)


def main(words, last=False):
    """The exit code. Where it is the last thing that this process does, an impatient Ctrl-C breaks nothing off any more."""
    # A terminal that closes ends a command as Ctrl-C does, so that each tidies up.
    for each in (signal.SIGTERM, signal.SIGHUP):
        # nohup stays what it is.
        if signal.getsignal(each) != signal.SIG_IGN:
            signal.signal(each, lambda *_: sys.exit(STOPPED))
    chosen = next((word for word in words if word in COMMANDS), None)
    try:
        arguments = parser([chosen] if chosen else []).parse_args(words)
        text = run(arguments)
    except (KeyboardInterrupt, EOFError):
        text = "stopped"
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    if last:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not isinstance(text, str):
        return text
    print(f"error: {text}", file=sys.stderr)
    return 1


def run(arguments):
    """The exit code, or the sentence that says why it failed."""
    command, found = command_of(arguments.command), None
    try:
        found = command.find(arguments) if hasattr(command, "find") else find(arguments)
        if found is not None and arguments.command not in MAKE_IT:
            found.must_be_there()
        return command.run(found, arguments)
    except Problem as problem:
        return str(problem)
    except OSError as failure:
        if isinstance(failure, BrokenPipeError):
            raise
        return f"{failure.filename or 'a file'}: {failure.strerror or failure}"
    except Exception as failure:  # noqa: BLE001 what is none of these is raised again
        text = sentence(failure, found)
        if text is None:
            raise
        return text


def find(arguments):
    from . import deployment

    return deployment.find(arguments)


def sentence(failure, found):
    """Of what AWS' SDK and GitHub raise; None for anything else."""
    from botocore.exceptions import BotoCoreError, ClientError

    from . import failures
    from .github import Refused, Unreachable

    if isinstance(failure, (BotoCoreError, ClientError)):
        return failures.said(failure, found.region if found else None)
    return str(failure) if isinstance(failure, (Refused, Unreachable)) else None
