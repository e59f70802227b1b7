"""Certificates of the stand-in, made by the openssl program: one authority that clients are told to trust, another
they are not, and a server certificate of each kind. P-256, so that handshakes are cheap. What is there is used again.
"""
import os
import ssl
import subprocess
import time

# What a client that looks must not trust, but for the first.
KINDS = ("good", "expired", "notyet", "wronghost", "selfsigned", "otherca", "expired-sub", "no-chain", "leaf-as-ca",
         "weak-key", "sha1", "client-only", "ip-as-dns", "constrained", "tls10", "tls11", "anonymous", "no-cipher",
         "client-cert", "client-cert12", "sni-refused", "sni-other")
# Those whose certificate is another's; the difference is in the protocol.
SHOWN = {kind: "good" for kind in ("tls10", "tls11", "anonymous", "no-cipher", "client-cert", "client-cert12",
                                   "sni-refused", "sni-other")}
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
[sub]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
[constrained]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
nameConstraints = critical,permitted;DNS:elsewhere.example,permitted;IP:10.0.0.0/255.0.0.0
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
        curve = () if "-newkey" in more else ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
        self.openssl("req", "-config", self.path("openssl.cnf"), *curve, "-nodes", "-keyout", self.path(key), "-out", self.path(out),
                     "-subj", "/CN=" + name, *more)

    def authority(self, base, name):
        if not (self.there(base + ".pem") and self.there(base + ".key")):
            self.request(base + ".key", base + ".pem", name, "-x509", "-days", "30", "-addext",
                         "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
            for kind in KINDS:  # what the former authority signed is good for nothing now
                if self.there(kind + ".pem"):
                    os.unlink(self.path(kind + ".pem"))

    def signed(self, kind, authority, names=NAMES, *more, use="serverAuth"):
        self.request(kind + ".key", kind + ".pem", "localhost", "-x509", "-days", "30", "-CA",
                     self.path(authority + ".pem"), "-CAkey", self.path(authority + ".key"), "-addext",
                     "basicConstraints=CA:FALSE", "-addext", "subjectAltName=" + names, "-addext", "extendedKeyUsage=" + use,
                     *more)

    def dated(self, kind, begins_s, ends_s, section="leaf"):
        """Only `openssl ca` takes the dates as they are."""
        day = lambda s: time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + s))  # noqa: E731
        self.request(kind + ".key", kind + ".csr", "localhost" if section == "leaf" else kind, "-new")
        with open(self.path("index"), "w", encoding="ascii"):
            pass
        self.openssl("ca", "-batch", "-notext", "-config", self.path("openssl.cnf"), "-cert", self.path("ca.pem"),
                     "-keyfile", self.path("ca.key"), "-in", self.path(kind + ".csr"), "-out", self.path(kind + ".pem"),
                     "-startdate", day(begins_s), "-enddate", day(ends_s), "-extensions", section)

    def chained(self, kind, authority):
        """A leaf below `authority`, shown with it."""
        self.signed(kind, authority)
        with open(self.path(kind + ".pem"), "ab") as leaf, open(self.path(authority + ".pem"), "rb") as above:
            leaf.write(above.read())

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
        elif kind == "otherca":
            self.authority("otherca-root", "Another CA")
            self.signed(kind, "otherca-root")
        elif kind == "expired-sub":
            self.dated("sub-expired", -40 * 86400, -10 * 86400, "sub")
            self.chained(kind, "sub-expired")
        elif kind == "no-chain":  # what is between it and the authority is not shown
            self.dated("sub-hidden", -86400, 20 * 86400, "sub")
            self.signed(kind, "sub-hidden")
        elif kind == "leaf-as-ca":
            self.context("good")
            self.chained(kind, "good")
        elif kind == "weak-key":
            self.signed(kind, "ca", NAMES, "-newkey", "rsa:1024")
        elif kind == "sha1":
            self.signed(kind, "ca", NAMES, "-sha1")
        elif kind == "client-only":
            self.signed(kind, "ca", use="clientAuth")
        elif kind == "ip-as-dns":
            self.signed(kind, "ca", "DNS:127.0.0.1,DNS:elsewhere.example")
        else:
            self.dated("sub-constrained", -86400, 20 * 86400, "constrained")
            self.chained(kind, "sub-constrained")

    def pair(self, kind):
        """Certificate and key of this kind, made where they are missing."""
        kind = SHOWN.get(kind, kind)
        old = os.umask(0o077)
        try:
            if not (self.there(kind + ".pem") and self.there(kind + ".key")):
                self.make(kind)
        finally:
            os.umask(old)
        return self.path(kind + ".pem"), self.path(kind + ".key")

    def protocol(self, ctx, kind):
        """What is wrong with the handshake where the certificate is right."""
        if kind in ("tls10", "tls11"):
            ctx.minimum_version = ctx.maximum_version = ssl.TLSVersion.TLSv1 if kind == "tls10" else ssl.TLSVersion.TLSv1_1
        elif kind in ("anonymous", "no-cipher"):
            ctx.maximum_version = ssl.TLSVersion.TLSv1_2
            ctx.set_ciphers(("aNULL" if kind == "anonymous" else "eNULL") + ":@SECLEVEL=0")
        elif kind in ("client-cert", "client-cert12"):
            ctx.verify_mode = ssl.CERT_REQUIRED
            ctx.load_verify_locations(self.path("ca.pem"))
            if kind == "client-cert12":
                ctx.maximum_version = ssl.TLSVersion.TLSv1_2
        elif kind == "sni-refused":
            ctx.sni_callback = lambda _sock, _name, _ctx: ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        elif kind == "sni-other":
            other = self.context("wronghost")

            def show(sock, _name, _ctx):
                sock.context = other
            ctx.sni_callback = show

    def context(self, kind):
        """An ssl.SSLContext of a server that shows the certificate of this kind."""
        if kind not in KINDS:
            raise ValueError("no such certificate: %s; there are: %s" % (kind, " ".join(KINDS)))
        ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ctx.minimum_version = ssl.TLSVersion.TLSv1_2
        if kind != "good":
            ctx.set_ciphers("ALL:@SECLEVEL=0")  # it is the client that is to refuse
        ctx.load_cert_chain(*self.pair(kind))
        ctx.set_alpn_protocols(["http/1.1"])
        self.protocol(ctx, kind)
        return ctx
