#pragma once

#include <QColor>
#include <QIcon>
#include <QPalette>
#include <QString>
#include <string>

namespace neph {

/// Colours and icons of the window, in a light and a dark variant, chosen from the palette in force.
///
/// All drawing code takes its colours from here or from QPalette roles, never from literals.
namespace theme {

bool isDark();
/// Puts our light or dark palette in force (setting "Appearance"); "system" takes the one that is nearer to
/// the platform's palette. Text has a contrast of at least 4.5 : 1 in both (WCAG 2.1, level AA).
void apply(const QString& appearance);

QColor canvas();  ///< Background of the canvas.
QColor grid();    ///< Its dots.
QColor card();    ///< Face of a component.
QColor cardBorder();
QColor text();
QColor mutedText();
QColor accent();  ///< Selection, focus, primary buttons.
QColor healthy();
QColor warning();
QColor failure();
QColor starting();  ///< Provisioning, pulling, pending.
/// Colour of a category's frame and icon ("Network", "Databases", ...).
QColor category(const QString& name);
/// Distinct line colours for charts, by index; neighbours differ also for colour-blind eyes.
QColor series(int index);

/// Icon of a kind ("dynamodb"), crisp at any size. A kind without a drawing gets a plain tile.
QIcon kindIcon(const std::string& stem);
/// Icon of the interface ("play"), in the text colour of the palette.
QIcon uiIcon(const QString& name);
/// The same in a colour of its own: for warnings and errors.
QIcon uiIcon(const QString& name, const QColor& colour);

}  // namespace theme

}  // namespace neph
