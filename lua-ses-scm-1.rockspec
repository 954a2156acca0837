rockspec_format = "3.0"
package = "lua-ses"
version = "scm-1"

-- luarocks make builds the checkout that it runs in.
source = {
  url = "git+file://.",
}

description = {
  summary = "Amazon SES for Lua: v1 and v2, custom MAIL FROM domains, a local emulator",
  detailed = [[
A client for Amazon Simple Email Service with a C core that signs, encodes and
decodes, a libcurl transport, and an emulator that verifies every signature.]],
  license = "MIT",
}

dependencies = {
  "lua >= 5.1, < 5.5",
  "lua-cjson >= 2.1",
}

-- CURL names no header: where it lives in a multiarch folder, the compiler
-- finds it and luarocks does not.
external_dependencies = {
  OPENSSL = { header = "openssl/evp.h", library = "crypto" },
  EXPAT = { header = "expat.h", library = "expat" },
  CURL = { library = "curl" },
}

build = {
  type = "builtin",
  modules = {
    ["ses.core"] = {
      sources = {
        "csrc/clock.c",
        "csrc/codec.c",
        "csrc/crypto.c",
        "csrc/lbox.c",
        "csrc/lcore.c",
        "csrc/ldecode.c",
        "csrc/ldecode_json.c",
        "csrc/ldecode_xml.c",
        "csrc/lencode.c",
        "csrc/lexec.c",
        "csrc/lread.c",
        "csrc/lread_json.c",
        "csrc/lread_xml.c",
        "csrc/lreflect.c",
        "csrc/lsign.c",
        "csrc/lvalidate.c",
        "csrc/lvalue.c",
        "csrc/lwrite_form.c",
        "csrc/lwrite_json.c",
        "csrc/model.c",
        "csrc/path.c",
        "csrc/sbuf.c",
        "csrc/services.c",
        "csrc/services/ses.c",
        "csrc/services/sesv2.c",
        "csrc/services/sso.c",
        "csrc/services/sso_oidc.c",
        "csrc/services/sts.c",
        "csrc/signer.c",
        "csrc/sigv4.c",
        "csrc/xml.c",
      },
      libraries = { "crypto", "expat", "pthread" },
      incdirs = { "csrc", "$(OPENSSL_INCDIR)", "$(EXPAT_INCDIR)" },
      libdirs = { "$(OPENSSL_LIBDIR)", "$(EXPAT_LIBDIR)" },
    },
    ["ses.curl"] = {
      sources = {
        "csrc/easy.c",
        "csrc/failure.c",
        "csrc/fields.c",
        "csrc/lcurl.c",
        "csrc/multi.c",
        "csrc/origin.c",
        "csrc/process.c",
        "csrc/sbuf.c",
        "csrc/sockets.c",
        "csrc/transfer.c",
      },
      libraries = { "curl", "pthread" },
      incdirs = { "csrc", "$(CURL_INCDIR)" },
      libdirs = { "$(CURL_LIBDIR)" },
    },
    ["ses"] = "lua/ses/init.lua",
    ["ses.call"] = "lua/ses/call.lua",
    ["ses.classify"] = "lua/ses/classify.lua",
    ["ses.cli.arguments"] = "lua/ses/cli/arguments.lua",
    ["ses.cli.emulator"] = "lua/ses/cli/emulator.lua",
    ["ses.cli.emulator_client"] = "lua/ses/cli/emulator_client.lua",
    ["ses.cli.emulator_host"] = "lua/ses/cli/emulator_host.lua",
    ["ses.cli.main"] = "lua/ses/cli/main.lua",
    ["ses.client"] = "lua/ses/client.lua",
    ["ses.config"] = "lua/ses/config.lua",
    ["ses.credentials"] = "lua/ses/credentials/init.lua",
    ["ses.credentials.env"] = "lua/ses/credentials/env.lua",
    ["ses.credentials.static"] = "lua/ses/credentials/static.lua",
    ["ses.emulator"] = "lua/ses/emulator/init.lua",
    ["ses.emulator.admin"] = "lua/ses/emulator/admin.lua",
    ["ses.emulator.auth"] = "lua/ses/emulator/auth.lua",
    ["ses.emulator.body"] = "lua/ses/emulator/body.lua",
    ["ses.emulator.clock"] = "lua/ses/emulator/clock.lua",
    ["ses.emulator.control"] = "lua/ses/emulator/control.lua",
    ["ses.emulator.dispatch"] = "lua/ses/emulator/dispatch.lua",
    ["ses.emulator.errors"] = "lua/ses/emulator/errors.lua",
    ["ses.emulator.faults"] = "lua/ses/emulator/faults.lua",
    ["ses.emulator.form"] = "lua/ses/emulator/form.lua",
    ["ses.emulator.identities"] = "lua/ses/emulator/identities.lua",
    ["ses.emulator.json"] = "lua/ses/emulator/json.lua",
    ["ses.emulator.mail_from"] = "lua/ses/emulator/mail_from.lua",
    ["ses.emulator.message"] = "lua/ses/emulator/message.lua",
    ["ses.emulator.model"] = "lua/ses/emulator/model.lua",
    ["ses.emulator.names"] = "lua/ses/emulator/names.lua",
    ["ses.emulator.nginx"] = "lua/ses/emulator/nginx.lua",
    ["ses.emulator.quota"] = "lua/ses/emulator/quota.lua",
    ["ses.emulator.rest"] = "lua/ses/emulator/rest.lua",
    ["ses.emulator.scalar"] = "lua/ses/emulator/scalar.lua",
    ["ses.emulator.sending"] = "lua/ses/emulator/sending.lua",
    ["ses.emulator.state"] = "lua/ses/emulator/state.lua",
    ["ses.emulator.throttle"] = "lua/ses/emulator/throttle.lua",
    ["ses.emulator.v1"] = "lua/ses/emulator/v1.lua",
    ["ses.emulator.v2"] = "lua/ses/emulator/v2.lua",
    ["ses.emulator.validate"] = "lua/ses/emulator/validate.lua",
    ["ses.emulator.xml"] = "lua/ses/emulator/xml.lua",
    ["ses.endpoint"] = "lua/ses/endpoint.lua",
    ["ses.error"] = "lua/ses/error.lua",
    ["ses.hints"] = "lua/ses/hints.lua",
    ["ses.names"] = "lua/ses/names.lua",
    ["ses.nearest"] = "lua/ses/nearest.lua",
    ["ses.options"] = "lua/ses/options.lua",
    ["ses.partitions"] = "lua/ses/partitions.lua",
    ["ses.protect"] = "lua/ses/protect.lua",
    ["ses.transport"] = "lua/ses/transport/init.lua",
    ["ses.transport.curl"] = "lua/ses/transport/curl.lua",
    ["ses.transport.emulator"] = "lua/ses/transport/emulator.lua",
    ["ses.types.ses"] = "lua/ses/types/ses.lua",
    ["ses.types.sesv2"] = "lua/ses/types/sesv2.lua",
    ["ses.user_agent"] = "lua/ses/user_agent.lua",
    ["ses.validation"] = "lua/ses/validation.lua",
    ["ses.version"] = "lua/ses/version.lua",
  },
  install = {
    bin = { sesctl = "bin/sesctl" },
  },
}
