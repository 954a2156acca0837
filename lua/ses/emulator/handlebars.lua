--- Handlebars templates, as SES documents them: read, and checked as they are.
---
--- There are values ({{name}}, {{a.b}}, {{{raw}}}, {{this}}, {{../outer}},
--- {{@index}}, {{@key}}, {{@first}}, {{@last}}, {{@root.name}}), the blocks each,
--- if, unless and with, their {{else}} and {{else if}}, blocks that are named after a
--- value ({{#list}}, {{^list}}), block parameters (as |item index|), comments and
--- inline partials. There are no other helpers: {{lookup}} and {{log}} are lacking.
local scan = require "ses.emulator.handlebars_scan"

local M = {}

local DEEPEST = 64
local LONGEST_CHAIN = 1000

local HELPERS = { each = true, ["if"] = true, unless = true, with = true }

---@class ses.emulator.Path
---@field name string as it was written
---@field up integer how many contexts further out it begins
---@field data string|nil the name after @
---@field segments string[]

---@class ses.emulator.Template
---@field body table[] strings, and tables with op: "value", "block" or "partial"
---@field partials table<string, table[]>

-- What a path is made of, its brackets taken off.
local function segments_of(text)
  local list, at = {}, 1
  while at <= #text do
    local segment, past = text:match("^%[([^%]]*)%]()", at)
    if not segment then
      segment, past = text:match("^([^%s!\"#%%&'()*+,./;<=>@%[\\%]^`{|}~]+)()", at)
    end
    if not segment then
      return nil
    end
    list[#list + 1] = segment
    if past > #text then
      return list
    end
    at = text:match("^[./]()", past)
    if not at or at > #text then
      return nil
    end
  end
  return list
end

--- Reads a path.
---@param text string
---@return ses.emulator.Path|nil
local function read_path(text)
  local path = { name = text, up = 0 }
  local rest = text
  while rest:find("^%.%./") or rest == ".." do
    path.up, rest = path.up + 1, rest:sub(4)
  end
  if rest:find("^@") then
    path.data, rest = rest:match("^@([%a_][%w_]*)%.?(.*)$")
    if not path.data or path.up > 0 then
      return nil
    end
  elseif rest == "this" or rest == "." then
    rest = ""
  else
    rest = rest:gsub("^this[./]", ""):gsub("^%./", "")
  end
  path.segments = segments_of(rest)
  return path.segments and (#path.segments > 0 or path.up > 0 or path.data or rest ~= text)
    and path or nil
end

local Parser = {}
Parser.__index = Parser

local function fail(token, message)
  return nil, "line " .. token.line .. ": " .. message
end

local function path_of(token, text)
  local path = read_path(text)
  if not path then
    return fail(token, "'" .. text .. "' is not the name of an attribute")
  end
  return path
end

function Parser.value(_, token)
  local word, rest = token.content:match("^(%S+)%s+(.*)$")
  if word and not read_path(token.content) then
    return fail(token, HELPERS[word] and "'" .. word .. "' is a block: '{{#" .. word
      .. "'" or "no helper is called '" .. word .. "' ('" .. rest .. "' follows it)")
  end
  local path, message = path_of(token, token.content)
  return path and { op = "value", path = path }, message
end

function Parser:partial(token)
  local name, rest = token.content:match("^(%S+)%s*(.*)$")
  if not name then
    return fail(token, "a partial has a name")
  end
  local node = { op = "partial", name = name:match('^"(.*)"$') or name, line = token.line }
  if rest ~= "" then
    local message
    node.path, message = path_of(token, rest)
    if not node.path then
      return nil, message
    end
  end
  self.references[#self.references + 1] = node
  return node
end

-- The helper, the path and the block parameters of a block's first tag.
local function block_of(token, content)
  local before, names = content:match("^(.-)%s+as%s+|([^|]*)|$")
  local words = {}
  for word in (before or content):gmatch("%S+") do
    words[#words + 1] = word
  end
  local helper = HELPERS[words[1]] and words[1]
  if not helper and #words > 1 then
    return fail(token, "no helper is called '" .. words[1] .. "'")
  elseif #words ~= (helper and 2 or 1) then
    return fail(token, helper and "'" .. helper .. "' takes one attribute"
      or "a block has a name")
  end
  local path, message = path_of(token, words[helper and 2 or 1])
  if not path then
    return nil, message
  end
  local node = { op = "block", helper = helper or "section", path = path, close = words[1] }
  if names then
    node.params = {}
    for name in names:gmatch("%S+") do
      node.params[#node.params + 1] = name
    end
  end
  return node
end

-- What a block does where its condition does not hold, after its {{else}} or
-- {{else if}}, and the tag after that.
function Parser:alternative(token)
  local chained = token.content:match("^else%s+(.+)$")
  if not chained then
    return self:nodes()
  end
  local node, message = block_of(token, chained)
  if not node then
    return nil, message
  end
  local ok, last = self:branches(node)
  return ok and { node }, last
end

-- Reads what belongs to a block, up to the tag that closes it.
function Parser:branches(node)
  local last
  node.body, last = self:nodes()
  if node.body and last and last.sigil ~= "/" then
    self.chain = self.chain + 1
    if self.chain > LONGEST_CHAIN then
      return fail(last, "there are more than " .. LONGEST_CHAIN .. " '{{else}}'")
    end
    node.inverse, last = self:alternative(last)
    if not node.inverse then
      return nil, last
    elseif last and last.sigil ~= "/" then
      return fail(last, "'{{else}}' has no block left")
    end
  end
  return node.body and true, last
end

local function check_closed(token, last, name)
  if not last then
    return fail(token, "the block '" .. name .. "' is not closed")
  elseif last.content ~= name then
    return fail(last, "'{{/" .. last.content .. "}}' closes the block '" .. name .. "'")
  end
  return true
end

function Parser:inline(token)
  local name = token.content:match('^%*%s*inline%s+["\']([^"\']+)["\']$')
  if not name then
    return fail(token, "expected '{{#* inline \"name\"}}'")
  end
  local body, last = self:nodes()
  if not body then
    return nil, last
  end
  local ok, message = check_closed(token, last, "inline")
  if not ok then
    return nil, message
  end
  self.partials[name] = body
  return ""
end

function Parser:block(token)
  if token.content:find("^%*") then
    return self:inline(token)
  end
  local node, message = block_of(token, token.content)
  if not node then
    return nil, message
  end
  if token.sigil == "^" then
    node.helper = "unless"
  end
  local ok, last = self:branches(node)
  if not ok then
    return nil, last
  end
  ok, message = check_closed(token, last, node.close)
  return ok and node, message
end

local KINDS = { [""] = "value", ["&"] = "value", [">"] = "partial", ["#"] = "block",
                ["^"] = "block" }

local function ends_nodes(token)
  return token.sigil == "/" or (token.sigil == "^" and token.content == "")
    or (token.sigil == "" and (token.content == "else" or token.content:find("^else%s")))
end

-- Nodes up to a tag that does not belong to them, and that tag.
function Parser:nodes()
  self.depth = self.depth + 1
  if self.depth > DEEPEST then
    return nil, "blocks are nested deeper than " .. DEEPEST
  end
  local list = {}
  while self.tokens[self.at] do
    local token = self.tokens[self.at]
    self.at = self.at + 1
    if token.text then
      list[#list + 1] = token.text
    elseif ends_nodes(token) then
      self.depth = self.depth - 1
      return list, token
    elseif token.sigil ~= "!" then
      local kind = KINDS[token.sigil]
      if not kind then
        return fail(token, "'" .. token.sigil .. "' is not supported here")
      end
      local node, message = self[kind](self, token)
      if not node then
        return nil, message
      end
      list[#list + 1] = node
    end
  end
  self.depth = self.depth - 1
  return list
end

--- Reads a template.
---@param source string
---@return ses.emulator.Template|nil
---@return string|nil message what is wrong with it, and in which line
function M.parse(source)
  local tokens, message = scan.tokens(source)
  if not tokens then
    return nil, message
  end
  local parser = setmetatable({ tokens = tokens, at = 1, depth = 0, chain = 0, partials = {},
                                references = {} }, Parser)
  local body, last = parser:nodes()
  if not body then
    return nil, last
  elseif last then
    return fail(last, "'{{" .. last.sigil .. last.content .. "}}' belongs to no block")
  end
  for _, reference in ipairs(parser.references) do
    if not parser.partials[reference.name] then
      return fail(reference, "there is no partial '" .. reference.name .. "'")
    end
  end
  return { body = body, partials = parser.partials }
end

return M
