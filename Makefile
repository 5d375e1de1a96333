# SPDX-License-Identifier: Apache-2.0
# The few jobs of this project. Each installs what it lacks from Debian's packages (as root, or
# through sudo), builds in parallel by a preset of CMakePresets.json, and does its work.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

TIME ?= 60
STARTS ?= 10
TARGET ?= bio_sequence

# One compiler a core, as far as memory goes: the largest sources take a GiB and a half.
JOBS ?= $(shell awk -v cores="$$(nproc)" '/^MemAvailable:/ { fit = int($$2 / 1572864) } \
  END { jobs = (fit < cores) ? fit : cores; print (jobs > 1) ? jobs : 1 }' /proc/meminfo)

ifneq ($(shell command -v ccache),)
export CMAKE_CXX_COMPILER_LAUNCHER ?= ccache
endif

# $(call build,PRESET,PACKAGE GROUPS,TARGETS)
define build
@.ci/install-packages $(2)
@cmake --preset $(1) >/dev/null
@cmake --build --preset $(1) --parallel $(JOBS) $(if $(3),--target $(3))
endef

.PHONY: help build run test fuzz coverage mutants bench clean

help:
	@echo 'make build          the cowbell command, as build/release/cowbell'
	@echo 'make run            explore random scenarios, then replay a recorded trace, verified'
	@echo 'make test           every test, by ctest'
	@echo 'make fuzz TIME=60   libFuzzer for so many seconds (TARGET=bio_sequence, scenario_text, trace)'
	@echo 'make coverage       lines and branches of core/ that the tests reach'
	@echo 'make mutants        plant known defects one by one; the explorer must find each'
	@echo 'make bench          what copy-on-write costs, measured against what limits it (as root)'
	@echo 'make clean          remove build/'

build:
	$(call build,release,,cowbell)

run: build
	@.ci/demonstrate build/release/cowbell

test:
	$(call build,release)
	@echo 'Each request and allocation failing, one by one:'
	@build/release/cowbell sweep tests/rules/*.cowbell tests/regressions/*.cowbell --random 200 \
	  --jobs $(JOBS) --directory build/failures
	@ctest --preset release --parallel $(JOBS) --exclude-regex '^Sweep\.'

fuzz:
	$(call build,fuzz,fuzz,fuzz_$(TARGET))
	@.ci/fuzz build/fuzz/fuzz_$(TARGET) fuzz/corpus/$(TARGET) $(TIME) $(JOBS)

coverage:
	$(call build,coverage,coverage)
	@.ci/coverage build/coverage $(JOBS)

mutants:
	@.ci/install-packages
	@tests/mutants/run-mutants --starts $(STARTS) --schedulers random,pct,round_robin

bench:
	$(call build,release,bench,cowbell_bench)
	@tests/bench/run-bench build/release/cowbell_bench

clean:
	rm -rf build
