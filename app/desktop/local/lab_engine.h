#pragma once

// The lab's headers for a file that has Qt's: "slots" is a word of theirs and a macro of Qt's.
#pragma push_macro("slots")
#undef slots
#include "sim/local/comparison.h"
#pragma pop_macro("slots")
