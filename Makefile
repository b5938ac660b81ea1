# What one can do here. Each step says what it does, why, and how long it usually takes. The scripts are in .ci/.
.PHONY: help set-up build run dev test bench fmt screenshots
.DEFAULT_GOAL := help

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 14

set-up: ## installs what building needs (compiler target, wasm-bindgen, npm packages)
	@.ci/set-up build

build: ## builds target/release/appstream-console, everything embedded
	@.ci/build

run: build ## builds if needed, then serves http://127.0.0.1:3000 on the embedded AppStream's demo estate
	@exec "$${CARGO_TARGET_DIR:-target}/release/appstream-console" serve

dev: ## serves with automatic reload (cargo-leptos; its first installation takes about 9 minutes)
	@.ci/dev

test: ## formatting, lints, unit, property, integration and browser tests
	@.ci/test

bench: build ## sizes and speeds of the release build
	@.ci/bench

fmt: ## formats the Rust code
	@cargo fmt --all

screenshots: build ## makes the README's pictures anew, and pictures of every page into end2end/pictures
	@.ci/set-up test && cd end2end && npx playwright test --config screenshots.config.ts
