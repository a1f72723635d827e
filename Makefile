# The front door. Every target installs and builds what it lacks.
.PHONY: demo bench test test-asan test-tsan interop accept build packages lint fuzz fmt clean help

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile

demo: build ## seven releases on this machine: real HAProxy, real processes, real traffic
	@tools/demo

bench: build ## what a check costs; the judge beside its peers: harm, false rollbacks, cost; an hour or so. ARGS="--harm 40 --nulls 100" for less
	@bench/check_cost
	@build/release/bench/blast_radius $(ARGS)

test: build ## every test, then the parsers' fuzz targets under sanitizers
	@tools/run_tests release
	@$(MAKE) --no-print-directory test-asan

test-asan: packages
	@cmake --preset asan >build/asan.configure.log 2>&1 || { cat build/asan.configure.log; exit 1; }
	@cmake --build --preset asan --target asan_tests
	@tools/run_tests asan

test-tsan: packages ## the tests that have threads, under the thread sanitizer
	@mkdir -p build
	@cmake --preset tsan >build/tsan.configure.log 2>&1 || { cat build/tsan.configure.log; exit 1; }
	@cmake --build --preset tsan --target tsan_tests
	@ctest --test-dir build/tsan --output-on-failure --no-tests=error -L tsan -j2

interop: build ## against large real programs, fetched from npm: Unleash 7 on PostgreSQL; says what it skips
	@tools/interop

build: packages ## build/release/sluice
	@mkdir -p build
	@cmake --preset release >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }
	@cmake --build --preset release

packages:
	@mkdir -p build
	@tools/install_packages

accept: build ## take today's answers as right: read the diff before you commit it
	@SLUICE_ACCEPT=1 ctest --test-dir build/release -E '^(live|fuzz|kill|e2e)_' -j2 >/dev/null || true
	@git diff --stat

lint: build ## clang-tidy and clang-format, where they are installed
	@tools/lint

fuzz: packages ## every fuzz target with libFuzzer, one minute each (clang-19)
	@tools/fuzz

fmt: ## format the sources
	@git ls-files '*.cc' '*.h' | xargs clang-format-19 -i

clean: ## remove what was built
	@rm -rf build
