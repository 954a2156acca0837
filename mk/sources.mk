# What each shared object is made of.  spec/repo compares these lists with the
# rockspec's and with the tree.

CORE_C := sbuf.c codec.c clock.c crypto.c sigv4.c model.c xml.c services.c \
  services/ses.c services/sesv2.c services/sso.c services/sso_oidc.c \
  services/sts.c lbox.c lreflect.c lencode.c ldecode.c lsign.c lcore.c
CURL_C := sbuf.c multi.c lbox.c lcurl.c
