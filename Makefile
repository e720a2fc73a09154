# make run | demo | test | bench | simulate | fuzz | fmt | lint | clean; CONTRIBUTING.md says what each is for.
SWIFT ?= swift
RELEASE = .build/release
# Release links the Swift runtime in, so that the binary runs where no toolchain is.
RELEASE_FLAGS = -c release --static-swift-stdlib
SOURCES = Package.swift Sources Tests bench

.PHONY: run demo test bench simulate fuzz build fmt lint clean packages

run: build
	$(RELEASE)/weir run --config.file config/weir.yaml

demo: build
	bench/run-demo $(RELEASE)

# Tests beside each other, but not all at once: hundreds would keep each other from running for minutes.
test: packages
	$(SWIFT) build --build-tests
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=8 $(SWIFT) test --skip-build

bench: packages
	bench/run

# Seeded lives of a store on a disk that loses power; COUNT of them, each reproducible by its number.
simulate: packages
	WEIR_SIMULATIONS=$(or $(COUNT),2000) $(SWIFT) test --filter SimulationTests

fuzz: packages
	bench/fuzz/run

build: packages
	$(SWIFT) build $(RELEASE_FLAGS)

fmt:
	$(SWIFT) format --in-place --recursive --parallel $(SOURCES)

lint:
	$(SWIFT) format lint --strict --recursive --parallel $(SOURCES)

clean:
	rm -rf .build .build-fuzz data

packages:
	@bench/packages
