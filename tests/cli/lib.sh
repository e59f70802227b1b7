# What command tests share: TAP, a private home, a quick vault, the stand-in for Smartsheet. POSIX sh; to be sourced:
#
#   . "$(dirname "$0")/lib.sh"
#   new_vault                                   # admin's key file in $HOME/key; SMARTVAULT_FILE and _KEY_FILE exported
#   input 'fake0000000000000000000000000000001' # stdin of the next expect, with a newline; else it is /dev/null
#   expect 0 'a token is stored' -- $VAULT add --account ann@a.example --license licensed one
#   has "$ERR" 'next:' 'the next step is named'
#   json "$OUT" 'd["items"][0]["label"]' one 'the label is in the JSON'
#   done_testing
#
# A command's stdout and stderr stay in the files $OUT and $ERR until the next expect.
set -u

ROOT=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$ROOT/$BUILD ;; esac
VAULT=$BUILD/bin/vault
VAULT_API=$BUILD/bin/vault-api
# A version manager's python3 takes ten times as long to start.
PY=/usr/bin/python3
[ -x "$PY" ] || PY=python3

# The runner gives each test an empty HOME and TMPDIR of its own; started by hand, a test makes them itself, so that it
# never sees anybody's vault.
if [ "${TEST_PRIVATE:-}" != 1 ]; then
	T_OWN=$(mktemp -d) || exit 1
	mkdir -m 700 "$T_OWN/home" "$T_OWN/tmp" || exit 1
	HOME=$T_OWN/home TMPDIR=$T_OWN/tmp
	export HOME TMPDIR
	unset XDG_DATA_HOME XDG_STATE_HOME XDG_CONFIG_HOME XDG_RUNTIME_DIR CREDENTIALS_DIRECTORY NO_COLOR
	for t_v in $(env | sed -n 's/^\(SMARTVAULT_[A-Z_]*\)=.*/\1/p'); do
		unset "$t_v"
	done
fi
T_DIR=$TMPDIR/lib.$$
mkdir -m 700 "$T_DIR" || exit 1
OUT=$T_DIR/out ERR=$T_DIR/err T_IN=$T_DIR/in
: >"$OUT" >"$ERR"
T_N=0 T_DONE= T_EXIT= FAKE_DIR=

t_end() {
	t_rc=$?
	trap - EXIT
	eval "$T_EXIT"
	if [ -z "$T_DONE" ]; then
		echo "not ok $((T_N + 1)) - the test ended before done_testing (status $t_rc)"
		t_rc=1
	fi
	rm -rf "$T_DIR" ${T_OWN:+"$T_OWN"}
	exit "$t_rc"
}
trap t_end EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# at_exit 'COMMAND': run when the test ends, however it ends; the last one first.
at_exit() {
	T_EXIT="$1
$T_EXIT"
}

ok() {
	T_N=$((T_N + 1))
	echo "ok $T_N - $1"
}

not_ok() {
	T_N=$((T_N + 1))
	echo "not ok $T_N - $1"
	: >"$T_DIR/failed"
}

# skip NAME WHY
skip() {
	T_N=$((T_N + 1))
	echo "ok $T_N - $1 # SKIP $2"
}

diag() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

t_show() {
	sed -n "1,60s/^/# $1: /p" "$2"
}

# input TEXT: what the next expect's command reads, and a newline.
input() {
	printf '%s\n' "$1" >"$T_IN"
}

# expect STATUS NAME -- COMMAND...
expect() {
	t_want=$1 t_name=$2
	[ "$3" = -- ] || { echo "not ok - expect STATUS NAME -- COMMAND"; exit 1; }
	shift 3
	t_got=0
	if [ -f "$T_IN" ]; then
		"$@" <"$T_IN" >"$OUT" 2>"$ERR" || t_got=$?
		rm -f "$T_IN"
	else
		"$@" </dev/null >"$OUT" 2>"$ERR" || t_got=$?
	fi
	if [ "$t_got" = "$t_want" ]; then
		ok "$t_name"
		return 0
	fi
	not_ok "$t_name"
	diag "status $t_got, expected $t_want: $*"
	t_show stdout "$OUT"
	t_show stderr "$ERR"
	return 1
}

# has FILE TEXT NAME, hasnt FILE TEXT NAME: TEXT is no pattern and stands in one line.
has() {
	if grep -qF -e "$2" -- "$1"; then
		ok "$3"
	else
		not_ok "$3"
		diag "not there: $2"
		t_show "$(basename "$1")" "$1"
	fi
}

hasnt() {
	if grep -qF -e "$2" -- "$1"; then
		not_ok "$3"
		diag "there: $2"
		t_show "$(basename "$1")" "$1"
	else
		ok "$3"
	fi
}

# same A B NAME: two strings; empty FILE NAME: a file of no bytes.
same() {
	if [ "$1" = "$2" ]; then
		ok "$3"
	else
		not_ok "$3"
		diag "is:       $1"
		diag "expected: $2"
	fi
}

