# What runs on a fresh machine, against the emulator: the main job, end to end,
# and pages in nginx.

.PHONY: run
run: deps ## Set, read back and use a MAIL FROM domain against the emulator
	@$(MAKE) --no-print-directory -s $(PARALLEL) all
	@$(IN_TREE) sh mk/with-emulator.sh $(LUA_BIN) examples/main_job.lua

.PHONY: example-openresty
example-openresty: deps ## Sign-up page, contact form and alert in nginx, until Ctrl-C
	@$(MAKE) --no-print-directory -s $(PARALLEL) all
	@$(IN_TREE) sh examples/openresty/run.sh
