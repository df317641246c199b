"""Runs a command, and ends all that came of it once its own input ends: a pipe of a test, whatever way that test ends.

keep.py COMMAND...: the one line of standard output is the command's process id. The command reads nothing, and writes to
this program's standard error. Ends by itself, as the command did, when nothing of the command is left.
"""

import ctypes
import os
import select
import signal
import sys

SET_CHILD_SUBREAPER = 36


def run(command):
    """A child with every signal as a machine's first process would give it: a shell can't mend one that is ignored."""
    pid = os.fork()
    if pid:
        return pid
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    try:
        os.execvp(command[0], command)
    except OSError as problem:
        os.write(2, f"{command[0]}: {problem.strerror}\n".encode())
    os._exit(127)


def descendants():
    parents = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", "rb") as stat:
                parents[int(name)] = int(stat.read().rpartition(b")")[2].split()[1])
        except OSError:
            pass
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {os.getpid()}


def reap(options, statuses):
    """Whether there are children. Whoever loses its parent becomes one, so without children nothing is left."""
    try:
        while True:
            pid, status = os.waitpid(-1, options)
            if not pid:
                return True
            statuses[pid] = status
            options = os.WNOHANG
    except ChildProcessError:
        return False


def end(statuses):
    while reap(os.WNOHANG, statuses):
        for pid in descendants():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        reap(0, statuses)


def main(command):
    os.setsid()
    if ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        sys.exit("no subreaper")
    wake, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(waker)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    statuses = {}
    try:
        pid = run(command)
        print(pid, flush=True)
        while reap(os.WNOHANG, statuses):
            ready, _, _ = select.select((0, wake), (), ())
            if wake in ready:
                os.read(wake, 4096)
            if 0 in ready and not os.read(0, 1):
                break
    finally:
        end(statuses)
    code = os.waitstatus_to_exitcode(statuses[pid])
    sys.exit(code if code >= 0 else 128 - code)


main(sys.argv[1:])
