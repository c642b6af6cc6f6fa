#pragma once

#include <QObject>
#include <string>
#include <vector>

namespace neph {

/// What is selected: ids of nodes and links, in the order of selection. Canvas, inspector and charts share
/// it.
class Selection final : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    const std::vector<std::string>& ids() const { return m_ids; }
    /// The one selected thing; empty if there is none or more than one.
    std::string single() const { return m_ids.size() == 1 ? m_ids.front() : std::string(); }
    bool contains(const std::string& id) const;
    void set(std::vector<std::string> ids);
    void clear() { set({}); }

signals:
    void changed();
    /// Somebody asks to see this node or link (a click in the event list): select it and bring it into view.
    void revealRequested(const std::string& id);

private:
    std::vector<std::string> m_ids;
};

}  // namespace neph
