SHELL := /bin/bash
.DEFAULT_GOAL := help

# Nothing outlives a make, whatever way it ends.
MVN := scripts/tether scripts/mvn
JAVA = "$$(scripts/find-jdk)/bin/java"
PLAYGROUND = scripts/tether $(JAVA) --enable-native-access=ALL-UNNAMED -cp "target/classes:target/test-classes:$$(cat target/playground.classpath)"

.PHONY: help
help:
	@awk 'BEGIN {FS = ":.*## "} /^##@ / {printf "%s%s\n", gap, substr($$0, 5); gap = "\n"} /^[a-z-]+:.*## / {printf "  %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Try it, without an account

.PHONY: demo
demo: package ## Watch one job's whole life, then exit
	@$(PLAYGROUND) io.mayfly.playground.demo.Demo target/function.zip target/demo.log

.PHONY: run
run: ## Play at http://localhost:8080: FUNCTION=package, or GITHUB_APP=FILE for real deliveries
	@FUNCTION="$(FUNCTION)" GITHUB_APP="$(GITHUB_APP)" scripts/tether scripts/run-playground

.PHONY: job
job: ## Send a job through its whole life in what make run has started
	@curl -sSo /dev/null "http://localhost:$${PLAYGROUND_PORT:-8080}/" || { echo "Nothing answers there: is make run up?" >&2; exit 1; }
	@curl -sSN -X POST "http://localhost:$${PLAYGROUND_PORT:-8080}/jobs" | tee target/job.log; tail -n 1 target/job.log | grep -qx served

##@ Run it yourself

.PHONY: up
up: ## From an AWS account to the first job; run again, it does what is missing
	@scripts/mayfly up

.PHONY: upgrade
upgrade: ## Bring infrastructure and function to this checkout and the newest release
	@scripts/mayfly upgrade

.PHONY: down
down: ## Take a deployment away, when its jobs have ended
	@scripts/mayfly down

.PHONY: bootstrap
bootstrap: ## Prepare an AWS account, once, with an administrator's credentials
	@scripts/bootstrap

.PHONY: plan
plan: ## Show what make infrastructure would change
	@scripts/infrastructure plan

.PHONY: infrastructure
infrastructure: ## Make network, identities and stores of a deployment (Terraform)
	@scripts/infrastructure apply

.PHONY: setup
setup: ## Make the GitHub App on a local page, later give it the function's URL; APP=2, APP=3
	@scripts/mayfly setup $(if $(APP),--app $(APP))

.PHONY: secrets
secrets: ## Write the function's secrets and pools to Parameter Store
	@scripts/mayfly secrets

.PHONY: build-image
build-image: ## Build the runner images with Packer and hand them to the pools
	@scripts/build-image

.PHONY: native-deploy deploy-create-instance-function
native-deploy: ## Deploy the native function, its URL, its sweep and its alarms with SAM
	@scripts/native-deploy

deploy-create-instance-function: native-deploy # Its name of old

.PHONY: destroy
destroy: ## Take away what make infrastructure has made
	@scripts/infrastructure destroy

##@ Operate a deployment

.PHONY: status
status: ## Show live instances, and jobs that wait and why
	@scripts/mayfly status

.PHONY: doctor
doctor: ## Check a deployment from outside in, and say the cure of what is wrong
	@scripts/mayfly doctor

.PHONY: report
report: ## Print the last week: queue time, jobs, cost, failures by repository
	@scripts/mayfly report

.PHONY: pause
pause: ## Launch nothing from now on; cleaning goes on
	@scripts/mayfly pause

.PHONY: resume
resume: ## Launch again
	@scripts/mayfly resume

##@ Develop

.PHONY: package
package: ## Build target/function.zip for the JVM
	@echo "Building target/function.zip (minutes at the first time) ..."
	@$(MVN) -q -DskipTests package

.PHONY: test
test: ## Run every test that needs no native image
	@$(MVN) verify

.PHONY: test-playground
test-playground: package ## Play in a real browser: faults, keyboard, phone, 10,000 jobs (needs Node.js)
	@checks/browser/install
	@node --test --test-reporter=spec checks/browser/playground.test.mjs

