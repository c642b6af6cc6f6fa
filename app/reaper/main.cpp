#include <cstdio>

#include "sim/local/reaper.h"

/// nephoscope-reaper: started by the programs beside it, never by hand.
int main(int count, char** arguments)
{
    if (count != 3) {
        std::fputs(
            "nephoscope-reaper removes the containers of a lab whose program is gone.\n"
            "The program starts it by itself; there is nothing to do with it by hand.\n",
            stderr);
        return 2;
    }
    return neph::runReaper(arguments[1], arguments[2]);
}
