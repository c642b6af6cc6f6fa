#pragma once

namespace neph::cli {

/// Does what the arguments ask for and returns the exit code: 0 done, 1 the answer is no, 2 bad input.
int runCommandLine(int argc, char** argv);

}  // namespace neph::cli
