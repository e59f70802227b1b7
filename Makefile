# Builds vault, vault-api and the library; everything goes under build/. `make help` names the targets.
VERSION = 0.1.0
PROG    = vault

PREFIX     = /usr/local
bindir     = $(PREFIX)/bin
libexecdir = $(PREFIX)/libexec
mandir     = $(PREFIX)/share/man
DESTDIR    =

ifeq ($(origin CC),default)
CC = gcc
endif
PKG_CONFIG = pkg-config
PYTHON     = python3
INSTALL    = install
B          = $(if $(SAN),build/san,build)

WARN = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual -Wwrite-strings \
	-Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla -Wundef -Wimplicit-fallthrough -Werror
ifdef SAN
OPT  = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
else
OPT  = -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
endif
HARDEN = -fstack-protector-strong -fstack-clash-protection -fPIE
# CFLAGS and LDFLAGS are the caller's; ours come first.
OURFLAGS   = -std=c17 -D_GNU_SOURCE -DVAULT_VERSION='"$(VERSION)"' $(WARN) $(OPT) $(HARDEN)
# --exclude-libs: libsodium.a has functions of libargon2's names; exported, they would take the place of those.
OURLDFLAGS = $(OPT) -pie -Wl,-z,relro,-z,now,--as-needed,--exclude-libs,ALL

# pkg-config is asked once, and only where something is compiled: `make deps` runs where there is none yet.
PKGS = libsodium sqlite3 jansson libargon2 smartcols libcurl
once = $(eval $(1) := $(2))$($(1))
PKG_SEEN  = $(call once,PKG_SEEN,$(if $(shell $(PKG_CONFIG) --exists $(PKGS) && echo y),y,$(error what vault is \
	built with is missing: run `make deps`)))
pkg       = $(if $(PKG_SEEN),$(shell $(PKG_CONFIG) $(1)))
# Shared libraries cost a start 0.1 ms each, so these are taken from their archives, with what they need in turn.
# (-lz is of SQLite's shell; its headers are no dependency of libsqlite3-dev.)
archive   = $(filter-out -lz,$(patsubst -l$(patsubst lib%,%,$(1)),-l:lib$(patsubst lib%,%,$(1)).a,$(call \
	pkg,--static --libs $(1))))
CFLAGS_cli = $(call once,CFLAGS_cli,$(call pkg,--cflags smartcols))
CFLAGS_api = $(call once,CFLAGS_api,$(call pkg,--cflags libcurl jansson))
CFLAGS_lib = $(call once,CFLAGS_lib,$(call pkg,--cflags libsodium sqlite3 jansson libargon2))
LIBS_lib   = $(call once,LIBS_lib,-lzxcvbn $(call pkg,--libs libargon2) $(foreach l,sqlite3 jansson libsodium,$(call \
	archive,$(l))))
LIBS_vault = $(call once,LIBS_vault,$(call pkg,--libs smartcols) $(LIBS_lib))
LIBS_api   = $(call once,LIBS_api,$(call pkg,--libs libcurl jansson))
LIBS_test  = $(call once,LIBS_test,$(call pkg,--libs cmocka))

