# A ses.core whose services are the models of the protocol tests, which
# spec/support/protocol.lua has written into $(PROTOCOL)/src.
#
#   make -f Makefile -f spec/support/protocol.mk protocol

PROTOCOL := $(BUILD)/spec/protocol
PROTOCOL_O := $(patsubst %.c,%.o,$(wildcard $(PROTOCOL)/src/*.c))
PROTOCOL_CORE_O := $(filter-out $(BUILD)/obj/services.o \
  $(BUILD)/obj/services/%,$(CORE_O))

.PHONY: protocol
protocol: $(PROTOCOL)/core.so

$(PROTOCOL)/core.so: $(PROTOCOL_CORE_O) $(PROTOCOL_O)
	$(LINK) -o $@ $^ $(CORE_LIBS)

$(PROTOCOL)/src/%.o: $(PROTOCOL)/src/%.c csrc/model.h $(BUILD)/flags
	$(COMPILE) -O0 -U_FORTIFY_SOURCE -c -o $@ $<
