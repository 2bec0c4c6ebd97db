#include <sockeye/app/client_address.hpp>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace sockeye::app {

namespace {

constexpr unsigned all_bits = 8 * sizeof(ip_address);

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
    throw std::invalid_argument("'" + text + "' " + why);
}

/// The address with all but its first `bits` bits zero.
ip_address first_of_range(ip_address address, unsigned bits) {
    for (unsigned bit = bits; bit < all_bits; ++bit)
        address[bit / 8] &= static_cast<unsigned char>(~(0x80U >> bit % 8));
    return address;
}

unsigned read_bits(std::string_view digits, unsigned most, const std::string& text) {
    unsigned bits = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, bits);
    if (error != std::errc() || stop != end || bits > most)
        refuse(text,
               "is no range: after the slash stands a number from 0 to " + std::to_string(most));
    return bits;
}

} // namespace

address_list::address_list(const std::vector<std::string>& texts) {
    for (const std::string& text : texts)
        ranges_.push_back(parse(text));
}

address_list::range address_list::parse(const std::string& text) {
    const std::size_t slash = text.find('/');
    const std::string_view written = std::string_view(text).substr(0, slash);
    const auto address = parse_ip_address(written);
    if (!address) refuse(text, "is neither an IP address nor a range such as 10.0.0.0/8");
    if (slash == text.npos) return {*address, all_bits};
    const bool short_form = written.find(':') == written.npos;
    const unsigned before = short_form ? all_bits - 32 : 0; // which version 4 does not write
    const unsigned bits = before + read_bits(text.substr(slash + 1), all_bits - before, text);
    // Whoever wrote such a range may have meant the one address.
    const ip_address first = first_of_range(*address, bits);
    if (first != *address)
        refuse(text,
               "is not the start of its range: that is " + to_text(first) + text.substr(slash));
    return {first, bits};
}

bool address_list::contains(const ip_address& address) const {
    return std::ranges::any_of(ranges_, [&](const range& of) {
        return first_of_range(address, of.fixed_bits) == of.first;
    });
}

} // namespace sockeye::app
