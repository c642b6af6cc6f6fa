#pragma once

#include <QWidget>
#include <string>
#include <vector>

#include "sim/model/kind_spec.h"

class QLabel;
class QLineEdit;
class QVBoxLayout;

namespace neph {

class DesignDocument;
class LiveBlock;
class PropertyRow;
class RunController;
class Section;

/// The form of one component or link, made from its specs: it knows no service by name.
class ComponentForm final : public QWidget {
    Q_OBJECT

public:
    ComponentForm(DesignDocument& document, RunController& run, std::string id, QWidget* parent);

    /// Shows again what the document holds.
    void refresh();
    void refreshLive();

private:
    void buildNodeHeader(const KindSpec& kind);
    void buildLinkHeader(const LinkRule& rule);
    void buildLive();
    void buildProperties(const std::vector<PropertySpec>& specs);
    void buildFootnotes(const KindSpec& kind);
    QString nameOf(const std::string& id) const;
    QString problemOf(const std::string& key) const;
    QVBoxLayout& groupFor(const std::string& group);

    DesignDocument& m_document;
    RunController& m_run;
    std::string m_id;
    QVBoxLayout* m_column;
    QLineEdit* m_name = nullptr;
    LiveBlock* m_live = nullptr;
    QLabel* m_problems = nullptr;
    std::vector<std::pair<std::string, Section*>> m_groups;
    std::vector<PropertyRow*> m_rows;
};

}  // namespace neph
