# Two commands do everything: `make run` and `make test`. Both bring what they need first.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := build/bin/steward
DESKTOP := build/bin/steward-desktop
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
BUILD = $(shell build/id.sh)
LDFLAGS = -s -w -X github.com/stewardhq/steward/app/headless.Version=$(VERSION) -X main.version=$(VERSION) -X github.com/stewardhq/steward/app.Build=$(BUILD)

# The window: its toolkit with headers, and fonts for what it shows. Debian's names.
FONTS := font:zh-tw font:und-zsye
WINDOW_PACKAGES := libgtk-3-dev libwebkit2gtk-4.1-dev pkg-config gcc libc6-dev fontconfig fonts-noto-cjk fonts-noto-color-emoji
WINDOW_PROGRAMS := pkg-config gcc lib:gtk+-3.0 lib:webkit2gtk-4.1 $(FONTS)
WINDOW_TAGS := desktop,production,webkit2_41
WINDOW_TEST_PACKAGES := xvfb xauth xdotool wmctrl imagemagick openbox dbus webkit2gtk-driver
WINDOW_TEST_PROGRAMS := Xvfb xauth xdotool wmctrl import openbox dbus-run-session WebKitWebDriver
# On Linux there may be nowhere for a window to be.
HEADLESS := $(if $(filter Linux,$(shell uname -s)),$(if $(DISPLAY)$(WAYLAND_DISPLAY),,yes))

# The page. Its packages are installed anew only when their list changes, and it is built anew only when its sources do.
PAGE := frontend/dist/index.html
PAGE_SOURCES := $(shell find frontend \( -name node_modules -o -name dist \) -prune -o -type f -print 2>/dev/null)
NODE_MODULES := frontend/node_modules/.installed
PAGE_TEST_PACKAGES := chromium fontconfig fonts-noto-cjk fonts-noto-color-emoji
PAGE_TEST_PROGRAMS := chromium $(FONTS)

# The script engine: QuickJS-NG compiled to WebAssembly, from its npm package, checked by hash, never committed.
ENGINE := app/sandbox/engine/quickjs.wasm
ENGINE_PACKAGE := quickjs-wasi@3.6.2
ENGINE_SHA256 := d4c9375f2b1ca4dc95f72c8aa2982a7a9951ac8011490d79c6582df732b4bbd9

GOFUMPT := mvdan.cc/gofumpt@v0.12.0
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
TOOLS := build/tools

# What the tests drive for real. Debian's names.
TEST_PACKAGES := dovecot-imapd mutt dbus dbus-x11 gnome-keyring libsecret-tools dunst libnotify-bin systemd xvfb xauth strace
TEST_PROGRAMS := doveadm mutt dbus-run-session gnome-keyring-daemon secret-tool dunst notify-send busctl Xvfb xauth strace

.PHONY: help run demo test check check-window check-page soak bench lint lint-page fuzz cli build page engine test-packages bench-packages window-packages clean

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: ## build, and open the window; where there is no display, serve the same on this machine and print a link
	@$(MAKE) $(if $(HEADLESS),page,build)
	@$(if $(HEADLESS),$(MAKE) cli)
	@exec $(if $(HEADLESS),$(BIN) serve,$(DESKTOP))

demo: cli ## brief you on the sample mailbox on the command line, in a home of its own (build/demo)
	@build/demo.sh $(BIN)

cli: $(ENGINE) ## build the command line: build/bin/steward
	@CGO_ENABLED=0 go build -trimpath -ldflags "$(LDFLAGS)" -o $(BIN) ./app/cmd/steward
	@echo "built $(BIN)"

build: window-packages page ## build the command line and the window: build/bin/steward, build/bin/steward-desktop
	@$(MAKE) cli
	@CGO_ENABLED=1 go build -trimpath -tags $(WINDOW_TAGS) -ldflags "$(LDFLAGS)" -o $(DESKTOP) .
	@echo "built $(DESKTOP)"

page: $(PAGE)
	@:

$(PAGE): $(NODE_MODULES) $(PAGE_SOURCES)
	@cd frontend && npm run --silent build
	@touch $@

$(NODE_MODULES): frontend/package.json frontend/package-lock.json
	@command -v npm >/dev/null || { echo "error: npm is needed to build the page" >&2; echo "hint: install Node.js 20.19 or later" >&2; exit 1; }
	@echo "installing the page's packages"
	@cd frontend && npm ci --silent --no-audit --no-fund
	@touch $@

