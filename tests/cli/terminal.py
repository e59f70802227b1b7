#!/usr/bin/env python3
"""Runs a command with a terminal of its own, as a shell with job control does, and answers its prompts.

  terminal.py [--stdin] TRANSCRIPT [PROMPT ANSWER]... -- COMMAND...

Each PROMPT is waited for on the terminal, then ANSWER typed, with a newline; ^C, ^D and ^Z are those keys, once, and
!COMMAND is run by sh in place of typing, with PID that of the command and TERMINAL its terminal (an empty PROMPT waits for nothing). Where ^Z stops
it, "[stopped, echo on]" or "[stopped, echo off]" is shown and it goes on. TRANSCRIPT is a
file that gets all the terminal showed, echoed keys too. stdout and stderr are the caller's; stdin is the terminal, with
--stdin the caller's. Ends with the command's status, 128 + N where signal N ended it, 99 where a prompt did not come, 98
where the terminal was left without echo.
"""
import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time

LIMIT_S = 60


def echo(fd):
    return bool(termios.tcgetattr(fd)[3] & termios.ECHO)


def command_of(slave, own_stdin, command):
    os.setpgid(0, 0)
    os.tcsetpgrp(slave, os.getpid())
    for s in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTOU):
        signal.signal(s, signal.SIG_DFL)
    if not own_stdin:
        os.dup2(slave, 0)
    os.close(slave)
    os.execvp(command[0], command)


def shell(slave, own_stdin, command, tell):
    """What a shell is to the command: leads the session, has the terminal when the command is stopped. Never returns."""
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for s in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTOU):
        signal.signal(s, signal.SIG_IGN)
    pid = os.fork()
    if pid == 0:
        os.close(tell)
        command_of(slave, own_stdin, command)
    os.write(tell, b"%d" % pid)
    os.close(tell)
    while True:
        status = os.waitpid(pid, os.WUNTRACED)[1]
        if not os.WIFSTOPPED(status):
            break
        os.write(slave, b"[stopped, echo %s]\n" % (b"on" if echo(slave) else b"off"))
        os.tcsetpgrp(slave, pid)
        os.killpg(pid, signal.SIGCONT)
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
    os._exit(code if echo(slave) else 98)


def act(master, terminal, answer, pid):
    if answer.startswith("!"):
        subprocess.run(["sh", "-c", answer[1:]], env={**os.environ, "PID": str(pid), "TERMINAL": terminal}, check=False)
    else:
        os.write(master, {"^C": b"\x03", "^D": b"\x04", "^Z": b"\x1a"}.get(answer, answer.encode() + b"\n"))


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
    terminal = os.ttyname(slave)
    heard, tell = os.pipe()
    leader = os.fork()
    if leader == 0:
        os.close(master)
        os.close(heard)
        shell(slave, own_stdin, command, tell)
    os.close(slave)
    os.close(tell)
    pid = int(os.read(heard, 20))

    seen, at, failed = b"", 0, False
    end = time.monotonic() + LIMIT_S
    while True:
        if steps and steps[0][0] in seen[at:]:
            at = seen.index(steps[0][0], at) + len(steps[0][0])
            act(master, terminal, steps.pop(0)[1], pid)
            continue
        if not select.select([master], [], [], max(0, end - time.monotonic()))[0]:
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
    status = os.WEXITSTATUS(os.waitpid(leader, 0)[1])
    with open(transcript, "wb") as f:
        f.write(seen)
    if failed or (steps and status == 0):
        print("terminal.py: waited for %r, saw %r" % (steps[0][0] if steps else None, seen), file=sys.stderr)
        return 99
    return status


sys.exit(main())
