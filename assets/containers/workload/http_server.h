#pragma once

#include <memory>

#include "assets/containers/workload/config.h"

namespace neph {

class Service;

/// Serves HTTP until it is told to stop by SIGTERM or SIGINT. One thread does all input and output; the
/// workers of the service do the rest.
///
///   /work?class=<name>     a request; &responseBytes=<n> asks for an answer of another length
///   /health                a health check
///   /ready                 200 from the start until SIGTERM, with the state of each link; then 503
///   /metrics               Prometheus text
///   POST /control          see Service::control
///
/// Listens when `startupSeconds` are over and says so in one line on standard output. Returns the exit code.
int serve(const Config& config);

}  // namespace neph
