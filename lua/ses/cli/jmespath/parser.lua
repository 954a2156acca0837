--- Parses an expression by the binding powers of its tokens.
---
--- What jmespath.py takes is taken, and means the same, also where the grammar
--- has it otherwise: commas may lack between arguments and members.
local errors = require "ses.cli.jmespath.errors"
local lexer = require "ses.cli.jmespath.lexer"
local python = require "ses.cli.python"
local tree = require "ses.cli.jmespath.tree"

local M = {}

local node = tree.node

local POWER = { eof = 0, unquoted_identifier = 0, quoted_identifier = 0, literal = 0, rbracket = 0,
                rparen = 0, comma = 0, rbrace = 0, number = 0, current = 0, expref = 0, colon = 0,
                pipe = 1, ["or"] = 2, ["and"] = 3, eq = 5, gt = 5, lt = 5, gte = 5, lte = 5, ne = 5,
                flatten = 9, star = 20, filter = 21, dot = 40, ["not"] = 45, lbrace = 50,
                lbracket = 55, lparen = 60 }
-- Tokens below end a projection.
local PROJECTION_STOP = 10

local IDENTIFIERS = { "quoted_identifier", "unquoted_identifier" }
local BEHIND_DOT = { "quoted_identifier", "unquoted_identifier", "lbracket", "lbrace" }

-- By the token that begins an expression, and by the one behind its left part.
local BEGIN, CONTINUE = {}, {}

local Parser = {}
Parser.__index = Parser

function Parser:token(ahead)
  return self.tokens[self.index + (ahead or 0)]
end

function Parser:at(kind)
  return self:token().type == kind
end

function Parser:advance()
  local token = self:token()
  self.index = self.index + 1
  return token
end

function Parser:fail(token, reason)
  errors.parse(self.text, token, reason)
end

function Parser:unexpected(expected)
  local token = self:token()
  if token.type == "eof" then
    errors.incomplete(self.text)
  end
  self:fail(token, "Expecting: " .. expected .. ", got: " .. token.type)
end

function Parser:expect(kind)
  if not self:at(kind) then
    self:unexpected(kind)
  end
  return self:advance()
end

function Parser:expression(power)
  self.depth = self.depth + 1
  tree.check_depth(self.depth)
  local token = self:advance()
  local begin = BEGIN[token.type]
  if not begin then
    if token.type == "eof" then
      errors.incomplete(self.text)
    end
    self:fail(token, "invalid token")
  end
  local left = begin(self, token)
  while power < POWER[self:token().type] do
    local continue = CONTINUE[self:token().type]
    if not continue then
      self:fail(self:token(), "invalid token")
    end
    left = continue(self, left, self:advance())
  end
  self.depth = self.depth - 1
  return left
end

-- Expressions between commas up to a bracket.
function Parser:multi_select_list()
  local list = node("multi_select_list")
  while true do
    tree.add(list, self:expression(0))
    if self:at("rbracket") then
      self:advance()
      return list
    end
    self:expect("comma")
  end
end