window-packages:
	@build/packages.sh "$(WINDOW_PROGRAMS)" "$(WINDOW_PACKAGES)"

engine: $(ENGINE) ## bring the script engine

$(ENGINE):
	@build/engine.sh $(ENGINE_PACKAGE) $(ENGINE_SHA256) $@

bench-packages:
	@build/packages.sh "hyperfine jq /usr/bin/time dbus-run-session gnome-keyring-daemon" "hyperfine jq time dbus dbus-x11 gnome-keyring"

test-packages:
	@build/packages.sh "$(TEST_PROGRAMS)" "$(TEST_PACKAGES)"

check-packages: # the race detector needs a C compiler
	@build/packages.sh "gcc" "gcc libc6-dev"

test: $(ENGINE) test-packages ## units, real SQLite, servers on loopback, fuzz seeds, the short kill loop
	@go vet ./...
	@go test -timeout 15m ./...
	@[ -f build/redteam.txt ] || go test -count=1 ./app/policy/redteam >/dev/null
	@grep '^red team: ' build/redteam.txt

check: $(ENGINE) test-packages window-packages lint lint-page check-page check-window ## linters, the race detector, the page in Chromium, the real window
	@go test -race -short -timeout 15m ./...

check-window: $(ENGINE) window-packages page $(TOOLS)/golangci-lint ## the real window, on a display of its own; pictures go to build/pictures
	@build/packages.sh "$(WINDOW_TEST_PROGRAMS)" "$(WINDOW_TEST_PACKAGES)"
	@go vet -tags $(WINDOW_TAGS),window . ./app/desktop
	@$(TOOLS)/golangci-lint run --build-tags $(WINDOW_TAGS),window . ./app/desktop/...
	@go test -tags window -count=1 -timeout 15m ./app/desktop

soak: $(ENGINE) test-packages ## the long loops: 2,000 kills
	@STEWARD_KILLS=2000 go test -timeout 6h -count=1 -run 'Kill' -v ./app/cmd/steward

bench: cli bench-packages ## Go benchmarks, and whole processes
	@go test -run '^$$' -bench . -benchtime 1s ./app/... ./store/... ./agents/...
	@build/bench.sh $(BIN)

lint: $(TOOLS)/gofumpt $(TOOLS)/golangci-lint ## gofumpt, go vet, golangci-lint
	@unformatted=$$($(TOOLS)/gofumpt -l agents app store frontend/*.go *.go); [ -z "$$unformatted" ] || { echo "gofumpt: $$unformatted"; exit 1; }
	@go vet ./...
	@GOOS=darwin CGO_ENABLED=0 go vet ./app/sandbox/... ./app/owner/... ./app/vault/... ./app/shown/... ./app/server/... ./store/...
	@GOOS=windows CGO_ENABLED=0 go vet ./app/sandbox/... ./app/owner/... ./app/vault/... ./app/shown/... ./app/server/... ./store/...
	@$(TOOLS)/golangci-lint run ./...

$(TOOLS)/gofumpt:
	@GOBIN=$(CURDIR)/$(TOOLS) go install $(GOFUMPT)

$(TOOLS)/golangci-lint:
	@GOBIN=$(CURDIR)/$(TOOLS) go install $(GOLANGCI)

FUZZTIME ?= 20s
fuzz: $(ENGINE) ## every fuzz target for FUZZTIME each (default 20s)
	@build/fuzz.sh $(FUZZTIME)

lint-page: $(NODE_MODULES) ## the page's types, rules, words in both languages, and units
	@cd frontend && npm run --silent lint && npm run --silent check && npm run --silent test

# Every screen in Chromium, in both languages, light and dark; then a newcomer's way through the real thing, served.
check-page: page cli ## the page in Chromium; pictures go to build/pictures/page
	@build/packages.sh "$(PAGE_TEST_PROGRAMS)" "$(PAGE_TEST_PACKAGES)"
	@cd frontend && npm run --silent build:fake && npm run --silent e2e && node e2e/served.mjs ../$(BIN)

clean: ## remove what was built
	@rm -rf build/bin build/tools build/cache build/demo build/pictures frontend/node_modules $(ENGINE)
	@find frontend/dist -mindepth 1 ! -name .keep -delete
