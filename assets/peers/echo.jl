# A NATSBridge peer in Julia that echoes every payload, decoded and re-encoded. A starting point for your own.
#
#     julia -e 'using Pkg; Pkg.add(["Arrow", "JSON"])'
#     julia echo.jl [SUBJECT] [HOST] [PORT]           # natsbridge request /peer/echo --text message=Hello
#
# A bare socket, JSON and Arrow. It answers in the spelling of the request (snake_case or camelCase), to reply_to or to
# the NATS reply. No links; what it cannot read is answered with NACK and why.

using Arrow, Base64, Dates, JSON, Sockets, UUIDs

const FIELDS = split("correlation_id msg_id timestamp send_to msg_purpose sender_name sender_id receiver_name " *
                     "receiver_id reply_to reply_to_msg_id broker_url metadata payloads")

function camel(name)
    parts = split(name, "_")
    join([parts[1]; [part == "url" ? "URL" : uppercasefirst(part) for part in parts[2:end]]])
end

function table(body)
    sink = IOBuffer()
    Arrow.write(sink, Arrow.Table(IOBuffer(body)))
    take!(sink)
end

# JSON.jl takes NaN; every other peer refuses it.
dictionary(body) = Vector{UInt8}(JSON.json(JSON.parse(String(copy(body)))))

function text(body)
    words = String(copy(body))
    isvalid(words) || error("the text is not UTF-8")
    Vector{UInt8}(words)
end

const AGAIN = Dict("text" => text, "dictionary" => dictionary, "jsontable" => dictionary, "json" => dictionary,
                   "table" => table, "arrowtable" => table,
                   (kind => identity for kind in ("image", "audio", "video", "binary"))...)

# base64decode turns the URL-safe alphabet silently into nothing, so it is checked first.
function decoded(data)
    occursin(r"^[A-Za-z0-9+/\s]*={0,2}\s*$", data) || error("the data is not base64")
    base64decode(data)
end

function new_payload(name, key, kind, body, metadata)
    Dict("id" => string(uuid4()), "dataname" => name, key => kind, "transport" => "direct", "encoding" => "base64",
         "size" => length(body), "data" => base64encode(body), "metadata" => metadata)
end

function again(old)
    key = haskey(old, "payload_type") ? "payload_type" : "type"
    old["transport"] == "direct" || error("links are not supported")
    haskey(AGAIN, old[key]) || error("$(old[key]) is not supported")
    metadata = something(get(old, "metadata", nothing), Dict())
    new_payload(old["dataname"], key, old[key], AGAIN[old[key]](decoded(old["data"])), metadata)
end

function answer(raw)
    request = JSON.parse(raw)
    spell = haskey(request, "msg_id") ? string : camel
    purpose, payloads = try
        "chat", [again(old) for old in request["payloads"]]
    catch failure
        key = spell === camel ? "type" : "payload_type"
        "NACK", [new_payload("error", key, "text", Vector{UInt8}(sprint(showerror, failure)), Dict())]
    end
    to = something(get(request, spell("reply_to"), nothing), "")
    now_utc = Dates.format(now(UTC), "yyyy-mm-ddTHH:MM:SS.sss") * "Z"
    known = Dict("correlation_id" => request[spell("correlation_id")], "msg_id" => string(uuid4()), "send_to" => to,
                 "timestamp" => now_utc, "msg_purpose" => purpose, "sender_name" => "echo.jl", "metadata" => Dict(),
                 "reply_to_msg_id" => request[spell("msg_id")], "payloads" => payloads)
    to, JSON.json(Dict(spell(name) => get(known, name, "") for name in FIELDS))
end

function main(subject = "/peer/echo", host = "127.0.0.1", port = "4222")
    stream = connect(host, parse(Int, port))
    write(stream, "CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"julia\",\"version\":\"0\"}\r\n",
          "SUB $subject 1\r\nPING\r\n")
    while !eof(stream)
        words = split(readline(stream))
        if words[1] == "PONG"
            println("echoing on $subject at $host:$port")
            flush(stdout)
        elseif words[1] == "PING"
            write(stream, "PONG\r\n")
        elseif words[1] == "MSG"
            raw = String(read(stream, parse(Int, words[end])))
            readline(stream)
            to, reply = answer(raw)
            to = !isempty(to) ? to : length(words) == 5 ? words[4] : ""
            write(stream, "PUB $to $(sizeof(reply))\r\n$reply\r\n")
        end
    end
    error("the broker closed the connection")
end

main(ARGS...)
