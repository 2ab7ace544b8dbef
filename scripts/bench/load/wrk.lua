-- wrk -s wrk.lua URL -- BODY_FILE [NAME VALUE]…: posts the file with those headers; prints what was counted as one JSON line.
function init(args)
  wrk.method = "POST"
  local file = io.open(args[1], "rb")
  wrk.body = file:read("*a")
  file:close()
  for i = 2, #args, 2 do
    wrk.headers[args[i]] = args[i + 1]
  end
end

function done(summary)
  local errors = summary.errors
  print(string.format('{"requests":%d,"microseconds":%d,"refused":%d,"lost":%d}', summary.requests, summary.duration,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
