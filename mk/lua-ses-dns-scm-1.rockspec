rockspec_format = "3.0"
package = "lua-ses-dns"
version = "scm-1"

-- luarocks make builds the checkout that it runs in.
source = {
  url = "git+file://.",
}

description = {
  summary = "DNS for lua-ses through c-ares: what ses.mail_from.check asks name servers with",
  detailed = [[
The module ses.dns, in a rock of its own: LuaRocks has no parts that are built
only where a library is, and lua-ses does without c-ares.]],
  license = "MIT",
}

dependencies = {
  "lua >= 5.1, < 5.5",
}

external_dependencies = {
  CARES = { header = "ares.h", library = "cares" },
}

build = {
  type = "builtin",
  modules = {
    ["ses.dns"] = {
      sources = {
        "csrc/dns.c",
        "csrc/dnsmsg.c",
        "csrc/lbox.c",
        "csrc/ldns.c",
        "csrc/sbuf.c",
        "csrc/signals.c",
      },
      libraries = { "cares", "pthread" },
      incdirs = { "csrc", "$(CARES_INCDIR)" },
      libdirs = { "$(CARES_LIBDIR)" },
    },
  },
}
