"""Builds of the program with checks taken out: a changed copy of one source or a few is compiled and linked with the
objects that the real build has."""
import os
import re
import shlex
import subprocess

from arena import ROOT

BUILD = os.environ.get("BUILD", "build")


def recipe(target, source):
    """The command of make that makes a target, as if the source had changed."""
    out = subprocess.run(["make", "-n", "-W", source, target] + (["SAN=1"] if BUILD.endswith("san") else []), cwd=ROOT,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True).stdout.decode()
    lines = re.sub(r"\\\n", " ", out).splitlines()
    return next(shlex.split(line) for line in lines if " -o %s " % target in line)


class Builder:
    def __init__(self, top):
        self.top, self.n, self.seen = top, 0, {}
        self.build = os.path.relpath(os.path.join(ROOT, BUILD), ROOT)
        self.link = recipe("%s/bin/vault" % self.build, "vault/txn.c")
        self.cli = [a for a in recipe("%s/cli/main.o" % self.build, "cli/main.c") if a.startswith("-I")]
        # -w: what a removed check leaves unused is no error here.
        self.compile = [a for a in recipe("%s/vault/txn.o" % self.build, "vault/txn.c")[:-4] if a not in ("-MMD", "-MP")]

    def program(self, *cuts):
        """The path of a vault without these checks: (file, snippet, replacement), each snippet once in its file."""
        if cuts not in self.seen:
            self.n += 1
            folder = os.path.join(self.top, "m%d" % self.n)
            os.mkdir(folder)
            self.seen[cuts] = self.make(folder, cuts)
        return self.seen[cuts]

    def make(self, folder, cuts):
        texts = {}
        for name, snippet, replacement in cuts:
            if name not in texts:
                with open(os.path.join(ROOT, name), encoding="utf-8") as f:
                    texts[name] = f.read()
            if texts[name].count(snippet) != 1:
                raise LookupError("%s has %d times: %s" % (name, texts[name].count(snippet), snippet))
            texts[name] = texts[name].replace(snippet, replacement)
        objects = []
        for name, text in texts.items():
            source = os.path.join(folder, os.path.basename(name))
            with open(source, "w", encoding="utf-8") as f:
                f.write(text)
            objects.append(source[:-1] + "o")
            where = ["-I" + os.path.dirname(name)] + self.cli
            self.run(self.compile + where + ["-w", "-O0", "-U_FORTIFY_SOURCE", "-c", "-o", objects[-1], source])
        out = os.path.join(folder, "vault")
        link = [out if a.endswith("/bin/vault") else a for a in self.link]
        # A command's object in its place; the library's before the archive: members of the same names are then not taken.
        link = [a for a in link if a not in ["%s/%so" % (self.build, name[:-1]) for name in texts]]
        at = link.index("%s/libvault.a" % self.build)
        self.run(link[:at] + objects + link[at:])
        for o in objects:
            os.unlink(o)
        os.symlink(os.path.join(ROOT, self.build, "bin/vault-api"), os.path.join(folder, "vault-api"))
        return out

    @staticmethod
    def run(command):
        p = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if p.returncode:
            raise RuntimeError("%s\n%s" % (" ".join(command[-3:]), p.stdout.decode()))
