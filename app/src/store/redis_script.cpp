#include "store/redis_script.hpp"

#include <openssl/sha.h>

#include <array>

namespace sockeye::app {

// Each command comes as its name, which of KEYS it is about (0: none), and its other words after
// their number. False, which Redis answers as nil: a condition did not hold.
const std::string_view transaction_script = R"lua(
local at = 0
local function take()
    at = at + 1
    return ARGV[at]
end
local function take_command()
    local words = { take() }
    words[2] = KEYS[tonumber(take())]
    for _ = 1, tonumber(take()) do
        words[#words + 1] = take()
    end
    return words
end
local function run(words)
    if words[1] == 'PEXPIRENX' then
        if redis.call('PTTL', words[2]) ~= -1 then
            return 0
        end
        words[1] = 'PEXPIRE'
    end
    return redis.call(unpack(words))
end

for _ = 1, tonumber(take()) do
    local expected = take()
    local answer = run(take_command())
    if answer == false or tostring(answer) ~= expected then
        return false
    end
end

local answers = {}
while at < #ARGV do
    local guard = KEYS[tonumber(take())]
    local words = take_command()
    if guard and redis.call('EXISTS', guard) == 1 then
        answers[#answers + 1] = 0
    else
        answers[#answers + 1] = run(words)
    end
end
return answers
)lua";

const std::string& transaction_script_digest() {
    static const std::string digest = [] {
        std::array<unsigned char, SHA_DIGEST_LENGTH> bytes{};
        SHA1(reinterpret_cast<const unsigned char*>(transaction_script.data()),
             transaction_script.size(), bytes.data());
        std::string text;
        for (const unsigned char byte : bytes)
            text.append({"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 0xF]});
        return text;
    }();
    return digest;
}

} // namespace sockeye::app
