-- What became of the entries of a batch.

--- Their states, in the order they were given.
---@param report ses.BatchReport
---@return string[]
return function(report)
  local list = {}
  for i, entry in ipairs(report.entries) do
    list[i] = entry.state
  end
  return list
end
