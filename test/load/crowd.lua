-- crowd.lua - requests to the admin endpoint for wrk. The first of its threads has the secret, the others carry
-- no credential at all: a wrong one would close the endpoint to everybody.
-- Run as: SECRET=... wrk -t10 -c200 -s crowd.lua URL-OF-THE-MOUNT
-- Prints how often each status came, and how many connections failed.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
  thread:set("knows_the_secret", #threads == 1)
end

function init()
  local mount = wrk.path
  local plain, stream, page = {}, {}, { ["Accept"] = "text/html" }
  stream["Accept"] = "text/event-stream"
  if knows_the_secret then
    plain["Authorization"] = "Bearer " .. os.getenv("SECRET")
    stream["Authorization"] = plain["Authorization"]
  end
  count = 0
  statuses = {}
  asked = {
    wrk.format("POST", mount, plain),
    wrk.format("POST", mount, stream),
    wrk.format("GET", mount .. "/status", plain),
    wrk.format("GET", mount, page),
    wrk.format("GET", mount .. "/admin.js", plain),
    wrk.format("POST", mount .. "?dry-run", plain),
  }
end

function request()
  count = count + 1
  return asked[count % #asked + 1]
end

function response(status)
  local name = tostring(status)
  statuses[name] = (statuses[name] or 0) + 1
end

function done(summary)
  local sum = {}
  for number, thread in ipairs(threads) do
    for status, times in pairs(thread:get("statuses")) do
      local name = (number == 1 and "known " or "stranger ") .. status
      sum[name] = (sum[name] or 0) + times
    end
  end
  for name, times in pairs(sum) do
    print(name .. " " .. times)
  end
  local errors = summary.errors
  print("failed " .. errors.connect + errors.read + errors.write + errors.timeout)
end
