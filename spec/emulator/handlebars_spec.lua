local handlebars = require "ses.emulator.handlebars"
local json = require "ses.emulator.json"
local renderer = require "ses.emulator.handlebars_render"

local function render(source, data)
  local template = assert(handlebars.parse(source))
  local text, broken = renderer.render(template, assert(json.decode(data or "{}")))
  return text, broken and broken.message, broken and broken.missing
end

local PEOPLE = '{"name":"Ann","people":[{"name":"Bob","tags":["x","y"]},{"name":"Eve","tags":[]}],'
  .. '"meta":{"id":"5","deep":{"er":true}},"empty":[],"zero":0,"blank":"","no":false}'

describe("a template", function()
  for source, expected in pairs {
    ["plain"] = "plain",
    ["Hello {{name}}!"] = "Hello Ann!",
    ["{{ name }}{{{name}}}{{& name}}"] = "AnnAnnAnn",
    ["{{meta.id}} {{meta/deep/er}} {{this.name}} {{./name}}"] = "5 true Ann Ann",
    ["{{people.1.name}} {{people.[0].tags.[1]}} {{people.length}}"] = "Eve y 2",
    ["{{zero}} {{no}} '{{blank}}'"] = "0 false ''",
    ["{{people.0.tags}} {{meta}}"] = "x,y [object Object]",
    ["{ {{name}} } }}"] = "{ Ann } }}",
    ["\\{{name}} \\\\{{name}}"] = "{{name}} \\Ann",
    -- blocks
    ["{{#if name}}yes{{/if}}{{#if blank}}no{{/if}}"] = "yes",
    ["{{#if missing}}a{{else}}b{{/if}}"] = "b",
    ["{{#if empty}}a{{else if zero}}b{{else if meta}}c{{else}}d{{/if}}"] = "c",
    ["{{#if empty}}a{{^}}b{{/if}}"] = "b",
    ["{{#unless no}}a{{else}}b{{/unless}}{{#unless name}}c{{/unless}}"] = "a",
    ["{{#each people}}{{name}},{{/each}}"] = "Bob,Eve,",
    ["{{#each people}}{{@index}}{{#if @first}}<{{/if}}{{#unless @last}};{{/unless}}{{/each}}"]
      = "0<;1",
    ["{{#each people}}{{#each tags}}{{this}}{{../name}}{{../../name}} {{else}}none{{/each}}"
      .. "{{/each}}"] = "xBobAnn yBobAnn none",
    ["{{#each people as |who i|}}{{i}}{{who.name}}{{#each who.tags}}{{who.name}}{{/each}}{{/each}}"]
      = "0BobBobBob1Eve",
    ["{{#each meta}}{{@key}} {{/each}}"] = "deep id ",
    ["{{#each people}}{{@root.name}}{{/each}}"] = "AnnAnn",
    ["{{#each missing}}a{{else}}b{{/each}}{{#each name}}c{{/each}}"] = "b",
    ["{{#with meta}}{{id}}{{../name}}{{else}}none{{/with}}{{#with empty}}a{{else}}b{{/with}}"]
      = "5Annb",
    ["{{#people}}{{name}}{{/people}}{{^empty}}none{{/empty}}{{#meta}}{{id}}{{/meta}}"]
      = "BobEvenone5",
    ["{{#meta.deep.er}}{{name}}{{/meta.deep.er}}{{#no}}a{{/no}}"] = "Ann",
    -- comments and white space
    ["a{{! no }}b{{!-- {{no}} --}}c"] = "abc",
    ["a {{~name~}} \n b {{~#if name~}} c {{~/if~}} d"] = "aAnnbcd",
    ["a\n  {{! no }}  \nb\n"] = "a\nb\n",
    ["<ul>\n  {{#each people}}\n  <li>{{name}}\n  {{/each}}\n</ul>"]
      = "<ul>\n  <li>Bob\n  <li>Eve\n</ul>",
    ["{{#if no}}\r\na\r\n{{else}}\r\nb\r\n{{/if}}\r\n"] = "b\r\n",
    ["{{#if name}} {{/if}}\n"] = " \n",
    -- inline partials
    ['{{#* inline "full"}}{{name}}{{#if tags}}*{{/if}}{{/inline}}\n<{{> full}}>'
      .. '{{#each people}} {{> full}}{{/each}}'] = "<Ann> Bob* Eve",
    ['{{#*inline "id"}}{{id}}{{/inline~}}\n  {{> id meta}}'] = "5",
  } do
    it("is filled in: " .. source:gsub("%s", " "), function()
      assert.equal(expected, (render(source, PEOPLE)))
    end)
  end

  it("escapes no HTML", function()
    assert.equal("<b>&", (render("{{x}}", '{"x":"<b>&"}')))
  end)

  for source, missing in pairs {
    ["{{x}}"] = "x", ["{{name.x}}"] = "name.x", ["{{#each people}}{{id}}{{/each}}"] = "id",
    ["{{#each people}}{{tags.0}}{{/each}}"] = "tags.0", ["{{@index}}"] = "@index",
    ["{{../name}}"] = "../name", ["{{people.2}}"] = "people.2",
  } do
    it("lacks " .. missing .. " in " .. source, function()
      assert.same({ nil, "Attribute '" .. missing .. "' is not present in the rendering data.",
                    true }, { render(source, PEOPLE) })
    end)
  end

  it("takes null for what is missing", function()
    assert.equal("Attribute 'x' is not present in the rendering data.",
                 (select(2, render("{{x}}", '{"x":null}'))))
    assert.equal("b", (render("{{#if x}}a{{else}}b{{/if}}", '{"x":null}')))
  end)

  for source, message in pairs {
    ["a\n{{name"] = "line 2: '{{' is not closed",
    ["{{{name}}"] = "line 1: '{{{' is not closed",
    ["{{{{raw}}}}"] = "line 1: raw blocks are not supported",
    ["{{!-- x }}"] = "line 1: the comment is not closed",
    ["{{}}"] = "line 1: '' is not the name of an attribute",
    ["{{a..b}}"] = "line 1: 'a..b' is not the name of an attribute",
    ["{{a.}}"] = "line 1: 'a.' is not the name of an attribute",
    ["\n\n{{format date}}"] = "line 3: no helper is called 'format' ('date' follows it)",
    ["{{if x}}"] = "line 1: 'if' is a block: '{{#if'",
    ["{{#if x}}"] = "line 1: the block 'if' is not closed",
    ["{{#if x}}\n{{/each}}"] = "line 2: '{{/each}}' closes the block 'if'",
    ["{{#if x}}a{{else}}b{{else}}c{{/if}}"] = "line 1: '{{else}}' has no block left",
    ["{{/if}}"] = "line 1: '{{/if}}' belongs to no block",
    ["a{{else}}"] = "line 1: '{{else}}' belongs to no block",
    ["{{#if}}a{{/if}}"] = "line 1: 'if' takes one attribute",
    ["{{#if a b}}a{{/if}}"] = "line 1: 'if' takes one attribute",
    ["{{#eq a b}}a{{/eq}}"] = "line 1: no helper is called 'eq'",
    ["{{> none}}"] = "line 1: there is no partial 'none'",
    ["{{>}}"] = "line 1: a partial has a name",
    ['{{#* inline full}}{{/inline}}'] = "line 1: expected '{{#* inline \"name\"}}'",
    ['{{#* inline "a"}}'] = "line 1: the block 'inline' is not closed",
    ["{{* x}}"] = "line 1: '*' is not supported here",
  } do
    it("is none: " .. source:gsub("%s", " "), function()
      assert.same({ nil, message }, { handlebars.parse(source) })
    end)
  end
end)

