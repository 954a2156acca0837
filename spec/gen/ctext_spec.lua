-- Pieces of C, and what a compiler makes of them.

local generator = require "spec.support.generator"
local ctext = generator.ctext

describe("gen.ctext", function()
  it("escapes what a literal cannot hold", function()
    assert.equal([["a\"b\\c\012\0111\303\251\177"]], ctext.string('a"b\\c\n\t1\195\169\127'))
  end)

  it("leaves no trigraph", function()
    assert.equal([["?\?/ ?\?\? ?x?"]], ctext.string("??/ ??? ?x?"))
  end)

  it("refuses a NUL", function()
    assert.has_error(function() ctext.string("a\0b") end, "a NUL byte in a model's string")
  end)

  it("cuts a long literal at the margin, between escapes", function()
    local text = ctext.string(("x"):rep(68) .. "\\y", 8)
    assert.equal('"' .. ("x"):rep(68) .. '"\n        "\\\\y"', text)
    local full = ctext.string(("x"):rep(67) .. "\\", 8)
    assert.equal('"' .. ("x"):rep(67) .. '\\\\"', full)
    assert.equal(80, #((" "):rep(8) .. full .. ","))
    assert.equal('"' .. ("x"):rep(200) .. '"', ctext.string(("x"):rep(200)))
  end)

  it("makes identifiers of any name", function()
    assert.equal("shape_int", ctext.identifier("shape", "int"))
    assert.equal("shape_a_2eb_2d", ctext.identifier("shape", "a.b-"))
  end)

  it("breaks a head that is too long before the name", function()
    local name = ("n"):rep(60)
    assert.equal("static const struct T\n    " .. name .. " = {\n    .a = 1,\n};",
      ctext.definition("static const struct T", name, { ".a = 1" }))
    assert.equal("static const struct T\n    " .. name .. "[] = {\n    {.a = 1},\n};",
      ctext.array("static const struct T", name, { "    {.a = 1}," }))
    assert.equal("static const char *const\n    " .. name .. "[] = {\n    \"a\", NULL,\n};",
      ctext.list("static const char *const", name, { '"a"', "NULL" }))
  end)

  it("fills lines up to column 80 and not beyond", function()
    local word = ("w"):rep(35)
    assert.equal(80, #("    " .. word .. ", " .. word .. "yyy,"))
    assert.equal("T x = {\n    " .. word .. ", " .. word .. "yyy,\n};",
      ctext.definition("T", "x", { word, word .. "yyy" }))
    assert.equal("T x = {\n    " .. word .. ",\n    " .. word .. "yyyy,\n};",
      ctext.definition("T", "x", { word, word .. "yyyy" }))
  end)
end)

describe("the printed C", function()
  local directory

  setup(function()
    directory = os.tmpname()
    os.remove(directory)
    assert(os.execute("mkdir " .. directory))
  end)

  teardown(function()
    os.execute("rm -r " .. directory)
  end)

  local function write(name, text)
    local file = assert(io.open(directory .. "/" .. name, "wb"))
    assert(file:write(text))
    file:close()
  end

  -- Compiles one printed service and a program around it; what that prints.
  local function run(text, statement)
    write("sample.c", text)
    write("main.c", ([[
      #include <stdio.h>
      #include "model.h"
      extern const struct ses_service ses_service_sample;
      int main(void) {
        const struct ses_service *s = &ses_service_sample;
        %s
        return 0;
      }]]):format(statement))
    local command = ("cd %s && %s -std=c99 -Wall -Wextra -Wpedantic -Wcast-qual " ..
      "-Wwrite-strings -Wmissing-prototypes -Wshadow -Wundef -Werror -I\"$OLDPWD/csrc\" " ..
      "-o main main.c sample.c 2>&1 && ./main"):format(directory, os.getenv "CC" or "cc")
    local pipe = assert(io.popen(command))
    local said = pipe:read("*a")
    pipe:close()
    return said
  end

  it("holds the strings of the model, byte for byte", function()
    local strings = { '"', "\\", "??/", "???", "a\1\0612", "\195\169\0551", "\n%s",
                      ("\\"):rep(100), ("?"):rep(100), ("-?\\\""):rep(40) }
    local values = {}
    for i, text in ipairs(strings) do
      values[i] = '"' .. text:gsub('[%c"\\]', function(c)
        return ("\\u%04x"):format(c:byte())
      end) .. '"'
    end
    local text = assert(generator.emit(generator.model(([[
      "Input": {"type": "structure", "members": {"int": {"shape": "E"}}},
      "E": {"type": "string", "pattern": %s, "enum": [%s]}]]):format(
        values[#values], table.concat(values, ", ")))))
    local said = run(text, [[
      const struct ses_shape *e = s->shapes[0];
      for (const char *const *v = e->values; *v; v++) printf("<%s>", *v);
      printf("<%s>", e->pattern);
      printf("%s %s %d", e->name, s->shapes[1]->members[0].name, s->nshapes);]])
    assert.equal("<" .. table.concat(strings, "><") .. "><" .. strings[#strings] ..
      ">E int 2", said)
  end)

  it("compiles where names are keywords and macros, and shapes recur", function()
    local text = assert(generator.emit(generator.model [[
      "Input": {"type": "structure", "members": {"NULL": {"shape": "int"},
        "double": {"shape": "struct"}, "list": {"shape": "NULL"}}},
      "int": {"type": "integer", "min": -2147483648, "max": 9007199254740992},
      "struct": {"type": "structure", "members": {"me": {"shape": "struct"}}},
      "NULL": {"type": "list", "member": {"shape": "NULL"}}]]))
    local said = run(text, [[
      const struct ses_shape *in = s->operations[0].input;
      const struct ses_shape *number = in->members[0].shape;
      printf("%lld %lld ", number->min, number->max);
      printf("%d ", in->members[1].shape == in->members[1].shape->members[0].shape);
      printf("%d", in->members[2].shape == in->members[2].shape->members->shape);]])
    assert.equal("-2147483648 9007199254740992 1 1", said)
  end)
end)
