#pragma once

#include <QDialog>

#include "sim/model/design.h"
#include "sim/run.h"

class QComboBox;

namespace neph {

/// Asks how long and how exactly.
class LongRunDialog final : public QDialog {
    Q_OBJECT

public:
    /// `options`: what is proposed, and what the dialog does not ask for.
    LongRunDialog(const Design& design, const RunOptions& options, QWidget* parent = nullptr);

    RunOptions options() const;

private:
    RunOptions m_options;
    QComboBox* m_horizon;
    QComboBox* m_tolerance;
};

}  // namespace neph
