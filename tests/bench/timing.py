"""What the benches share: one whole process, timed."""
import os
import time


def spawn(argv, env, stdin=None):
    """Runs it to its end, output to nowhere; nanoseconds and status."""
    null = os.open(os.devnull, os.O_RDWR)
    source = null
    if stdin is not None:
        source, to = os.pipe()
        os.write(to, stdin)
        os.close(to)
    acts = [(os.POSIX_SPAWN_DUP2, source, 0), (os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)]
    began = time.perf_counter_ns()
    pid = os.posix_spawn(argv[0], argv, env, file_actions=acts)
    _, status = os.waitpid(pid, 0)
    took = time.perf_counter_ns() - began
    for fd in {source, null}:
        os.close(fd)
    return took, os.waitstatus_to_exitcode(status)
