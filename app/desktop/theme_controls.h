#pragma once

#include <QPainter>
#include <QStyle>
#include <QStyleOptionComboBox>
#include <QStyleOptionSpinBox>

namespace neph::theme {

// Controls that Fusion draws with the gradients and hard edges of a light desktop, drawn flat in the colours
// of both appearances.

/// The square of a check box. Its outline stands out from the ground at least 3 : 1, also while it is empty.
void drawCheckBox(QPainter& painter, const QStyleOption& option);
/// Frame and arrow of a list to choose from; its text is drawn by the style.
void drawComboBox(QPainter& painter, const QStyleOptionComboBox& option, const QRect& arrow);
/// Frame and steps of a number field.
void drawSpinBox(QPainter& painter, const QStyleOptionSpinBox& option, const QRect& up, const QRect& down);

}  // namespace neph::theme
