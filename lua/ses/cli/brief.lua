--- The beginning of a value, for messages: the AWS CLI shows all of it, however long it
--- is, and may fill the memory with what it makes of a file.
local document = require "ses.cli.document"
local python = require "ses.cli.python"

local LIMIT = 8192

local head

-- A text up to where the room ends, without the rest of a character that was cut.
local function head_of_text(text, room)
  local left = math.max(room.left, 0)
  room.left = room.left - #text
  return #text > left and text:sub(1, left):gsub("[\192-\255][\128-\191]*$", "") or text
end

local heads = {
  string = head_of_text,
  bytes = function(value, room)
    return document.bytes((head_of_text(value.bytes, room)))
  end,
  array = function(list, room)
    local result = document.array()
    for i = 1, #list do
      if room.left < 0 then
        break
      end
      result[i] = head(list[i], room)
    end
    return result
  end,
  object = function(object, room)
    local result = document.object()
    for _, name in ipairs(document.names(object)) do
      if room.left < 0 then
        break
      end
      local shown = head_of_text(name, room)
      document.set(result, shown, head(document.get(object, name), room))
    end
    return result
  end,
}

function head(value, room)
  room.left = room.left - 1
  local of = heads[document.type(value)]
  return of and (of(value, room)) or value
end

--- What Python's str() makes of a value, or of its beginning, where it is said that there
--- is more.
---@param value any of ses.cli.document
---@return string
return function(value)
  local room = { left = LIMIT }
  local text = python.str(head(value, room))
  return room.left < 0 and text .. " (and more, which is not shown)" or text
end
