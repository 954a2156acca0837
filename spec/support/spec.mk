# What the specs need of C: spec.process, csrc/multi.h without Lua, and a
# library that makes system calls fail, for programs of the plain build.

PROBE_O := $(filter-out $(BUILD)/obj/l%.o,$(CURL_O))

spec asan-one: $(BUILD)/spec/process.so $(BUILD)/spec/probe \
  $(BUILD)/spec/faults.so

$(BUILD)/spec/faults.so: spec/support/faults.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) -std=c99 -Wall -Wextra -fPIC -shared -o $@ $< -ldl

$(BUILD)/spec/process.so: spec/support/process.c $(BUILD)/flags | toolchain
	@mkdir -p $(@D)
	$(COMPILE) -shared -o $@ $<

$(BUILD)/spec/probe: spec/support/probe.c $(PROBE_O) | toolchain
	@mkdir -p $(@D)
	$(COMPILE) -o $@ $^ $(LDFLAGS) $(CURL_LIBS)
