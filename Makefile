SHELL := /bin/bash
.DEFAULT_GOAL := help

MVN := scripts/mvn
JAVA = "$$(scripts/find-jdk)/bin/java"
PLAYGROUND = $(JAVA) --enable-native-access=ALL-UNNAMED -cp "target/test-classes:$$(cat target/playground.classpath)"

.PHONY: help
help: ## Show what there is to make
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: package ## Watch one job's whole life, then exit
	@$(PLAYGROUND) io.mayfly.playground.Demo target/function.zip target/demo.log

.PHONY: package
package: ## Build target/function.zip for the JVM
	@$(MVN) -q -DskipTests package

.PHONY: test
test: ## Run every test that needs no native image
	@$(MVN) verify

.PHONY: lint
lint: ## Check the shell scripts (needs shellcheck)
	@shellcheck -s bash src/main/resources/io/mayfly/ec2/boot.sh scripts/* .ci/run

.PHONY: clean
clean: ## Remove all that was built
	@$(MVN) -q clean
