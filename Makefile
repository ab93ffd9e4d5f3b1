# Two commands do everything: `make run` and `make test`. Both bring what they need first.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := build/bin/steward
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X github.com/stewardhq/steward/app/headless.Version=$(VERSION)

# The script engine: QuickJS-NG compiled to WebAssembly, from its npm package, checked by hash, never committed.
ENGINE := app/sandbox/engine/quickjs.wasm
ENGINE_PACKAGE := quickjs-wasi@3.6.2
ENGINE_SHA256 := d4c9375f2b1ca4dc95f72c8aa2982a7a9951ac8011490d79c6582df732b4bbd9

GOFUMPT := mvdan.cc/gofumpt@v0.12.0
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
TOOLS := build/tools

# What the tests drive for real. Debian's names.
TEST_PACKAGES := dovecot-imapd mutt dbus dbus-x11 gnome-keyring libsecret-tools dunst libnotify-bin xvfb xauth strace
TEST_PROGRAMS := doveadm mutt dbus-run-session gnome-keyring-daemon secret-tool dunst notify-send Xvfb xauth strace

.PHONY: help run test check soak bench lint fuzz cli build engine test-packages bench-packages frontend frontend-lint frontend-check clean

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: cli ## build, and brief you on the sample mailbox in a home of its own (build/demo)
	@build/demo.sh $(BIN)

cli: $(ENGINE) ## build the command line: build/bin/steward
	@CGO_ENABLED=0 go build -trimpath -ldflags "$(LDFLAGS)" -o $(BIN) ./app/cmd/steward
	@echo "built $(BIN)"

build: cli ## build everything

engine: $(ENGINE) ## bring the script engine

$(ENGINE):
	@build/engine.sh $(ENGINE_PACKAGE) $(ENGINE_SHA256) $@

bench-packages:
	@build/packages.sh "hyperfine jq /usr/bin/time dbus-run-session gnome-keyring-daemon" "hyperfine jq time dbus dbus-x11 gnome-keyring"

test-packages:
	@build/packages.sh "$(TEST_PROGRAMS)" "$(TEST_PACKAGES)"

test: $(ENGINE) test-packages ## units, real SQLite, servers on loopback, fuzz seeds, the short kill loop
	@go vet ./...
	@go test -timeout 15m ./...

check: $(ENGINE) test-packages lint frontend-lint frontend-check ## the race detector over what runs at once, and the linters
	@go test -race -short -timeout 15m ./...

soak: $(ENGINE) test-packages ## the long loops: 2,000 kills
	@STEWARD_KILLS=2000 go test -timeout 6h -count=1 -run 'Kill' -v ./app/cmd/steward

bench: cli bench-packages ## Go benchmarks, and whole processes
	@go test -run '^$$' -bench . -benchtime 1s ./app/... ./store/... ./agents/...
	@build/bench.sh $(BIN)

lint: $(TOOLS)/gofumpt $(TOOLS)/golangci-lint ## gofumpt, go vet, golangci-lint
	@unformatted=$$($(TOOLS)/gofumpt -l agents app store); [ -z "$$unformatted" ] || { echo "gofumpt: $$unformatted"; exit 1; }
	@go vet ./...
	@GOOS=darwin CGO_ENABLED=0 go vet ./app/sandbox/... ./app/owner/... ./app/vault/... ./store/...
	@GOOS=windows CGO_ENABLED=0 go vet ./app/sandbox/... ./app/owner/... ./app/vault/... ./store/...
	@$(TOOLS)/golangci-lint run ./...

$(TOOLS)/gofumpt:
	@GOBIN=$(CURDIR)/$(TOOLS) go install $(GOFUMPT)

$(TOOLS)/golangci-lint:
	@GOBIN=$(CURDIR)/$(TOOLS) go install $(GOLANGCI)

FUZZTIME ?= 20s
fuzz: $(ENGINE) ## every fuzz target for FUZZTIME each (default 20s)
	@build/fuzz.sh $(FUZZTIME)

# The page. Its packages are installed anew only when their list changes.
NODE_MODULES := frontend/node_modules/.installed

frontend: $(NODE_MODULES) ## build the page, and measure it
	@cd frontend && npm run --silent build

frontend-lint: $(NODE_MODULES) ## the page's types, rules, words in both languages, and units
	@cd frontend && npm run --silent lint && npm run --silent check && npm run --silent test

frontend-check: $(NODE_MODULES) frontend ## every screen of the page in Chromium, both languages, light and dark; pictures go to build/pictures/page
	@build/packages.sh "chromium" "chromium fonts-noto-cjk"
	@cd frontend && npm run --silent build:fake && npm run --silent e2e

$(NODE_MODULES): frontend/package.json frontend/package-lock.json
	@command -v npm >/dev/null || { echo "error: npm is needed to build the page" >&2; echo "hint: install Node.js 20.19 or later" >&2; exit 1; }
	@cd frontend && npm ci --silent --no-audit --no-fund
	@touch $@

clean: ## remove what was built
	@rm -rf build/bin build/tools build/cache build/demo build/pictures frontend/node_modules $(ENGINE)
	@find frontend/dist -mindepth 1 ! -name .keep -delete
