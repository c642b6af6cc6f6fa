#include <QApplication>
#include <QCommandLineParser>
#include <QTimer>
#include <cstdio>

#include "app/desktop/design_document.h"
#include "app/desktop/main_window.h"
#include "app/desktop/settings.h"
#include "app/desktop/shots.h"
#include "app/desktop/theme.h"

namespace {

constexpr int kUsage = 2;

void describe(QCommandLineParser& parser)
{
    parser.setApplicationDescription("Draw a cloud architecture and watch it live.");
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument("file", "The design to open.", "[FILE]");
    parser.addOption({"template", "Start from the template NAME (\"starter\").", "NAME"});
    parser.addOption({"play", "Play the design at once."});
    parser.addOption({"appearance", "Colours for this start: light or dark.", "NAME"});
    parser.addOption({"shots", "Write the pictures of the README to DIR and quit.", "DIR"});
    parser.addOption({"dark", "With --shots: write dark pictures beside them."});
}

/// Opens what the command line asks for; on the very first start without a wish, the starter design.
void openFirst(neph::MainWindow& window, const QCommandLineParser& parser)
{
    const QStringList files = parser.positionalArguments();
    bool play = parser.isSet("play");
    bool opened = false;
    if (!files.isEmpty()) {
        opened = window.openFile(files.front());
    } else if (parser.isSet("template")) {
        opened = window.openTemplate(parser.value("template"));
    } else if (neph::Settings().windowGeometry().isEmpty()) {
        opened = window.openTemplate("starter");
        play = true;
    }
    window.offerRecovery();
    if (opened && play) {
        window.run().play(window.document().design());
    }
}

}  // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    QApplication::setApplicationName("nephoscope");
    QApplication::setOrganizationName("nephoscope");
    QApplication::setApplicationDisplayName("Nephoscope");
    QApplication::setApplicationVersion(NEPH_VERSION);

    QCommandLineParser parser;
    describe(parser);
    parser.process(application);
    if (parser.positionalArguments().size() > 1) {
        std::fputs("nephoscope: one design at a time.\n", stderr);
        return kUsage;
    }
    if (parser.isSet("shots")) {
        return neph::takeShots(parser.value("shots"), parser.isSet("dark")) ? 0 : 1;
    }
    const QString appearance = parser.value("appearance");
    neph::theme::apply(appearance.isEmpty() ? neph::Settings().appearance() : appearance);
    neph::MainWindow window;
    window.show();
    // The window is painted first, then filled: it stands there at once even where the design is large.
    QTimer::singleShot(0, &window, [&window, &parser] { openFirst(window, parser); });
    return QApplication::exec();
}
