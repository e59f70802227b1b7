"""Certificates of the stand-in, made by the openssl program: one authority that clients are told to trust, another
they are not, and a server certificate of each kind. P-256, so that handshakes are cheap. What is there is used again.
"""
import os
import ssl
import subprocess
import time

KINDS = ("good", "expired", "notyet", "wronghost", "selfsigned", "otherca")
NAMES = "DNS:localhost,IP:127.0.0.1,IP:::1"
KEEP_S = 20 * 86400  # certificates last 30 days
CONFIG = """[req]
distinguished_name = dn
prompt = no
[dn]
[ca]
default_ca = it
[it]
database = %(top)s/index
new_certs_dir = %(top)s
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
x509_extensions = leaf
[any]
commonName = supplied
[leaf]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = %(names)s
"""


class Certs:
    """The certificates in `top`, each made when first asked for. `top`/ca.pem is what clients may trust."""

    def __init__(self, top):
        self.top = top
        old = os.umask(0o077)
        try:
            with open(self.path("openssl.cnf"), "w", encoding="ascii") as f:
                f.write(CONFIG % {"top": top, "names": NAMES})
            self.authority("ca", "Stand-in CA")
        finally:
            os.umask(old)

    def path(self, name):
        return os.path.join(self.top, name)

    def there(self, name):
        try:
            state = os.stat(self.path(name))
        except OSError:
            return False
        return state.st_size > 0 and 0 <= time.time() - state.st_mtime < KEEP_S

    def openssl(self, *args):
        done = subprocess.run(("openssl",) + args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        if done.returncode:
            raise RuntimeError("openssl %s: %s" % (args[0], done.stdout.decode("utf-8", "replace").strip()))

    def request(self, key, out, name, *more):
        self.openssl("req", "-config", self.path("openssl.cnf"), "-newkey", "ec", "-pkeyopt",
                     "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.path(key), "-out", self.path(out),
                     "-subj", "/CN=" + name, *more)

    def authority(self, base, name):
        if not (self.there(base + ".pem") and self.there(base + ".key")):
            self.request(base + ".key", base + ".pem", name, "-x509", "-days", "30", "-addext",
                         "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
            for kind in KINDS:  # what the former authority signed is good for nothing now
                if self.there(kind + ".pem"):
                    os.unlink(self.path(kind + ".pem"))

    def signed(self, kind, authority, names=NAMES):
        self.request(kind + ".key", kind + ".pem", "localhost", "-x509", "-days", "30", "-CA",
                     self.path(authority + ".pem"), "-CAkey", self.path(authority + ".key"), "-addext",
                     "basicConstraints=CA:FALSE", "-addext", "subjectAltName=" + names)

    def dated(self, kind, begins_s, ends_s):
        """Only `openssl ca` takes the dates as they are."""
        day = lambda s: time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + s))  # noqa: E731
        self.request(kind + ".key", kind + ".csr", "localhost", "-new")
        with open(self.path("index"), "w", encoding="ascii"):
            pass
        self.openssl("ca", "-batch", "-notext", "-config", self.path("openssl.cnf"), "-cert", self.path("ca.pem"),
                     "-keyfile", self.path("ca.key"), "-in", self.path(kind + ".csr"), "-out", self.path(kind + ".pem"),
                     "-startdate", day(begins_s), "-enddate", day(ends_s))

    def make(self, kind):
        if kind == "good":
            self.signed(kind, "ca")
        elif kind == "expired":
            self.dated(kind, -40 * 86400, -10 * 86400)
        elif kind == "notyet":
            self.dated(kind, 10 * 86400, 40 * 86400)
        elif kind == "wronghost":
            self.signed(kind, "ca", "DNS:elsewhere.example,IP:127.9.9.9")
        elif kind == "selfsigned":
            self.request(kind + ".key", kind + ".pem", "localhost", "-x509", "-days", "30", "-addext",
                         "subjectAltName=" + NAMES)
        else:
            self.authority("otherca-root", "Another CA")
            self.signed(kind, "otherca-root")

    def context(self, kind):
        """An ssl.SSLContext of a server that shows the certificate of this kind."""
        if kind not in KINDS:
            raise ValueError("no such certificate: %s; there are: %s" % (kind, " ".join(KINDS)))
        old = os.umask(0o077)
        try:
            if not (self.there(kind + ".pem") and self.there(kind + ".key")):
                self.make(kind)
        finally:
            os.umask(old)
        ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ctx.minimum_version = ssl.TLSVersion.TLSv1_2
        ctx.load_cert_chain(self.path(kind + ".pem"), self.path(kind + ".key"))
        ctx.set_alpn_protocols(["http/1.1"])
        return ctx
