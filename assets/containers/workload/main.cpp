// nephoscope-workload: stands in for the image of a user's service. It does nothing useful, and takes as long
// as the drawing says.
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "assets/containers/workload/config.h"
#include "assets/containers/workload/http_server.h"

int main()
{
    const char* text = std::getenv("NEPH_WORKLOAD");
    const neph::Result<neph::Config> config = neph::readConfig(text != nullptr ? text : "{}");
    if (!config) {
        std::fprintf(stderr, "NEPH_WORKLOAD cannot be used: %s\n", config.error().what.c_str());
        return 2;
    }
    // A connection that the other side has closed is an error of one call, not the end of the program.
    std::signal(SIGPIPE, SIG_IGN);
    const int code = neph::serve(*config);
    std::fflush(nullptr);
    std::_Exit(code);
}
