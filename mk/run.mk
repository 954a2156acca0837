# The main job, end to end, on a fresh machine.

.PHONY: run
run: deps ## Set, read back and use a MAIL FROM domain against the emulator
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@LUA_BIN='$(LUA_BIN)' BUILD='$(BUILD)' sh mk/run.sh
