# Sourced: $VAULT is the program under valgrind, which is tried on a planted leak; a vault, a stand-in for Smartsheet.
# shellcheck shell=sh
. "$(dirname "$0")/../cli/lib.sh"
if ! command -v valgrind >/dev/null; then
	echo '1..0 # SKIP there is no valgrind: apt-get install valgrind libc6-dbg'
	T_DONE=1
	exit 0
fi
REAL=$VAULT VAULT=$TMPDIR/checked
cat >"$VAULT" <<SCRIPT
#!/bin/sh
exec valgrind -q --error-exitcode=98 --leak-check=full --show-leak-kinds=definite,indirect,possible \\
	--child-silent-after-fork=yes "$REAL" "\$@"
SCRIPT
chmod +x "$VAULT"
# Whether it bites: a planted leak, the same way.
printf '#include <stdlib.h>\nint main(void)\n{\n\treturn malloc(4096) == NULL;\n}\n' >"$TMPDIR/leak.c"
"${CC:-gcc}" -O0 -o "$TMPDIR/leak" "$TMPDIR/leak.c" || exit 1
sed "s|\"$REAL\"|\"$TMPDIR/leak\"|" "$VAULT" >"$VAULT.leak"
chmod +x "$VAULT.leak"
expect 98 'a planted leak is found' -- "$VAULT.leak"
new_vault
ok 'init'
fake_start
value() {
	fake token new --user enterprise@company-a.example
}
STORE='--account enterprise@company-a.example --license licensed --plan enterprise'
# checked STATUS COMMAND...: 98 is valgrind's.
checked() {
	want=$1
	shift
	expect "$want" "$*" -- "$VAULT" "$@"
}
