#pragma once

#include <QColor>
#include <QIcon>
#include <QPalette>
#include <QString>

namespace neph {

/// Colours and icons of the window, in a light and a dark variant, chosen from the palette in force.
///
/// All drawing code takes its colours from here or from QPalette roles, never from literals.
namespace theme {

bool isDark();
/// Puts a light or dark palette of our own in force (setting "Appearance"); "system" leaves the platform's.
void apply(const QString& appearance);

QColor canvas();          ///< Background of the canvas.
QColor grid();            ///< Its dots.
QColor card();            ///< Face of a component.
QColor cardBorder();
QColor text();
QColor mutedText();
QColor accent();          ///< Selection, focus, primary buttons.
QColor healthy();
QColor warning();
QColor failure();
QColor starting();        ///< Provisioning, pulling, pending.
/// Colour of a category's frame and icon ("Network", "Databases", ...).
QColor category(const QString& name);
/// Distinct line colours for charts, by index.
QColor series(int index);

/// Icon of a kind ("dynamodb"), crisp at any size.
QIcon kindIcon(const std::string& stem);
/// Icon of the interface ("play"), in the text colour of the palette.
QIcon uiIcon(const QString& name);

}  // namespace theme

}  // namespace neph