empty() {
	if [ ! -s "$1" ]; then
		ok "$2"
	else
		not_ok "$2"
		t_show "$(basename "$1")" "$1"
	fi
}

# json FILE EXPRESSION EXPECTED NAME: EXPRESSION is Python on the document `d`. A string is compared as it is, anything
# else as JSON without spaces (true, null, [1,2], {"a":1}).
json() {
	t_got=$("$PY" -c '
import json, sys
try:
    d = json.load(open(sys.argv[1], encoding="utf-8"))
    r = eval(sys.argv[2])
    print(r if isinstance(r, str) else json.dumps(r, separators=(",", ":"), ensure_ascii=False))
except Exception as e:
    print("%s: %s" % (type(e).__name__, e))
' "$1" "$2" 2>&1)
	if [ "$t_got" = "$3" ]; then
		ok "$4"
	else
		not_ok "$4"
		diag "$2"
		diag "is:       $t_got"
		diag "expected: $3"
		t_show "$(basename "$1")" "$1"
	fi
}

# report EXPECTED NAME COLUMNS ARGUMENT...: a command's --csv says what its --json does, in the same order; COLUMNS '' are all.
report() {
	t_e=$1 t_name=$2 t_columns=$3
	shift 3
	"$VAULT" "$@" --json >"$T_DIR/report.json" 2>"$ERR" </dev/null
	"$VAULT" "$@" --csv ${t_columns:+--columns "$t_columns"} >"$OUT" 2>"$ERR" </dev/null
	t_got=$("$PY" "$ROOT/tests/cli/report.py" "$OUT" "$T_DIR/report.json" ${t_columns:+"$t_columns"} 2>&1)
	same "$t_got" "$t_e" "$t_name"
}

# as_nobody COMMAND...: under another uid without any right; root passes every mode.
as_nobody() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$@"
	else
		"$@"
	fi
}

# A vault in the private home that opens by a key file, without a KDF's wait. Its slot: admin.
new_vault() {
	SMARTVAULT_FILE=$HOME/test.vault
	export SMARTVAULT_FILE
	if ! "$VAULT" init --key-file-out "$HOME/key" --no-recovery --slot-name admin >"$OUT" 2>"$ERR" </dev/null; then
		not_ok 'vault init'
		t_show stderr "$ERR"
		exit 1
	fi
	SMARTVAULT_KEY_FILE=$HOME/key
	export SMARTVAULT_KEY_FILE
}

# The stand-in for Smartsheet, until the test ends: exports SMARTVAULT_API_URL; $CA is its authority, for --ca-file.
# Arguments are the stand-in's.
fake_start() {
	FAKE_DIR=$T_DIR/fake
	mkdir -p "$FAKE_DIR"
	rm -f "$T_DIR/ready"
	mkfifo "$T_DIR/ready"
	"$PY" "$ROOT/tests/fake/smartsheet" --dir "$FAKE_DIR" "$@" >"$T_DIR/ready" 2>"$T_DIR/fake.err" </dev/null &
	FAKE_PID=$!
	at_exit "fake_stop $FAKE_PID"
	exec 9<"$T_DIR/ready"
	t_word=
	read -r t_word SMARTVAULT_API_URL <&9 || :
	if [ "$t_word" != ready ]; then
		not_ok 'the stand-in for Smartsheet starts'
		t_show stderr "$T_DIR/fake.err"
		exit 1
	fi
	CA=$FAKE_DIR/ca.pem
	export SMARTVAULT_API_URL CA
}

fake_stop() {
	kill "$1" 2>/dev/null || return 0
	wait "$1" 2>/dev/null || :
	exec 9<&-
}

# fake COMMAND...: what Smartsheet's side does, as smartsheetctl --help says.
fake() {
	"$PY" "$ROOT/tests/fake/smartsheetctl" "$FAKE_DIR" "$@"
}

# The made-up organisation of tests/data, a copy in the new FOLDER: its vault is exported, opened by its admin anja. Ends
# the test where a clock cannot be set here. `on DAY COMMAND...`: with the clock at noon of that day.
organisation() {
	t_why=$("$PY" "$ROOT/tests/data/organisation.py" why) || t_why='tests/data/organisation.py fails'
	if [ -n "$t_why" ]; then
		skip 'the made-up organisation' "$t_why"
		done_testing
	fi
	t_env=$("$PY" "$ROOT/tests/data/organisation.py" copy "$1") || exit 1
	eval "$t_env"
}

on() {
	t_day=$1
	shift
	env LD_PRELOAD="$T_FAKETIME" FAKETIME="$t_day 12:00:00" FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1 TZ=UTC \
		ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0" "$@"
}

# The last line of every test.
done_testing() {
	echo "1..$T_N"
	T_DONE=1
	[ ! -e "$T_DIR/failed" ] || exit 1
	exit 0
}