function Parser:multi_select_hash()
  local hash = node("multi_select_hash", {})
  while true do
    local name = self:token()
    if not name.type:find("identifier", 1, true) then
      self:unexpected(python.list(IDENTIFIERS))
    end
    self:advance()
    self:expect("colon")
    hash.value[#hash.value + 1] = name.value
    tree.add(hash, self:expression(0))
    if self:at("comma") then
      self:advance()
    elseif self:at("rbrace") then
      self:advance()
      return hash
    end
  end
end

function Parser:behind_dot(power)
  local kind = self:token().type
  if kind == "quoted_identifier" or kind == "unquoted_identifier" or kind == "star" then
    return self:expression(power)
  elseif kind == "lbracket" then
    self:advance()
    return self:multi_select_list()
  elseif kind == "lbrace" then
    self:advance()
    return self:multi_select_hash()
  end
  self:fail(self:token(), "Expecting: " .. python.list(BEHIND_DOT) .. ", got: " .. kind)
end

-- What is done with each item of a projection.
function Parser:projected(power)
  local kind = self:token().type
  if POWER[kind] < PROJECTION_STOP then
    return node("current")
  elseif kind == "lbracket" or kind == "filter" then
    return self:expression(power)
  elseif kind == "dot" then
    self:advance()
    return self:behind_dot(power)
  end
  self:fail(self:token(), "syntax error")
end

function Parser:slice()
  local parts, index = {}, 1
  while not self:at("rbracket") do
    local token = self:token()
    if token.type == "number" then
      parts[index] = tonumber(token.value)
    elseif token.type == "colon" and index < 3 then
      index = index + 1
    else
      self:fail(token, "syntax error")
    end
    self:advance()
  end
  self:advance()
  return node("slice", { start = parts[1], stop = parts[2], step = parts[3] })
end

-- An index or a slice, behind its bracket.
function Parser:index_or_slice()
  if self:at("colon") or self:token(1).type == "colon" then
    return self:slice()
  end
  local index = node("index", tonumber(self:advance().value))
  self:expect("rbracket")
  return index
end

function Parser:project_slice(left, right)
  local indexed = node("index_expression", nil, left, right)
  if right.kind == "slice" then
    return node("projection", nil, indexed, self:projected(POWER.star))
  end
  return indexed
end

function BEGIN.literal(_, token)
  return node("literal", token.value)
end

function BEGIN.unquoted_identifier(_, token)
  return node("field", token.value)
end

function BEGIN.quoted_identifier(self, token)
  local behind = self:token()
  if behind.type == "lparen" then
    self:fail({ type = behind.type, value = behind.value, at = 1 },
      "Quoted identifier not allowed for function names.")
  end
  return node("field", token.value)
end

function BEGIN.star(self)
  local right = self:at("rbracket") and node("current") or self:projected(POWER.star)
  return node("value_projection", nil, node("current"), right)
end

function BEGIN.filter(self)
  return CONTINUE.filter(self, node("current"))
end

function BEGIN.flatten(self)
  return CONTINUE.flatten(self, node("current"))
end

BEGIN.lbrace = Parser.multi_select_hash

function BEGIN.lparen(self)
  local inner = self:expression(0)
  self:expect("rparen")
  return inner
end

BEGIN["not"] = function(self)
  return node("not", nil, self:expression(POWER["not"]))
end

function BEGIN.lbracket(self)
  if self:at("number") or self:at("colon") then
    return self:project_slice(node("current"), self:index_or_slice())
  elseif self:at("star") and self:token(1).type == "rbracket" then
    return CONTINUE.lbracket(self, node("current"))
  end
  return self:multi_select_list()
end

function BEGIN.current()
  return node("current")
end

function BEGIN.expref(self)
  return node("expref", nil, self:expression(POWER.expref))
end

function CONTINUE.dot(self, left)
  if self:at("star") then
    self:advance()
    return node("value_projection", nil, left, self:projected(POWER.dot))
  end
  local right = self:behind_dot(POWER.dot)
  if left.kind == "subexpression" then
    return tree.add(left, right)
  end
  return node("subexpression", nil, left, right)
end

for _, kind in ipairs { "pipe", "or", "and" } do
  CONTINUE[kind] = function(self, left)
    return node(kind, nil, left, self:expression(POWER[kind]))
  end
end

for _, kind in ipairs { "eq", "ne", "lt", "lte", "gt", "gte" } do
  CONTINUE[kind] = function(self, left)
    return node("comparator", kind, left, self:expression(POWER[kind]))
  end
end

function CONTINUE.lparen(self, left)
  if left.kind ~= "field" then
    local before = self:token(-2)
    self:fail(before, "Invalid function name '" .. python.str(before.value) .. "'")
  end
  local call = node("function", left.value)
  while not self:at("rparen") do
    tree.add(call, self:expression(0))
    if self:at("comma") then
      self:advance()
    end
  end
  self:advance()
  return call
end

function CONTINUE.filter(self, left)
  local condition = self:expression(0)
  self:expect("rbracket")
  local right = self:at("flatten") and node("current") or self:projected(POWER.filter)
  return node("filter_projection", nil, left, right, condition)
end

function CONTINUE.flatten(self, left)
  return node("projection", nil, node("flatten", nil, left), self:projected(POWER.flatten))
end

-- A slice behind an index takes part of what that finds and projects nothing:
-- so has jmespath.py it.
function CONTINUE.lbracket(self, left)
  if not self:at("number") and not self:at("colon") then
    self:expect("star")
    self:expect("rbracket")
    return node("projection", nil, left, self:projected(POWER.star))
  end
  local right = self:index_or_slice()
  if left.kind == "index_expression" then
    return tree.add(left, right)
  end
  return self:project_slice(left, right)
end

--- The tree of an expression.
---@param text string not empty
---@return table node
function M.parse(text)
  local parser = setmetatable({ text = text, tokens = lexer.tokens(text), index = 1, depth = 0 },
    Parser)
  local parsed = parser:expression(0)
  local token = parser:token()
  if token.type ~= "eof" then
    parser:fail(token, "Unexpected token: " .. python.str(token.value))
  end
  return parsed
end

return M
