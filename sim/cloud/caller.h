#pragma once

#include <string>

#include "sim/cloud/compiler.h"

namespace neph {

/// Appends the calls that a component makes while it handles a request: one after the other, over every link
/// that starts at it and ends where requests are answered.
///
/// The links' properties say how often, for which classes, how many at the same time, how long it waits and
/// how often it tries again (full jitter, up to the component's fact "retry.capMs"). A call that fails for
/// good ends the request with an error of the component. `entry` names the path in the names of its draws.
void callDownstream(PathBuilder& path, const Component& caller, const std::string& entry, Compiler& compiler);

}  // namespace neph
