# What each shared object is made of.  The rockspec spells the same lists out;
# spec/repo compares them, and with the tree.

CORE_C := clock.c cloexec.c codec.c crypto.c derive.c files.c largv.c lbox.c \
  lcore.c ldecode.c ldecode_json.c ldecode_xml.c lencode.c lexec.c lfault.c \
  lfiles.c llogfile.c logfile.c lread.c lread_headers.c lread_json.c \
  lread_xml.c lreason.c lreflect.c lscalar.c lshown.c lsign.c lsigner.c \
  lsigv4.c lspawn.c lvalidate.c lvalue.c lwrite_form.c lwrite_json.c \
  lwrite_rest.c model.c path.c program.c sbuf.c services.c services/ses.c \
  services/sesv2.c services/sso.c services/sso_oidc.c services/sts.c \
  signals.c signer.c sigv4.c spawn.c supervisor.c xml.c

CURL_C := easy.c failure.c fields.c lcurl.c lmulti.c loutcome.c lsettings.c \
  multi.c origin.c pool.c process.c sbuf.c signals.c sockets.c transfer.c

# Where c-ares is.
DNS_C := dns.c dnsmsg.c lbox.c ldns.c sbuf.c signals.c
