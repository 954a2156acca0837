# What the specs need of C: spec.process, and csrc/multi.h without Lua.

PROBE_O := $(filter-out $(BUILD)/obj/l%.o,$(CURL_O))

spec asan-one: $(BUILD)/spec/process.so $(BUILD)/spec/probe

$(BUILD)/spec/process.so: spec/support/process.c $(BUILD)/flags | toolchain
	@mkdir -p $(@D)
	$(COMPILE) -shared -o $@ $<

$(BUILD)/spec/probe: spec/support/probe.c $(PROBE_O) | toolchain
	@mkdir -p $(@D)
	$(COMPILE) -o $@ $^ $(LDFLAGS) $(CURL_LIBS)
