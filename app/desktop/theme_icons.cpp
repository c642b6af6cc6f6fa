#include <QApplication>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>
#include <memory>

#include "app/desktop/theme.h"
#include "sim/base/assets.h"

namespace neph::theme {

namespace {

/// Draws an SVG at the size and resolution that is asked for, each time anew (through the pixmap cache), so
/// that icons stay crisp on every screen and follow a change of palette.
class SvgIconEngine final : public QIconEngine {
public:
    /// `tint`: replaces the placeholder colour; invalid: the text colour of the palette where `placeholder`
    /// is set.
    SvgIconEngine(QString name, QByteArray svg, bool placeholder, QColor tint)
        : m_name(std::move(name)), m_svg(std::move(svg)), m_placeholder(placeholder), m_tint(tint)
    {
    }

    QIconEngine* clone() const override { return new SvgIconEngine(*this); }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override
    {
        const qreal scale = painter->device()->devicePixelRatioF();
        painter->drawPixmap(rect, scaledPixmap(rect.size() * scale, mode, state, scale));
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        return scaledPixmap(size, mode, state, 1);
    }

    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State, qreal scale) override
    {
        const QColor colour = colourOf(mode);
        const QString key = QStringLiteral("neph-%1-%2x%3-%4-%5")
                                .arg(m_name)
                                .arg(size.width())
                                .arg(size.height())
                                .arg(colour.rgba(), 0, 16)
                                .arg(static_cast<int>(mode));
        QPixmap pixmap;
        if (!QPixmapCache::find(key, &pixmap)) {
            pixmap = drawn(size, colour, mode);
            QPixmapCache::insert(key, pixmap);
        }
        pixmap.setDevicePixelRatio(scale);
        return pixmap;
    }

private:
    QColor colourOf(QIcon::Mode mode) const
    {
        const bool disabled = mode == QIcon::Disabled;
        if (!m_placeholder) {
            return {};
        }
        if (m_tint.isValid()) {
            return m_tint;
        }
        return QApplication::palette().color(
            disabled ? QPalette::Disabled : QPalette::Active, QPalette::ButtonText);
    }

    QPixmap drawn(const QSize& size, const QColor& colour, QIcon::Mode mode) const
    {
        QByteArray svg = m_svg;
        if (m_placeholder) {
            svg.replace("#808080", colour.name().toLatin1());
        }
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        if (mode == QIcon::Disabled) {
            painter.setOpacity(m_placeholder ? std::max(0.35, static_cast<double>(colour.alphaF())) : 0.4);
        }
        QSvgRenderer renderer(svg);
        const int side = std::min(size.width(), size.height());
        renderer.render(
            &painter, QRectF((size.width() - side) / 2.0, (size.height() - side) / 2.0, side, side));
        return pixmap;
    }

    QString m_name;
    QByteArray m_svg;
    bool m_placeholder;
    QColor m_tint;
};

QByteArray svgOf(const std::string& path)
{
    const std::string_view text = assetText(path);
    return QByteArray(text.data(), static_cast<qsizetype>(text.size()));
}

// A kind whose drawing is missing is still told from the background.
const char* const kPlainTile =
    R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect x="7" y="7" width="34" height="34" rx="6"
fill="none" stroke="#8a93a0" stroke-width="2.5"/><path d="M17 24h14" stroke="#8a93a0" stroke-width="2.5"/></svg>)";

}  // namespace

QIcon kindIcon(const std::string& stem)
{
    QByteArray svg = svgOf("icons/" + stem + ".svg");
    if (svg.isEmpty()) {
        svg = kPlainTile;
    }
    return QIcon(new SvgIconEngine("kind-" + QString::fromStdString(stem), svg, false, {}));
}

QIcon uiIcon(const QString& name)
{
    return uiIcon(name, {});
}

QIcon uiIcon(const QString& name, const QColor& colour)
{
    const QByteArray svg = svgOf("icons/ui/" + name.toStdString() + ".svg");
    return svg.isEmpty() ? QIcon() : QIcon(new SvgIconEngine("ui-" + name, svg, true, colour));
}

}  // namespace neph::theme
