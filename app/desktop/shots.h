#pragma once

#include <QString>

namespace neph {

/// Writes the pictures of the README to `folder`: image1.png (the design), image2.png (a deployment under
/// way), image3.png (a load spike with scaling and charts), image4.png (the bill), from the starter design,
/// played to the same moments each time. `dark`: image1-dark.png … beside them, for looking at.
/// False where a picture could not be made; the reason is on stderr.
bool takeShots(const QString& folder, bool dark);

}  // namespace neph
