# A NATSBridge peer in Julia that echoes every payload, decoded and re-encoded. A starting point for your own.
#
#     julia -e 'using Pkg; Pkg.add(["Arrow", "JSON"])'
#     julia echo.jl [SUBJECT] [NATS_URL]              # natsbridge request /peer/echo --text message=Hello
#
# Bare sockets, JSON and Arrow. It connects to NATS_URL (the argument or the variable; no TLS) and tries again for as long
# as nobody answers there. It answers in the spelling of the request (snake_case or camelCase), to reply_to or to the NATS
# reply. Payloads that came by link (http, no https) are fetched and go back by link, uploaded to FILESERVER_URL. What it
# cannot read is answered with NACK and why. It says that it is ready once its first table is compiled, after 7 to 11 s.
#
# What it does with direct payloads was run with Julia 1.5.3, Arrow.jl 2.3.0 and 2.8.1, JSON.jl 0.21.4 and 1.7.0: all of
# them came back the same. Links, the warm-up, reconnecting and NATS_URL were added afterwards and have not been run.

using Arrow, Base64, Dates, JSON, Sockets, UUIDs

const FILESERVER = get(ENV, "FILESERVER_URL", "http://localhost:8080")
const MOST = 256 << 20 # bytes that are taken by link
const FIELDS = split("correlation_id msg_id timestamp send_to msg_purpose sender_name sender_id receiver_name " *
                     "receiver_id reply_to reply_to_msg_id broker_url metadata payloads")

say(text) = println(stderr, "echo.jl: ", text)

function camel(name)
    parts = split(name, "_")
    join([parts[1]; [part == "url" ? "URL" : uppercasefirst(part) for part in parts[2:end]]])
end

function text(body)
    words = String(copy(body))
    isvalid(words) || error("the text is not UTF-8")
    Vector{UInt8}(words)
end

# JSON with or without a byte order mark, which JSON.jl 0.21 refuses.
function parsed(body)
    words = String(text(body))
    JSON.parse(startswith(words, '\ufeff') ? words[nextind(words, 1):end] : words)
end

# JSON.jl 0.21 takes NaN; every other peer refuses it.
dictionary(body) = Vector{UInt8}(JSON.json(parsed(body)))

# Bytes that are nothing would be read as a table without columns.
function table(body)
    stream = length(body) > 8 && body[1:4] == fill(0xff, 4)
    stream || length(body) > 8 && body[1:6] == codeunits("ARROW1") || error("no Arrow in it")
    sink = IOBuffer()
    Arrow.write(sink, Arrow.Table(IOBuffer(body)))
    take!(sink)
end

const AGAIN = Dict("text" => text, "dictionary" => dictionary, "jsontable" => dictionary, "json" => dictionary,
                   "table" => table, "arrowtable" => table,
                   (kind => identity for kind in ("image", "audio", "video", "binary"))...)

# base64decode turns the URL-safe alphabet silently into nothing, so it is checked first.
function decoded(data)
    occursin(r"^[A-Za-z0-9+/\s]*={0,2}\s*$", data) || error("the data is not base64")
    base64decode(data)
end

# Names are looked up as IPv4: servers of this machine rarely listen on ::1, which would come first.
address(host) = startswith(host, "[") ? parse(IPAddr, host[2:end-1]) : getaddrinfo(String(host), IPv4)

