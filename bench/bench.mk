# What the library costs beside the libraries under it.

BENCH_C := lbench.c sign.c xml.c http.c
# The core without its bindings to Lua, whose names start with an l.
BENCH_CORE_C = $(filter-out l%,$(CORE_C))

BENCH_O := $(BENCH_C:%.c=$(BUILD)/bench/%.o)

$(BUILD)/bench/%.o: bench/%.c $(BUILD)/flags | toolchain
	@mkdir -p $(@D)
	$(COMPILE) -MMD -MP -c -o $@ $<

$(BUILD)/bench/native.so: $(BENCH_O) $(BENCH_CORE_C:%.c=$(BUILD)/obj/%.o)
	$(LINK) -o $@ $^ $(CORE_LIBS) $(CURL_LIBS)

-include $(BENCH_O:.o=.d)

.PHONY: bench bench-lib
bench-lib: lib $(BUILD)/bench/native.so

bench: deps-test ## Measure signing, codecs and calls against the bare libraries
	@$(call each,5.4 jit,-s $(PARALLEL) bench-lib)
	@sh bench/run.sh
