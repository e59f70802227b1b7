"""The memory of processes when they end (ptrace(2), PTRACE_EVENT_EXIT): all that a command starts is followed, and the whole of
each image searched when it is about to go."""
import base64
import ctypes
import os
import re
import signal

TRACEME, CONT, SETOPTIONS = 0, 7, 0x4200
# Forks, vforks, clones, execs and exits stop; all is killed where we die.
OPTIONS = 0x2 | 0x4 | 0x8 | 0x10 | 0x40 | 0x100000
EVENT_EXEC, EVENT_EXIT = 4, 6
WALL = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)


def ptrace(what, pid, data=0):
    if libc.ptrace(what, pid, 0, data) < 0:
        raise OSError(ctypes.get_errno(), "ptrace %d" % what)


def needles(name, secret):
    """Pieces of a secret in each form it may have been brought into: {bytes: what it is}. A piece, since a freed copy's
    beginning is overwritten first, and sixteen bytes of chance are not met by chance."""
    out = {}

    def pieces(form, data, size):
        for at in range(0, max(1, len(data) - size + 1), size):
            out[data[at:at + size]] = "%s, %s from %d" % (name, form, at)
    pieces("raw", secret, 12)
    pieces("hex", secret.hex().encode(), 24)
    pieces("HEX", secret.hex().upper().encode(), 24)
    for shift in range(3):
        for form, coded in (("base64", base64.b64encode(b"x" * shift + secret)),
                            ("base64url", base64.urlsafe_b64encode(b"x" * shift + secret))):
            pieces("%s shifted by %d" % (form, shift), coded[4:len(coded) - 4], 16)
    for form in ("utf-16-le", "utf-16-be"):
        pieces(form, secret.decode("latin-1").encode(form), 24)
    return out


class Image:
    """A program under way. Its memory is opened when it is new, for it may refuse that later."""

    def __init__(self, pid):
        self.program = os.path.basename(os.readlink("/proc/%d/exe" % pid))
        self.maps = open("/proc/%d/maps" % pid, encoding="utf-8", errors="replace")
        self.mem = open("/proc/%d/mem" % pid, "rb", 0)

    def search(self, wanted):
        """[(mapping, what it is)], and how many bytes were looked at."""
        hits, size = [], 0
        self.maps.seek(0)
        for line in self.maps.read().splitlines():
            m = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)", line)
            begin, end, may, where = int(m.group(1), 16), int(m.group(2), 16), m.group(3), m.group(4)
            # What is a file's and was never to be written is as the file is.
            if where in ("[vvar]", "[vsyscall]", "[vdso]", "[vvar_vclock]") or (where.startswith("/") and "w" not in may):
                continue
            data = b"".join(self.parts(begin, end))
            size += len(data)
            hits += [(where or "anonymous", what) for needle, what in wanted.items() if needle in data]
        return hits, size

    def parts(self, begin, end):
        """What can be read of a mapping: a guard page is no end of it."""
        while begin < end:
            n = min(end - begin, 1 << 20)
            try:
                self.mem.seek(begin)
                data = self.mem.read(n)
            except OSError:
                data = b""
            if data.count(0) < len(data):
                yield data
            begin += len(data) or 4096

    def close(self):
        self.maps.close()
        self.mem.close()


class Traced:
    """A command and all it starts, up to its end. `found`: {program: [(mapping, what)]} of what was in the images when they
    ended; `looked`: {program: bytes}. `stopped` is called with the images where a SIGSTOP arrives (see stop())."""

    def __init__(self, argv, env, stdin, out, err, wanted, stopped=None):
        self.wanted, self.stopped = wanted, stopped
        self.images, self.found, self.looked = {}, {}, {}
        self.status = None
        files = [os.open(stdin, os.O_RDONLY)] + [os.open(f, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600) for f in (out, err)]
        self.pid = os.fork()
        if self.pid == 0:
            try:
                for to, fd in enumerate(files):
                    os.dup2(fd, to)
                os.setsid()
                libc.ptrace(TRACEME, 0, 0, 0)
                os.kill(os.getpid(), signal.SIGSTOP)
                os.execve(argv[0], argv, env)
            finally:
                os._exit(97)
        for fd in files:
            os.close(fd)
        os.waitpid(self.pid, WALL)
        ptrace(SETOPTIONS, self.pid, OPTIONS)
        ptrace(CONT, self.pid)

    def run(self):
        while self.status is None or self.images:
            try:
                pid, status = os.waitpid(-1, WALL)
            except ChildProcessError:
                break
            if not os.WIFSTOPPED(status):
                if pid == self.pid:
                    self.status = os.waitstatus_to_exitcode(status)
                if pid in self.images:
                    self.images.pop(pid).close()
                continue
            self.step(pid, status)
        return self

    def step(self, pid, status):
        event, sig = status >> 16, os.WSTOPSIG(status)
        pass_on = 0
        if event == EVENT_EXEC:
            if pid in self.images:
                self.images.pop(pid).close()
            self.images[pid] = Image(pid)
        elif event == EVENT_EXIT:
            self.ending(pid)
        elif event == 0 and sig == signal.SIGSTOP:
            if pid == self.pid and self.stopped:  # else it is how a new process or thread begins
                self.stopped(self)
        elif event == 0 and sig != signal.SIGTRAP:
            pass_on = sig
        try:
            ptrace(CONT, pid, pass_on)
        except OSError:
            pass  # killed meanwhile: its end is reported

    def ending(self, pid):
        image = self.images.get(pid)
        if image is None:
            return  # a thread, or the moment between fork and exec
        hits, size = image.search(self.wanted)
        self.found.setdefault(image.program, []).extend(hits)
        self.looked[image.program] = self.looked.get(image.program, 0) + size


def possible():
    """Whether this user may trace here."""
    pid = os.fork()
    if pid == 0:
        os._exit(0 if libc.ptrace(TRACEME, 0, 0, 0) == 0 else 1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