.PHONY: test-setup
test-setup: ## Make the App in a real Chromium, against emulators (needs Node.js)
	@checks/browser/install
	@$(MVN) -q process-test-classes
	@export CHECK_INFRA=$$PWD/target/check-infra; mkdir -p "$$CHECK_INFRA"; . checks/infra/python.sh; PYTHON=$$python JAVA_HOME=$$(scripts/find-jdk) node --test --test-reporter=spec checks/browser/setup.test.mjs

.PHONY: check-infra
check-infra: ## Check all that is built around the function, without an account
	@scripts/check-infra

.PHONY: lint
lint: check-docs ## Check the shell scripts (needs shellcheck), and the documents' links
	@shellcheck -s bash src/main/resources/io/mayfly/ec2/boot.sh $$(grep -lsE '^#!.*bash|shell=bash' scripts/* scripts/lib/*) checks/infra/*.sh checks/infra/terraform/*.sh checks/locks/make checks/locks/check checks/referees/install checks/referees/native checks/referees/run checks/boot/check checks/boot/machine checks/boot/init ami/scripts/*.sh ami/files/install.sh ami/files/fetch .ci/run bench/*.sh bench/baselines/*/build.sh

.PHONY: check-docs
check-docs: ## Check that links between the documents lead somewhere, and make help
	@python3 checks/docs/test_links.py -q
	@python3 checks/docs/test_help.py -q
	@python3 checks/docs/links.py

.PHONY: referees
referees: ## Have the tests' requests judged by GitHub's OpenAPI and AWS' models (needs npm)
	@checks/referees/run

.PHONY: chaos
chaos: ## Simulate hours of faults: CHAOS_SEED=n, CHAOS_SEEDS=k, CHAOS_MINUTES=m
	@$(MVN) -q process-test-classes
	@$(JAVA) -Xmx2g -Djava.util.logging.manager=org.jboss.logmanager.LogManager --enable-native-access=ALL-UNNAMED -cp "target/classes:target/test-classes:$$(cat target/playground.classpath)" io.mayfly.chaos.ChaosMain

.PHONY: fuzz
fuzz: ## Fuzz what reads what others wrote: FUZZ_SECONDS=n, FUZZ_TARGETS=names, FUZZ_KEEP=1
	@scripts/fuzz

.PHONY: audit
audit: ## Ask OSV for known vulnerabilities of the function, and check that all is pinned
	@scripts/audit

.PHONY: lock
lock: ## Lock what pip installs, with hashes: UPGRADE=1 takes newer versions
	@checks/locks/make

.PHONY: native
native: ## Build the native function: target/function.zip with bootstrap
	@scripts/build-native

.PHONY: demo-native
demo-native: ## The demo again, with what make native has built
	@$(MVN) -q test-compile
	@$(PLAYGROUND) io.mayfly.playground.demo.Demo target/native/function.zip target/demo.log

.PHONY: native-test
native-test: ## Run the black-box tests against what make native has built (root for all)
	@test -f target/native/function.zip || { echo "Nothing to test: make native first" >&2; exit 1; }
	@$(MVN) -q test-compile
	@$(MVN) failsafe:integration-test failsafe:verify -Dmayfly.function=target/native/function.zip
	@checks/referees/native target/native/bootstrap
	@MAYFLY_ZIP=target/native/function.zip BENCH_COLD=2 BENCH_WARM=5 bench/run.sh --only mayfly --cpu none --tls
	@python3 bench/budget.py target/native/function.zip

.PHONY: bench
bench: ## Measure the native function beside the baselines (root for exact figures)
	@test -f target/native/function.zip || { echo "Nothing to measure: make native first" >&2; exit 1; }
	@MAYFLY_ZIP=target/native/function.zip bench/run.sh
	@MAYFLY_ZIP=target/native/function.zip bench/run.sh sweep

.PHONY: bench-load
bench-load: ## Forge requests at the native function and the baselines: takes minutes
	@test -f target/native/function.zip || { echo "Nothing to measure: make native first" >&2; exit 1; }
	@MAYFLY_ZIP=target/native/function.zip bench/run.sh load --only mayfly,python,node-bundle

.PHONY: clean
clean: ## Remove all that was built
	@$(MVN) -q clean
