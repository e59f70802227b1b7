#!/usr/bin/env python3
"""Runs a command with a terminal of its own and answers its prompts.

  terminal.py [--stdin] TRANSCRIPT [PROMPT ANSWER]... -- COMMAND...

Each PROMPT is waited for on the terminal, then ANSWER typed, with a newline; ^C and ^D are those keys, and !COMMAND is
run by sh in place of typing (an empty PROMPT waits for nothing). TRANSCRIPT is a
file that gets all the terminal showed, echoed keys too. stdout and stderr are the caller's; stdin is the terminal, with
--stdin the caller's. Ends with the command's status, 128 + N where signal N ended it, 99 where a prompt did not come.
"""
import fcntl
import os
import pty
import select
import signal
import sys
import termios
import time

LIMIT_S = 60


def child(slave, own_stdin, command):
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if not own_stdin:
        os.dup2(slave, 0)
    os.close(slave)
    os.execvp(command[0], command)


def main():
    args = sys.argv[1:]
    own_stdin = args[:1] == ["--stdin"]
    if own_stdin:
        args = args[1:]
    transcript, rest = args[0], args[1:]
    cut = rest.index("--")
    talk, command = rest[:cut], rest[cut + 1:]
    steps = [(talk[i].encode(), talk[i + 1]) for i in range(0, len(talk), 2)]

    master, slave = pty.openpty()
    pid = os.fork()
    if pid == 0:
        os.close(master)
        child(slave, own_stdin, command)
    os.close(slave)

    seen, at, failed, interrupting = b"", 0, False, False
    end = time.monotonic() + LIMIT_S
    while True:
        if steps and steps[0][0] in seen[at:]:
            at = seen.index(steps[0][0], at) + len(steps[0][0])
            answer = steps.pop(0)[1]
            if answer.startswith("!"):
                os.system(answer[1:])
                continue
            keys = {"^C": b"\x03", "^D": b"\x04"}.get(answer, answer.encode() + b"\n")
            os.write(master, keys)
            interrupting = answer == "^C"
            continue
        wait = max(0, end - time.monotonic())
        ready = select.select([master], [], [], min(wait, 0.2) if interrupting else wait)[0]
        if not ready and wait > 0 and interrupting:
            # Between prompt and read(2) readpassphrase only notes a signal: people press it again, too.
            os.write(master, b"\x03")
            continue
        if not ready:
            failed = True
            os.kill(pid, signal.SIGKILL)
            break
        try:
            piece = os.read(master, 4096)
        except OSError:  # EIO: the last end of the terminal was closed
            break
        if not piece:
            break
        seen += piece
    status = os.waitpid(pid, 0)[1]
    with open(transcript, "wb") as f:
        f.write(seen)
    if failed or (steps and os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0):
        print("terminal.py: waited for %r, saw %r" % (steps[0][0] if steps else None, seen), file=sys.stderr)
        return 99
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


sys.exit(main())