# HTTP over a bare socket, in version 1.0: the body comes as it is and ends with the connection.
function http(method, url, body = UInt8[], headers = String[])
    parts = match(r"^http://(\[[^\]]+\]|[^:/?#@]+)(?::(\d+))?(/[^\s#]*)?$"i, url)
    parts === nothing && error("$url is no http address")
    host, port, path = parts[1], something(parts[2], "80"), something(parts[3], "/")
    stream = connect(address(host), parse(Int, port))
    timer = Timer(_ -> close(stream), 30)
    try
        write(stream, "$method $path HTTP/1.0\r\nHost: $host:$port\r\nContent-Length: $(length(body))\r\n",
              join(header * "\r\n" for header in headers), "\r\n", body)
        status, wanted, came = readline(stream), nothing, UInt8[]
        occursin(r"^HTTP/1\.\d 2\d\d", status) || error("$url answers $status")
        for line in eachline(stream)
            isempty(line) && break
            found = match(r"^content-length:\s*(\d+)"i, line)
            found === nothing || (wanted = parse(Int, found[1]))
        end
        while !eof(stream)
            append!(came, readavailable(stream))
            length(came) > MOST && error("$url has more than $MOST bytes")
        end
        wanted in (nothing, length(came)) || error("$url ended after $(length(came)) of $wanted bytes")
        return came
    finally
        close(timer)
        close(stream)
    end
end

escaped(name) = join(occursin(r"[A-Za-z0-9_.~-]", string(Char(byte))) ? Char(byte) :
                     "%" * uppercase(string(byte, base = 16, pad = 2)) for byte in codeunits(name))

function upload(name, body)
    name = isempty(name) ? "payload" : replace(name, r"[\"\x00-\x1f\x7f]" => "_")
    opened = parsed(http("POST", "$FILESERVER/upload", codeunits("{\"oneShot\":true}"), ["Content-Type: application/json"]))
    mark = string(uuid4())
    form = IOBuffer()
    write(form, "--$mark\r\nContent-Disposition: form-data; name=\"file\"; filename=\"$name\"\r\n\r\n", body,
          "\r\n--$mark--\r\n")
    place = "$FILESERVER/file/$(opened["id"])"
    file = parsed(http("POST", place, take!(form), ["X-UploadToken: $(opened["uploadToken"])",
                                                    "Content-Type: multipart/form-data; boundary=$mark"]))
    "$place/$(file["id"])/$(escaped(file["fileName"]))"
end

function new_payload(name, key, kind, body, metadata)
    Dict{String,Any}("id" => string(uuid4()), "dataname" => name, key => kind, "transport" => "direct",
                     "encoding" => "base64", "size" => length(body), "data" => base64encode(body), "metadata" => metadata)
end

function again(old)
    good = old isa AbstractDict && get(old, "data", nothing) isa AbstractString
    good || error("a payload is a JSON object with text under data")
    key = haskey(old, "payload_type") ? "payload_type" : "type"
    kind, transport = string(get(old, key, nothing)), get(old, "transport", "direct")
    haskey(AGAIN, kind) && transport in ("direct", "link") || error("$kind by $transport is not supported")
    metadata, name = something(get(old, "metadata", nothing), Dict()), string(something(get(old, "dataname", nothing), ""))
    body = AGAIN[kind](transport == "link" ? http("GET", old["data"]) : decoded(old["data"]))
    new = new_payload(name, key, kind, body, metadata)
    transport == "link" || return new
    merge(new, Dict("transport" => "link", "encoding" => "none", "data" => upload(name, body)))
end

# A subject to answer to: one with white space in it would be another command to the broker.
place(reply_to) = reply_to isa AbstractString && occursin(r"^[^\s\x00-\x1f\x7f]{1,500}\z", reply_to) ? reply_to : ""

# Where the answer goes, and the answer; nowhere if nobody said where.
function answer(raw, inbox, most)
    request, to, spell = Dict{String,Any}(), inbox, string
    reply = try
        came = parsed(raw)
        came isa AbstractDict || error("the message is no envelope, which is a JSON object")
        request = came
        snake = count(name -> haskey(came, string(name)), FIELDS)
        spell = count(name -> haskey(came, camel(name)), FIELDS) > snake ? camel : string
        to = place(get(came, spell("reply_to"), nothing))
        isempty(to) && (to = inbox)
        payloads = get(came, "payloads", nothing)
        payloads isa AbstractVector || error("payloads is no list; a message without any says []")
        made = envelope(came, spell, to, "chat", [again(old) for old in payloads])
        sizeof(made) > most && error("the answer has $(sizeof(made)) bytes, and the broker takes $most")
        made
    catch failure
        why = first(sprint(showerror, failure), 1000)
        key = spell === camel ? "type" : "payload_type"
        envelope(request, spell, to, "NACK", [new_payload("error", key, "text", Vector{UInt8}(why), Dict())])
    end
    to, reply