LIB_O  = $(patsubst %.c,$(B)/%.o,$(wildcard vault/*.c))
CLI_O  = $(patsubst %.c,$(B)/%.o,$(wildcard cli/*.c))
API_O  = $(patsubst %.c,$(B)/%.o,$(wildcard api/*.c))
TESTS  = $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))
MAN    = $(wildcard man/*.[157])
# Sub-makes that compile use all processors, unless the caller said how many.
PARALLEL = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 2))
MAKEFLAGS += --no-print-directory

.SUFFIXES:
.DELETE_ON_ERROR:
.PHONY: all tests deps demo check check-build lint tidy cppcheck check-full valgrind bench install clean format help FORCE

all: $(B)/bin/vault $(B)/bin/vault-api

help:
	@echo 'make              build/bin/vault and build/bin/vault-api'
	@echo 'make demo         what it is good for, on a throw-away vault and a stand-in for Smartsheet'
	@echo 'make check        all tests; T=NAME those of one name; SAN=1 with the address and undefined sanitizers'
	@echo 'make install      DESTDIR= PREFIX=/usr/local PROG=vault (another PROG renames program and manual)'
	@echo 'make deps         what has to be installed for these, by apt-get; nothing where nothing is missing'
	@echo 'make lint         layers, rules and style; make format: clang-format'
	@echo 'make tidy         clang-tidy with .clang-tidy; make cppcheck'
	@echo 'make valgrind     unit tests and the commands under valgrind; make bench: speed'
	@echo 'make check-full   check, tidy, cppcheck and valgrind'
	@echo 'make clean        takes build/ away'

$(B)/bin/vault: $(CLI_O) $(B)/libvault.a
	@mkdir -p $(@D)
	$(CC) $(OURLDFLAGS) $(LDFLAGS) -o $@ $(CLI_O) $(B)/libvault.a $(LIBS_vault)

$(B)/bin/vault-api: $(API_O)
	@mkdir -p $(@D)
	$(CC) $(OURLDFLAGS) $(LDFLAGS) -o $@ $(API_O) $(LIBS_api)

# Made anew each time: an archive keeps members whose source is gone.
$(B)/libvault.a: $(LIB_O)
	@rm -f $@
	$(AR) rcs $@ $(LIB_O)

# What is unit-tested of the two programs, without their main().
$(B)/libcli.a: $(filter-out $(B)/cli/main.o,$(CLI_O))
	@rm -f $@
	$(AR) rcs $@ $^
$(B)/libapi.a: $(filter-out $(B)/api/main.o,$(API_O))
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/vault/%.o: vault/%.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(OURFLAGS) $(EXTRA) -Iinclude -Ivault $(CFLAGS_lib) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/cli/%.o: cli/%.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(OURFLAGS) -Iinclude -Icli $(CFLAGS_cli) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/api/%.o: api/%.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(OURFLAGS) -Iinclude -Iapi $(CFLAGS_api) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/tests/%: tests/unit/%.c $(B)/libvault.a $(B)/libcli.a $(B)/libapi.a $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(OURFLAGS) -Iinclude -Ivault -Icli -Iapi $(CPPFLAGS) $(CFLAGS) -MMD -MP $(OURLDFLAGS) $(LDFLAGS) -o $@ $< \
		$(B)/libcli.a $(B)/libapi.a $(B)/libvault.a $(LIBS_test) $(LIBS_vault) $(LIBS_api)

$(B)/bench/fill: tests/bench/fill.c $(B)/libvault.a $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(OURFLAGS) -Iinclude $(CPPFLAGS) $(CFLAGS) $(OURLDFLAGS) $(LDFLAGS) -o $@ $< $(B)/libvault.a $(LIBS_vault)

# Only this file knows where the helper is installed, so `make install PREFIX=...` compiles no other anew.
$(B)/vault/helper_child.o: $(B)/libexecdir
$(B)/vault/helper_child.o: EXTRA = -DVAULT_LIBEXECDIR='"$(libexecdir)"'

# Written only where it changes: other flags, another compiler or version compile everything anew.
$(B)/flags: FORCE
	@mkdir -p $(@D); echo "$(CC) $(subst ",,$(OURFLAGS)) $(OURLDFLAGS) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS)" >$@.new; \
		cmp -s $@.new $@ && rm $@.new || mv $@.new $@
$(B)/libexecdir: FORCE
	@mkdir -p $(@D); echo '$(libexecdir)' >$@.new; cmp -s $@.new $@ && rm $@.new || mv $@.new $@

tests: all $(TESTS)

deps:
	@tests/deps build demo test

demo:
	@tests/deps build demo
	@$(MAKE) $(PARALLEL) -s all
	@BUILD=$(B) tests/demo

check-build:
	@tests/deps build demo test
	@$(MAKE) $(PARALLEL) -s tests
	@$(if $(SAN)$(T),,$(MAKE) $(PARALLEL) -s SAN=1 tests)

check: check-build
	@$(PYTHON) tests/run --build $(B) $(if $(SAN)$(T),,--san build/san) $(T)

lint:
	@tests/deps build test
	@$(MAKE) $(PARALLEL) -s tests
	@$(PYTHON) tests/run --build $(B) --suite lint

valgrind:
	@tests/deps build demo test valgrind
	@$(MAKE) $(PARALLEL) -s tests
	@$(PYTHON) tests/run --build $(B) --suite unit --valgrind $(T)
	@$(if $(T),,$(PYTHON) tests/run --build $(B) --suite full memcheck memcheck-reports)

# What takes minutes, so no part of `check`.
tidy cppcheck:
	@tests/deps build $@
	@$(PYTHON) tests/run --build $(B) --suite full $@

check-full: check
	@tests/deps tidy cppcheck valgrind
	@$(PYTHON) tests/run --build $(B) --suite full
	@$(PYTHON) tests/run --build $(B) --suite unit --valgrind

bench:
	@tests/deps build demo bench
	@$(MAKE) $(PARALLEL) -s all
	@$(MAKE) -s $(B)/bench/fill
	@BUILD=$(B) tests/bench/run
	@BUILD=$(B) tests/bench/sizes
	@BUILD=$(B) tests/bench/check

# The manual names the program; under another name its pages and what they refer to follow.
install: all
	$(INSTALL) -d '$(DESTDIR)$(bindir)' '$(DESTDIR)$(libexecdir)/smartvault' \
		$(patsubst %,'$(DESTDIR)$(mandir)/man%',1 5 7)
	$(INSTALL) -m 755 $(B)/bin/vault '$(DESTDIR)$(bindir)/$(PROG)'
	$(INSTALL) -m 755 $(B)/bin/vault-api '$(DESTDIR)$(libexecdir)/smartvault/vault-api'
	@up=$$(echo '$(PROG)' | tr a-z A-Z); for f in $(MAN); do \
		n=$${f#man/vault}; s=$${n##*.}; to='$(DESTDIR)$(mandir)'/man$$s/'$(PROG)'$$n; \
		sed -e "s/^\(\.Dt \)VAULT/\1$$up/" -e 's|/usr/local/libexec|$(libexecdir)|' \
			-e '/^\./s/\(^\.\| \)\(Xr\|Nm\|Ql\) vault\($$\|[ -]\)/\1\2 $(PROG)\3/g' \
			-e 's/\(^\|^\.Dl \)\$$ vault /\1$$ $(PROG) /' $$f >$$to && chmod 644 $$to || exit 1; \
	done

clean:
	rm -rf build

format:
	clang-format -i $(wildcard include/vault/*.h vault/*.[ch] cli/*.[ch] api/*.[ch] tests/unit/*.[ch])

-include $(wildcard $(B)/vault/*.d $(B)/cli/*.d $(B)/api/*.d $(B)/tests/*.d)
