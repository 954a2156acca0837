--- Writes the configuration of an nginx whose answers never change.
--- Usage: server.lua PORT
local samples = require "bench.samples"

local CONFIGURATION = [[
daemon off;
master_process off;
pid nginx.pid;
error_log error.log;
events {
  worker_connections 1024;
}
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  server {
    listen 127.0.0.1:%s;
    add_header x-amzn-RequestId %s;
    location = / {
      default_type text/xml;
      return 200 '%s';
    }
    location /v2/ {
      default_type application/json;
      return 200 '%s';
    }
  }
}
]]

io.write(CONFIGURATION:format(assert(arg[1], "which port?"), samples.request_id,
  samples.set.answer, samples.put.answer))
