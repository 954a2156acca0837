# What the specs need of C: spec.process, csrc/multi.h without Lua, a library
# that makes system calls fail, for programs of the plain build, a program that
# says what another one costs, and the server of a soak.

PROBE_O := $(filter-out $(BUILD)/obj/l%.o,$(CURL_O))

spec asan-one: $(BUILD)/spec/process.so $(BUILD)/spec/probe \
  $(BUILD)/spec/faults.so $(BUILD)/spec/cost $(BUILD)/spec/soak_server

$(BUILD)/spec/cost: spec/support/cost.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) -std=c99 -O2 -Wall -Wextra -o $@ $<

$(BUILD)/spec/soak_server: spec/support/soak/peer.h $(BUILD)/flags \
  $(addprefix spec/support/soak/,server.c peer.c)
	@mkdir -p $(@D)
	$(CC) -std=c99 -O2 -Wall -Wextra -o $@ $(filter %.c,$^)

$(BUILD)/spec/faults.so: spec/support/faults.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) -std=c99 -Wall -Wextra -fPIC -shared -o $@ $< -ldl

$(BUILD)/spec/process.so: spec/support/process.c $(BUILD)/flags | toolchain
	@mkdir -p $(@D)
	$(COMPILE) -shared -o $@ $<

$(BUILD)/spec/probe: spec/support/probe.c $(PROBE_O) | toolchain
	@mkdir -p $(@D)
	$(COMPILE) -o $@ $^ $(LDFLAGS) $(CURL_LIBS)
