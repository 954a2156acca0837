# What each shared object is made of: ses.curl of what is named here, ses.core
# of all the rest.  The rockspec has to spell its lists out; spec/repo compares.

SHARED_C := sbuf.c lbox.c
CURL_ONLY_C := failure.c fields.c lcurl.c multi.c origin.c process.c sockets.c

CURL_C := $(CURL_ONLY_C) $(SHARED_C)
CORE_C := $(sort $(filter-out $(CURL_ONLY_C),$(patsubst csrc/%,%,\
  $(wildcard csrc/*.c csrc/services/*.c))))
