#include "sim/model/local_face.h"

namespace neph {

const char* nameOf(LocalFace::As as)
{
    switch (as) {
    case LocalFace::As::Nothing:
        return "nothing";
    case LocalFace::As::Network:
        return "network";
    case LocalFace::As::Load:
        return "load";
    case LocalFace::As::Gateway:
        return "gateway";
    case LocalFace::As::Tasks:
        return "tasks";
    case LocalFace::As::Server:
        return "server";
    case LocalFace::As::Image:
        return "image";
    case LocalFace::As::Registry:
        return "registry";
    }
    return "";
}

}  // namespace neph
