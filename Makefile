# make run | demo | test | bench | fmt | lint | clean; CONTRIBUTING.md says what each is for.

SWIFT ?= swift
RELEASE = .build/release
SOURCES = Package.swift Sources Tests bench

.PHONY: run demo test bench build fmt lint clean packages

run: build
	$(RELEASE)/weir run --config.file config/weir.yaml

demo: build
	bench/run-demo $(RELEASE)

test: packages
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

bench: build
	bench/run

build: packages
	$(SWIFT) build -c release

fmt:
	$(SWIFT) format --in-place --recursive --parallel $(SOURCES)

lint:
	$(SWIFT) format lint --strict --recursive --parallel $(SOURCES)

clean:
	rm -rf .build data

packages:
	@bench/packages
