#pragma once

#include <QDialog>

#include "app/desktop/local/lab_controller.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QSpinBox;
class QStackedWidget;
class QTableWidget;
class QTimer;

namespace neph {

class DesignDocument;
class DesignTrust;

/// "Run for real…": looks for an engine, shows what would be started, and asks. Nothing is made before the
/// button is pressed; the default is to leave it.
///
/// The window can be used meanwhile; where the drawing changes, the plan is made anew and asked for again.
class LabDialog final : public QDialog {
    Q_OBJECT

public:
    LabDialog(DesignDocument& document, DesignTrust& trust, LabController& lab, QWidget* parent = nullptr);

    LabWishes wishes() const;
    /// "Looking for a container engine…", the plan, why there is none: what stands there now.
    QString said() const;
    QPushButton& runButton() const { return *m_run; }
    QTableWidget& table() const { return *m_table; }

public slots:
    void reject() override;

protected:
    void changeEvent(QEvent* event) override;

private:
    QWidget* makeLooking();
    QWidget* makePlan();
    QWidget* makeOptions();
    QWidget* makeNone();
    QWidget* makeBanner();
    QWidget* makeButtons();
    void look();
    void showOffer();
    void showTable();
    void fitTable();
    void showNone(const QString& tried);
    void showProblem(const QString& reason);
    void showProgress();
    void takeState();
    void updateButtons();
    void updateBanner();
    void run();

    DesignDocument& m_document;
    DesignTrust& m_trust;
    LabController& m_lab;
    QStackedWidget* m_pages;  ///< Owned by the widget tree, like all below.
    QWidget* m_lookingPage = nullptr;
    QWidget* m_planPage = nullptr;
    QWidget* m_nonePage = nullptr;
    QWidget* m_banner = nullptr;
    QLabel* m_looking;
    QProgressBar* m_progress;
    QLabel* m_intro;
    QTableWidget* m_table;
    QLabel* m_totals;
    QLabel* m_shortage;
    QLabel* m_notes;
    QLabel* m_engine;
    QLabel* m_rootful;
    QLabel* m_none;
    QLabel* m_agreed;
    QComboBox* m_length;
    QSpinBox* m_seed;
    QCheckBox* m_withLoad;
    QCheckBox* m_compare;
    QCheckBox* m_withoutLimits;
    QPushButton* m_run;
    QPushButton* m_cancel;
    QPushButton* m_again;
    QTimer* m_lookSoon;
    bool m_hasAgreed = false;
    bool m_isFinishing = false;  ///< Closes itself when the lab has begun to run.
};

}  // namespace neph
