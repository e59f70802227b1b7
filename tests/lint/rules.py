"""The rules of the house, each a function of the tree's root and the build's folder that gives a list of complaints.

Used by the lints beside it and by tests/lint/planted, which breaks each rule and wants it named.
"""
import fnmatch
import glob
import os
import re
import subprocess
import sys

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
CODE = ("vault", "cli", "api", "include/vault")
FILE_WARN, FILE_FAIL, FUNCTION_WARN = 500, 700, 80


class House:
    """layers.txt, read."""

    def __init__(self, root):
        self.layer, self.public, self.prefixes, self.room = {}, {}, {}, {}
        self.blind, self.foreign, self.globals, self.hosts = [], [], set(), set()
        self.double = []
        with open(os.path.join(root, "tests/lint/layers.txt"), encoding="utf-8") as f:
            for line in f:
                words = line.split("#")[0].replace(":", ": ", 1 if line.startswith(("blind", "foreign")) else 0).split()
                if words:
                    self.add(words)

    def add(self, words):
        kind, rest = words[0], words[1:]
        if kind in ("layer", "public"):
            table = self.layer if kind == "layer" else self.public
            for entry in [e for room in rest[1:] for e in self.files_of(room)]:
                name, _, more = entry.partition(":")
                if name in table:
                    self.double.append(name)
                table[name] = int(rest[0])
                self.prefixes[name] = [name] + [p for p in more.split(",") if p]
        elif kind == "blind":
            self.blind.append((rest[0].rstrip(":"), rest[1:]))
        elif kind == "foreign":
            self.foreign.append((rest[0].rstrip(":"), rest[1:]))
        elif kind == "global":
            self.globals.add((rest[0], rest[1]))
        elif kind == "host":
            self.hosts.add(rest[0])
        else:
            raise ValueError("layers.txt: unknown line: " + " ".join(words))


    def files_of(self, room):
        files = room.split("+")
        for f in files:
            self.room[f.partition(":")[0]] = files[0].partition(":")[0]
        return files


