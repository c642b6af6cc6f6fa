#pragma once

#include <QByteArray>
#include <QImage>
#include <QMimeData>
#include <QPointF>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/desktop/canvas/layout.h"
#include "sim/model/catalog.h"
#include "sim/model/design.h"
#include "sim/model/edit.h"

namespace neph {

/// MIME type of copied components; the text beside it is the same JSON, so that it survives a text editor.
inline constexpr char kFragmentMimeType[] = "application/x-nephoscope-fragment";

/// The part of a design that a selection means: the components with all that lies in them, the connections
/// among them, and the notes. It is a design itself; its outermost components lie at their absolute places.
Design fragmentOf(const Design& design, const Layout& layout, const std::vector<std::string>& ids);

/// A fragment as our own type, as text, and as a picture for other programs.
std::unique_ptr<QMimeData> mimeOf(const Design& fragment, const QImage& picture);
/// The fragment, or whole design, that the clipboard holds; nothing if it holds neither.
std::optional<Design> fragmentFrom(const QMimeData& data);

/// Where a pasted component of a kind may lie, given the parent it had when it was copied; empty: on the
/// canvas. Nothing: it may lie nowhere there.
using FrameChooser =
    std::function<std::optional<std::string>(const std::string& kind, const std::string& formerParent)>;

struct Pasted {
    Edit edit;
    std::vector<std::string> ids;  ///< Of the outermost components and the notes.
    QString refusal;               ///< Of the first component that may lie nowhere; nothing is pasted then.
};

/// The edit that adds a fragment, moved by `shift`, under new ids.
Pasted pasteOf(
    const Design& design, const Catalog& catalog, const Layout& layout, const Design& fragment, QPointF shift,
    const FrameChooser& chooseFrame);

}  // namespace neph
