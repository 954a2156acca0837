# The AWS SDK for JavaScript, fetched by npm.  Specs that want it say so where
# it could not be fetched.

JS_SDK := build/interop/node_modules/.package-lock.json
NPM_INSTALL := npm install --no-package-lock --no-audit --no-fund \
  --ignore-scripts --no-update-notifier --loglevel=error --fetch-retries=1 \
  --fetch-retry-mintimeout=1000 --fetch-timeout=60000

.PHONY: deps-js
test test-long matrix: deps-js

deps-js: deps-test
	@[ -n '$(NO_INSTALL)' ] || $(MAKE) --no-print-directory -s $(JS_SDK) || \
	  echo 'make: going on without the AWS SDK for JavaScript' >&2

$(JS_SDK): spec/support/interop/package.json
	@mkdir -p build/interop
	@cp $< build/interop/
	cd build/interop && $(NPM_INSTALL)
	@touch $@