def read(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def sources(root, folders=CODE):
    for folder in folders:
        for path in sorted(glob.glob(os.path.join(root, folder, "*.[ch]"))):
            yield os.path.relpath(path, root), path


def blank(text, strings=True):
    """Comments (and strings) replaced by blanks, line numbers kept."""
    pattern = r"/\*.*?\*/|//[^\n]*" + (r'|"(?:\\.|[^"\\\n])*"' + r"|'(?:\\.|[^'\\\n])*'" if strings else "")
    return re.sub(pattern, lambda m: re.sub(r"[^\n]", " ", m.group(0)), text, flags=re.S)


def includes(root, rel):
    """(form, name, our path or None) of each #include of a file, with our -I paths."""
    where = rel.split("/")[0]
    for form, name in INCLUDE.findall(blank(read(os.path.join(root, rel)), strings=False)):
        tries = [os.path.dirname(rel) + "/" + name] if form == '"' else []
        tries += ["include/" + name] + ([where + "/" + name] if where in ("vault", "cli", "api") else [])
        ours = next((t for t in map(os.path.normpath, tries) if os.path.exists(os.path.join(root, t))), None)
        yield form, name, ours


def node(rel):
    """What a file of ours is to the floors: ("public"|"inner", name)."""
    name = os.path.splitext(os.path.basename(rel))[0]
    return ("public" if rel.startswith("include/") else "inner", name)


def floor_of(house, n):
    return (house.public if n[0] == "public" else house.layer).get(n[1])


def listed(root, _build):
    """Every file of the library has its floor in layers.txt."""
    house = House(root)
    bad = ["layers.txt: %s stands there twice" % n for n in house.double]
    for rel, _ in sources(root, ("vault", "include/vault")):
        if floor_of(house, node(rel)) is None:
            bad.append("%s: has no floor in tests/lint/layers.txt" % rel)
    return bad


def downwards(root, _build):
    """Includes of our own headers go down, or to the same floor without a circle."""
    house, bad, edges = House(root), [], {}
    for rel, _ in sources(root, ("vault", "include/vault")):
        me = node(rel)
        for _form, name, ours in includes(root, rel):
            if ours is None or node(ours) == me:
                continue
            to = node(ours)
            up, mine = floor_of(house, to), floor_of(house, me)
            if me[0] == "public" and to[0] != "public":
                bad.append("%s: a public header includes the inner %s" % (rel, ours))
            elif up is not None and mine is not None and up > mine:
                bad.append("%s (floor %d) includes %s (floor %d)" % (rel, mine, name, up))
            rooms_ = [(n[0], house.room.get(n[1], n[1])) for n in (me, to)]
            if rooms_[0] != rooms_[1]:
                edges.setdefault(rooms_[0], set()).add(rooms_[1])
    return bad + circles(edges)


def circles(edges):
    bad, done = [], set()

    def walk(n, path):
        if n in path:
            ring = path[path.index(n):] + [n]
            bad.append("circle of includes: " + " > ".join(x[1] for x in ring))
            return
        if n in done:
            return
        for to in sorted(edges.get(n, ())):
            walk(to, path + [n])
        done.add(n)

    for n in sorted(edges):
        walk(n, [])
    return bad


def fronts(root, _build):
    """cli/ includes <vault/...> and its own headers; api/ includes its own only."""
    bad = []
    for rel, _ in sources(root, ("cli", "api")):
        own = rel.split("/")[0] + "/"
        for _form, name, ours in includes(root, rel):
            if ours is None:
                if name.endswith(".h") and "../" in name:
                    bad.append("%s: includes %s" % (rel, name))
            elif ours.startswith(own) or (own == "cli/" and ours.startswith("include/")):
                continue
            else:
                bad.append("%s: includes %s" % (rel, ours))
    return bad


def closure(root, rel):
    seen, todo = set(), [rel]
    while todo:
        for _form, _name, ours in includes(root, todo.pop()):
            if ours and ours not in seen:
                seen.add(ours)
                todo.append(ours)
    return seen


def blindness(root, _build):
    """The store sees no plaintext: none of the headers that know any, not by way of another either."""
    bad = []
    for rel, never in House(root).blind:
        if os.path.exists(os.path.join(root, rel)):
            bad += ["%s: sees %s" % (rel, n) for n in sorted(closure(root, rel) & set(never))]
    return bad


def foreign(root, _build):
    """A foreign header is included by its owner only."""
    house, bad = House(root), []
    for rel, _ in sources(root):
        name = os.path.splitext(os.path.basename(rel))[0]
        for _form, header, ours in includes(root, rel):
            if ours:
                continue
            for pattern, owners in house.foreign:
                if not fnmatch.fnmatch(header, pattern):
                    continue
                own = any(rel == o or (o.endswith("/") and rel.startswith(o)) or (
                    o == "L1" and rel == "vault/%s.c" % name and house.layer.get(name) == 1) for o in owners)
                if not own:
                    bad.append("%s: includes <%s>, which belongs to %s" % (rel, header, " ".join(owners)))
    return bad


def shells(root, _build):
    """No shell is called by system() or popen()."""
    bad = []
    for rel, path in sources(root):
        for i, line in enumerate(blank(read(path)).splitlines(), 1):
            if re.search(r"\b(system|popen)[ \t]*\(", line):
                bad.append("%s:%d: system() or popen()" % (rel, i))
    return bad


def tree(root):
    """All text files of the tree, as git would know them, without asking it."""
    for folder, names, files in os.walk(root):
        names[:] = sorted(n for n in names if n not in (".git", "build", "__pycache__"))
        for f in sorted(files):
            path = os.path.join(folder, f)
            if os.path.islink(path) or os.path.getsize(path) > 1 << 20:
                continue
            yield os.path.relpath(path, root), path


def hosts(root, _build):
    """A URL names Smartsheet, loopback, an address or a reserved name; what installs and builds names no host at all."""
    allowed, bad = House(root).hosts, []
    reserved = re.compile(r"(^|\.)(example|test|invalid|localhost|local)$|(^|\.)example\.(com|org|net)$")
    dotted = re.compile(r"\b[a-z0-9-]+\.[a-z0-9.-]*\b(?:org|com|net|io|dev)\b", re.I)
    silent = ("Makefile", "tests/deps", "tests/fresh", "tests/run")
    for rel, path in tree(root):
        for i, line in enumerate(read(path).splitlines(), 1):
            for h in re.findall(r"\bhttps?://(?:[^/\s\"'<>@]*@)?([A-Za-z][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]+)", line):
                if h.lower() not in allowed and not reserved.search(h.lower()):
                    bad.append("%s:%d: names the host %s" % (rel, i, h))
            if rel in silent or rel.startswith(".ci/"):
                bad += ["%s:%d: names the host %s" % (rel, i, h) for h in dotted.findall(line)]
    return bad


def rooms(root, _build):
    """Each C file says at its top, in a comment, which room it is."""
    return ["%s: has no comment at its top" % rel for rel, path in sources(root, CODE + ("tests/unit",))
            if not read(path).startswith("/*")]


def long_files(root, _build):
    """No file beyond 700 lines; beyond 500 is said."""
    bad = []
    for rel, path in tree(root):
        if not rel.endswith((".c", ".h", ".py", ".sh")) and not re.match(r"tests/(cli|fault|lint|fake)/[^.]+$", rel):
            continue
        n = read(path).count("\n")
        if n > FILE_FAIL:
            bad.append("%s: %d lines, at most %d" % (rel, n, FILE_FAIL))
        elif n > FILE_WARN:
            print("# %s: %d lines: is it two things in one?" % (rel, n))
    for rel, path in sources(root):
        start = name = None
        for i, line in enumerate(blank(read(path)).splitlines(), 1):
            if re.match(r"^[A-Za-z_].*\)[ \t]*$|^[A-Za-z_][^;=]*\([^;]*$", line) and start is None:
                name = line.split("(")[0].split()[-1].lstrip("*")
            if line.startswith("{"):
                start = i
            elif line.startswith("}") and start is not None:
                if i - start > FUNCTION_WARN:
                    print("# %s:%d: %s has %d lines" % (rel, start, name, i - start - 1))
                start = None
    return bad


def run(*args):
    return subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout.decode()


def symbols(path, *flags):
    """(letter, name) of an object or program."""
    for line in run("nm", *flags, path).splitlines():
        parts = line.split()
        if len(parts) >= 2 and len(parts[-2]) == 1:
            yield parts[-2], parts[-1].split("@")[0]


def objects(build, folder):
    return sorted(glob.glob(os.path.join(build, folder, "*.o")))


def named(root, build):
    """What vault/X.c exports begins with X_ (or its room's name) or vault_."""
    house, bad = House(root), []
    for path in objects(build, "vault"):
        name = os.path.splitext(os.path.basename(path))[0]
        words = house.prefixes.get(name, [name]) + [house.room.get(name, name)]
        bad += ["vault/%s.c: exports %s" % (name, s) for letter, s in symbols(path, "-g", "--defined-only")
                if s not in words and not s.startswith(tuple(w + "_" for w in words + ["vault"]))]
    return bad


SPEAKS = re.compile(r"^(__)?(v?f?d?printf(_chk)?|v?dprintf|puts|fputs|putc|fputc|putchar|fwrite|perror|stdout|stderr|exit|"
                    r"_?_?assert_fail|abort|err|errx|warn|warnx|v?syslog|readpassphrase|getpass)$")


def silent(_root, build):
    """The library never prints, prompts or ends the process."""
    return ["vault/%s: uses %s" % (os.path.basename(path), s) for path in objects(build, "vault")
            for letter, s in symbols(path) if letter == "U" and SPEAKS.match(s)]


def carrier(_root, build):
    """What asks may carry a token to the helper and cannot read it."""
    return ["vault/%s.o: uses %s" % (name, s) for name in ("ask", "check", "exposure")
            for _, s in symbols(os.path.join(build, "vault/%s.o" % name))
            if s in ("vault_secret_bytes", "vault_secret_cbytes")]


def offline(_root, build):
    """The program that has keys has no network; the one that has the network has no keys."""
    bad = []
    for program, never in (("vault", r"^curl_|^SSL_|^gnutls_"), ("vault-api", r"sodium|^crypto_|argon2|sqlite3|^vault_secret")):
        path = os.path.join(build, "bin", program)
        if not os.path.exists(path):
            bad.append("%s: is not built" % program)
            continue
        names = {s for _, s in symbols(path)} | {s for _, s in symbols(path, "-D")}
        bad += ["%s: has %s" % (program, s) for s in sorted(names) if re.search(never, s)][:5]
        needed = re.findall(r"NEEDED.*\[(.*)\]", run("readelf", "-d", path))
        bad += ["%s: is linked with %s" % (program, n) for n in needed
                if re.search(r"curl|ssl|gnutls" if program == "vault" else r"sodium|argon2|sqlite|smartcols", n)]
    return bad


def hardened(_root, build):
    """Both are position-independent, with read-only relocations bound at start; no archive's symbol is exported."""
    bad = []
    for program in ("vault", "vault-api"):
        path = os.path.join(build, "bin", program)
        if not os.path.exists(path):
            bad.append("%s: is not built" % program)
            continue
        head, dyn = run("readelf", "-hl", path), run("readelf", "-d", path)
        if not re.search(r"Type:\s+DYN", head):
            bad.append(program + ": is no PIE")
        if "GNU_RELRO" not in head or not re.search(r"BIND_NOW|FLAGS.*NOW", dyn):
            bad.append(program + ": relocations are not read-only and bound at start")
        bad += ["%s: exports %s" % (program, s) for letter, s in symbols(path, "-D", "--defined-only")
                if re.search(r"argon2|sodium|sqlite3", s)][:5]
    return bad


def constant(root, build):
    """No writable data but what layers.txt names."""
    allowed, bad = House(root).globals, []
    for folder in ("vault", "cli", "api"):
        for path in objects(build, folder):
            rel = folder + "/" + os.path.basename(path)[:-2] + ".c"
            for line in run("objdump", "-t", path).splitlines():
                m = re.match(r"^[0-9a-f]+ .{6}O (\.t?(?:data|bss)(?!\.rel\.ro)\S*|\*COM\*)\s+[0-9a-f]+ (?:\.hidden )?(\S+)$", line)
                name = m and re.sub(r"\.\d+$", "", m.group(2))
                if m and (rel, name) not in allowed:
                    bad.append("%s: %s can be written to" % (rel, name))
    return bad


def alone(root, _build):
    """Each public header compiles alone, with all warnings."""
    bad = []
    warn = "-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wstrict-prototypes -Wundef -Werror".split()
    for rel, _ in sources(root, ("include/vault",)):
        code = "#include <vault/%s>\n#include <vault/%s>\n" % ((os.path.basename(rel),) * 2)
        r = subprocess.run(["gcc", "-std=c17", "-fsyntax-only", "-I", os.path.join(root, "include"), "-x", "c", "-"] + warn,
                           input=code.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if r.returncode:
            bad.append("%s: %s" % (rel, r.stdout.decode(errors="replace").strip().splitlines()[0]))
    return bad


def tap(rules):
    """Runs rules as a test: --root and --build name another tree than this one."""
    args = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    root = args.get("--root", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    build = os.path.join(root, args.get("--build", os.environ.get("BUILD", "build")))
    failed = 0
    for n, rule in enumerate(rules, 1):
        bad = rule(root, build)
        print("%s %d - %s: %s" % ("not ok" if bad else "ok", n, rule.__name__, rule.__doc__.splitlines()[0]))
        for line in bad:
            print("#   " + line)
        failed += bool(bad)
    print("1..%d" % len(rules))
    return 1 if failed else 0
