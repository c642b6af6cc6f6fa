#pragma once

#include <QWidget>
#include <functional>
#include <map>
#include <string>

class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QVBoxLayout;

namespace neph {

class DesignDocument;
class NumberField;
class Section;
struct FaultSpec;

/// What belongs to the design as a whole: name, description, length of the run, faults, recorded traffic.
/// Shown while nothing is selected.
class DesignForm final : public QWidget {
    Q_OBJECT

public:
    DesignForm(DesignDocument& document, QWidget* parent);

    void refresh();

private:
    void buildInfo(QVBoxLayout& column);
    void buildFaults(QVBoxLayout& column);
    void buildTraces(QVBoxLayout& column);
    void buildDraft(QVBoxLayout& column);
    void commitInfo();
    void fillTargets();
    void fillDraftProperties();
    void addFault();
    void importTrace();
    void listFaults();
    void listTraces();
    QWidget* removableLine(const QString& text, const QString& accessible, std::function<void()> remove);

    DesignDocument& m_document;
    QLineEdit* m_name;
    QPlainTextEdit* m_description;
    NumberField* m_runSeconds;
    QVBoxLayout* m_faults;
    QVBoxLayout* m_traces;
    QWidget* m_draft;
    QComboBox* m_kind;
    QComboBox* m_target;
    NumberField* m_at;
    NumberField* m_for;
    QWidget* m_forRow;
    QVBoxLayout* m_draftProperties;
    std::map<std::string, NumberField*> m_draftFields;
    QLabel* m_problem;
};

}  // namespace neph
