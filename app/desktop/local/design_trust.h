#pragma once

#include <QObject>

namespace neph {

class DesignDocument;

/// Whether the open design is the user's own (sim/local/trust.h): drawn here or saved by this user. Any other
/// can be looked at, edited and simulated; it starts nothing until the user has said that he trusts it.
class DesignTrust final : public QObject {
    Q_OBJECT

public:
    explicit DesignTrust(DesignDocument& document, QObject* parent = nullptr);

    bool isForeign() const { return m_isForeign; }

public slots:
    /// The user trusts it. It stays so as long as nobody else writes over its file.
    void trust();

signals:
    void changed();

private:
    void takeDesign();
    void takeSaved();
    void setForeign(bool foreign);

    DesignDocument& m_document;
    bool m_isForeign = false;
};

}  // namespace neph
