#include "app/desktop/selection.h"

#include <algorithm>
#include <utility>

namespace neph {

bool Selection::contains(const std::string& id) const
{
    return std::find(m_ids.begin(), m_ids.end(), id) != m_ids.end();
}

void Selection::set(std::vector<std::string> ids)
{
    if (ids == m_ids) {
        return;
    }
    m_ids = std::move(ids);
    emit changed();
}

}  // namespace neph