end

function envelope(request, spell, to, purpose, payloads)
    said(name) = (value = get(request, spell(name), ""); value isa AbstractString ? value : "")
    now_utc = Dates.format(now(UTC), "yyyy-mm-ddTHH:MM:SS.sss") * "Z"
    known = Dict("correlation_id" => said("correlation_id"), "msg_id" => string(uuid4()), "send_to" => to,
                 "timestamp" => now_utc, "msg_purpose" => purpose, "sender_name" => "echo.jl", "metadata" => Dict(),
                 "reply_to_msg_id" => said("msg_id"), "payloads" => payloads)
    JSON.json(Dict(spell(name) => get(known, name, "") for name in FIELDS))
end

# The first table costs more than all others: nobody should wait for it.
function warm_up()
    sink = IOBuffer()
    Arrow.write(sink, (id = [1, 2], name = ["a", "b"], x = [1.5, missing]))
    bodies = ["text" => Vector{UInt8}("warm"), "dictionary" => Vector{UInt8}("{\"a\":[1,2.5]}"), "table" => take!(sink)]
    payloads = [new_payload("warm", "payload_type", kind, body, Dict()) for (kind, body) in bodies]
    answer(Vector{UInt8}(envelope(Dict{String,Any}(), string, "", "chat", payloads)), "", typemax(Int))
end

# Echoes until the connection is lost.
function echo(subject, url)
    parts = match(r"^(?:nats://)?(?:([^@/]*)@)?(\[[^\]]+\]|[^:/]+)(?::(\d+))?/?$", url)
    parts === nothing && error("no address of a broker such as nats://127.0.0.1:4222")
    user, host, port = parts[1], parts[2], something(parts[3], "4222")
    stream = connect(address(host), parse(Int, port))
    options = Dict{String,Any}("verbose" => false, "pedantic" => false, "lang" => "julia", "version" => "0")
    if user !== nothing
        name = split(user, ":", limit = 2)
        merge!(options, length(name) == 2 ? Dict("user" => name[1], "pass" => name[2]) : Dict("auth_token" => name[1]))
    end
    write(stream, "CONNECT $(JSON.json(options))\r\nSUB $subject 1\r\nPING\r\n")
    most, ready = 1 << 20, false
    while !eof(stream)
        line = readline(stream)
        words = split(line)
        isempty(words) && continue
        if words[1] == "INFO"
            most = get(JSON.parse(line[6:end]), "max_payload", most)
        elseif words[1] == "PONG" && !ready
            ready = true
            println("echoing on $subject at $host:$port")
            flush(stdout)
        elseif words[1] == "PING"
            write(stream, "PONG\r\n")
        elseif words[1] == "-ERR"
            say(line)
        elseif words[1] == "MSG"
            wanted = parse(Int, words[end])
            raw = read(stream, wanted)
            length(raw) == wanted || break
            readline(stream)
            to, reply = answer(raw, length(words) == 5 ? string(words[4]) : "", most)
            isempty(to) || write(stream, "PUB $to $(sizeof(reply))\r\n$reply\r\n")
        end
    end
    error("the broker closed the connection")
end

function main(subject = "/peer/echo", url = get(ENV, "NATS_URL", "nats://127.0.0.1:4222"))
    warm_up()
    said = ""
    while true
        for server in split(url, ",")
            try
                echo(subject, server)
            catch failure
                failure isa InterruptException && return
                why = "$(last(split(server, "@"))): $(sprint(showerror, failure)); trying again"
                why == said || say(why)
                said = why
            end
            sleep(1)
        end
    end
end

main(ARGS...)
