#pragma once

// Precompiled: the headers that make a file of this folder slow to compile.

#include "io/asio.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>
