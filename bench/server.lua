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
    # Who returns something does so at once; these wait for the whole message.
    location /large {
      client_max_body_size 64m;
      client_body_buffer_size 64m;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_pass http://127.0.0.1:%s/taken;
    }
    location = /taken {
      default_type text/xml;
      return 200 '%s';
    }
    location /taken/v2/ {
      default_type application/json;
      return 200 '%s';
    }
  }
}
]]

local port = assert(arg[1], "which port?")
io.write(CONFIGURATION:format(port, samples.request_id, samples.set.answer, samples.put.answer,
  port, samples.raw_v1.answer, samples.raw_v2.answer))