describe("a template that means harm", function()
  it("is not nested without end", function()
    assert.equal("blocks are nested deeper than 64", (select(2, handlebars.parse(
      ("{{#if a}}"):rep(100) .. ("{{/if}}"):rep(100)))))
    assert.equal("line 1: there are more than 1000 '{{else}}'", (select(2, handlebars.parse(
      "{{#if a}}" .. ("{{else if a}}"):rep(50000) .. "{{/if}}"))))
    assert.equal("Blocks and partials are nested deeper than 200.", (select(2, render(
      '{{#* inline "a"}}{{> b}}{{/inline}}{{#* inline "b"}}{{> a}}{{/inline}}{{> a}}'))))
  end)

  it("does not run without end", function()
    local list = '{"l":[' .. ("0,"):rep(999) .. "0]}"
    assert.equal("The template takes more than 1000000 steps.", (select(2, render(
      ("{{#each @root.l}}"):rep(4) .. ("{{/each}}"):rep(4), list))))
  end)

  it("does not grow without end", function()
    local data = '{"l":[' .. ("0,"):rep(999) .. '0],"s":"' .. ("x"):rep(50000) .. '"}'
    assert.equal("The message is longer than 41943040 bytes.", (select(2, render(
      "{{#each l}}{{@root.s}}{{/each}}", data))))
  end)

  it("is read in a time that grows with its length only", function()
    assert.equal("line 1: a tag is longer than 1000 bytes", (select(2, handlebars.parse(
      "{{a" .. (" "):rep(500000) .. "b}}"))))
    -- Each of these takes hours where a tag looks at the whole template again.
    assert.equal("x", (render(("{{!}}"):rep(100000) .. "x")))
    assert.equal(500000, #render((" "):rep(500000) .. "{{! }}{{! }}"))
    assert.equal("", (render((" \n{{~! ~}} "):rep(50000))))
  end)
end)
