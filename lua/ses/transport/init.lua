--- Transports: what carries requests, tells the time and waits.
---
--- A transport is a table with the methods of ses.Transport. Whoever wants
--- another HTTP library, or none, writes one and hands it to the client:
--- `ses.client("ses", { transport = mine })`.
---
--- Rules of `send`:
---
--- * It sends the request as it is, byte for byte: it is signed. It adds a
---   Content-Length (and Connection or the like if it must), and nothing that
---   the headers name already. It follows no redirect and unpacks no content.
--- * It sends it once. A transport whose HTTP library repeats requests by
---   itself makes mail go out twice.
--- * A response is any HTTP response that came whole, whatever its status. All
---   else is `nil` and an error, whose `sent` says how much of the request left
---   this machine. Where that cannot be known it says the larger.
--- * It raises only for misuse: a closed transport, a header that is no string.
---
--- A transport that can do several things at once has `all`, `spawn` and `cond`
--- too. It suspends what it started itself, and no coroutine of anybody else's.
--- Without them calls are made one after another.
---
--- A transport that can run a program has `run`, for programs that hand out
--- credentials. Time must pass on its clock as it does for programs.
---
--- A transport that cannot send from everywhere has `obstacle`: calls ask it
--- before they begin. One that cannot do all that a connection asks for has
--- `fault`: clients ask it when they are made.
---
--- Codes of errors: NameResolution, ConnectionRefused, ConnectionFailed,
--- ConnectTimeout, TLSHandshake, TLSVerification, CABundle, ProxyFailure (sent
--- is "none"); ConnectionClosed, AttemptTimeout, BadResponse, ResponseTooLarge;
--- InvalidRequest, UnsupportedProtocol, Forked, WrongPhase (never sent); OutOfMemory.
local M = {}

---@class ses.Connection how to reach a peer; one table per client, never changed
---@field connect_timeout number|nil seconds, TLS included; nil: 5
---@field idle_timeout number|nil seconds without a byte from or to the peer, from when the
---  request is let out on; past it the attempt ends with AttemptTimeout. Where sockets have
---  a time-out for each read and write, as nginx's cosockets do, it is that; in process there is
---  none. nil: no limit
---@field verify boolean|nil false: accept any certificate
---@field ca_bundle string|nil a file of PEM certificates, trusted instead of the system's
---@field proxy string|nil a URL, with user and password if it needs them; not used for this
---  machine, nor for the addresses that hand out the credentials of an instance
---@field max_response_bytes integer|nil of a response's content; nil: 16 MiB

---@class ses.TransportRequest
---@field method string
---@field url string absolute, http or https, percent-encoded
---@field headers table<string, string>
---@field body string|nil
---@field connection ses.Connection|nil

---@class ses.TransportResponse
---@field status integer
---@field headers table<string, string> names in lower case, equal ones joined with ", "
---@field body string

---@class ses.TransportError
---@field kind "transport"|"timeout"
---@field code string a stable word
---@field message string
---@field sent "none"|"part"|"all" how much of the request left
---@field stale boolean|nil true: it went out on a connection that an earlier request had left
---  open, and that one ended without a byte of an answer, as it does where the peer closes it
---  for being idle; a new connection may fare better

---@class ses.RunResult a program that has ended; where nobody can tell how, it has neither a status
---  nor a signal
---@field status integer|nil its exit code
---@field signal integer|nil what killed it
---@field stdout string
---@field stderr string the first 4 KiB

---@class ses.RunError
---@field kind "timeout"|"process"
---@field code "Timeout"|"NotStarted"|"OutputTooLarge"
---@field message string

---@class ses.Transport
---@field send fun(self: ses.Transport, request: ses.TransportRequest, deadline: number|nil):
---  ses.TransportResponse|nil, ses.TransportError|nil
---@field sleep fun(self: ses.Transport, seconds: number)
---@field now fun(self: ses.Transport): number seconds of a clock that only goes forward
---@field time fun(self: ses.Transport): number seconds since the epoch
---@field random fun(self: ses.Transport): number in [0, 1)
---@field close fun(self: ses.Transport)
---@field group any transports with one value here share a clock, and so their clients' limits;
---  nil: it shares them with none
---@field obstacle nil|fun(self: ses.Transport): ses.TransportError|nil why nothing can be sent
---  from where this is called; nil: it can
---@field fault nil|fun(self: ses.Transport, origin: string, connection: ses.Connection):
---  ses.TransportError|nil why no request can ever be sent to an origin, the beginning of a URL,
---  over such a connection; nil: none is known
---@field max_wait number|nil seconds that a call waits for its turn, by default
---@field all nil|fun(self: ses.Transport, n: integer, limit: integer, fn: fun(i: integer)):
---  table<integer, {problem: any}>|nil, {problem: any}|nil calls fn with 1 to n, at most limit at a
---  time, and returns when all have ended: those that raised, by number; and what a spawned one did
---@field spawn nil|fun(self: ses.Transport, fn: fun()) starts fn beside what runs
---@field cond nil|fun(self: ses.Transport): ses.Cond
---@field run nil|fun(self: ses.Transport, argv: string[], options: {deadline: number|nil,
---  max_output: integer|nil}|nil): ses.RunResult|nil, ses.RunError|nil runs a program without a
---  shell, as it is looked for in PATH. It is killed with all that it started where the deadline
---  passes, on self:now(), or where it writes more than max_output bytes; nil: 64 KiB

local shared

-- In nginx, which libcurl would block, it is nginx's own sockets.
local function module_name()
  return package.loaded.ngx and "ses.resty.transport" or "ses.transport.curl"
end

--- The transport of clients that were made without one: libcurl's, or in nginx
--- its own, one for each Lua state, made when it is first needed. Where it was
--- closed, or this process is a child of the one that made libcurl's, there is a
--- new one.
---@return ses.Transport
function M.default()
  if not (shared and shared:usable()) then
    shared = require(module_name()).new()
  end
  return shared
end

return M
