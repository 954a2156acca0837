--- What somebody else wrote, as part of a message: printable ASCII on one line.

---@param text any
---@param most integer|nil bytes that are shown; nil: all
---@return string
return function(text, most)
  local shown = tostring(text):gsub("[^ -~]", "?")
  return most and shown:sub(1, most) or shown
end
