#include "app/desktop/actions.h"

#include <QMenu>
#include <QMenuBar>
#include <QWidget>
#include <cstdlib>
#include <string_view>

#include "app/desktop/theme.h"

namespace neph {

namespace {

/// One row of the table. A row without an id is a separator.
struct Row {
    const char* menu;
    const char* id;
    const char* text;
    const char* icon;
    const char* shortcut;  ///< As QKeySequence reads it; several, separated by ", ".
    const char* tip;
    bool checkable = false;
};

// clang-format off
constexpr Row kRows[] = {
    {"&File", "file.new", "&New…", "new", "Ctrl+N", "Start a design from a template"},
    {"&File", "file.open", "&Open…", "open", "Ctrl+O", "Open a design file"},
    {"&File", "file.recent", "Open &recent", "", "", "Designs that were open lately"},
    {"&File", "", "", "", "", ""},
    {"&File", "file.save", "&Save", "save", "Ctrl+S", "Save the design"},
    {"&File", "file.saveAs", "Save &as…", "", "Ctrl+Shift+S", "Save the design under another name"},
    {"&File", "", "", "", "", ""},
    {"&File", "file.quit", "&Quit", "", "Ctrl+Q", "Close Nephoscope"},

    {"&Edit", "edit.undo", "&Undo", "undo", "Ctrl+Z", "Take the last change back"},
    {"&Edit", "edit.redo", "&Redo", "redo", "Ctrl+Shift+Z", "Do the change again"},
    {"&Edit", "", "", "", "", ""},
    {"&Edit", "edit.cut", "Cu&t", "", "Ctrl+X", "Cut what is selected"},
    {"&Edit", "edit.copy", "&Copy", "copy", "Ctrl+C", "Copy what is selected"},
    {"&Edit", "edit.paste", "&Paste", "paste", "Ctrl+V", "Put the copy on the canvas"},
    {"&Edit", "edit.duplicate", "&Duplicate", "", "Ctrl+D", "Make a second one beside it"},
    {"&Edit", "edit.delete", "De&lete", "trash", "Del", "Take what is selected away"},
    {"&Edit", "", "", "", "", ""},
    {"&Edit", "edit.selectAll", "Select &all", "", "Ctrl+A", "Select every component"},
    {"&Edit", "edit.rename", "Re&name", "", "F2", "Give the component another name"},
    {"&Edit", "edit.connect", "Co&nnect…", "connect", "Ctrl+L", "Draw a link by keyboard: Tab chooses, Enter connects"},
    {"&Edit", "edit.note", "Add n&ote", "", "Ctrl+Shift+N", "Put a note on the canvas"},

    {"&View", "view.zoomIn", "Zoom &in", "zoom-in", "Ctrl++, Ctrl+=", "Larger"},
    {"&View", "view.zoomOut", "Zoom &out", "zoom-out", "Ctrl+-", "Smaller"},
    {"&View", "view.zoomReset", "Actual &size", "", "Ctrl+0", "100 %"},
    {"&View", "view.fit", "&Fit the design", "fit", "Ctrl+1", "Show all of it"},
    {"&View", "view.fitSelection", "Fit the &selection", "", "Ctrl+2", "Show what is selected as large as possible"},
    {"&View", "", "", "", "", ""},
    {"&View", "view.grid", "Show &grid", "grid", "Ctrl+'", "Dots on the canvas", true},
    {"&View", "view.snap", "S&nap to grid", "", "", "Things line up when they are moved; Alt suspends it", true},
    {"&View", "view.animate", "&Animate traffic", "", "", "Moving dots on the links; off: arrows with rates", true},
    {"&View", "", "", "", "", ""},
    {"&View", "view.system", "Appearance: as the s&ystem", "", "", "Light or dark, as the desktop is", true},
    {"&View", "view.light", "Appearance: &light", "", "", "Light colours", true},
    {"&View", "view.dark", "Appearance: &dark", "", "", "Dark colours", true},
    {"&View", "", "", "", "", ""},
    {"&View", "view.palette", "Go to the &palette", "", "Ctrl+Shift+A", "Search a component to add"},
    {"&View", "view.canvas", "Go to the &canvas", "", "Ctrl+Shift+D", "Work on the drawing"},
    {"&View", "view.inspector", "Go to the &inspector", "", "Ctrl+Shift+I", "Change properties"},
    {"&View", "view.charts", "Go to the c&harts", "chart", "Alt+1", "Rates, latencies, utilisation"},
    {"&View", "view.events", "Go to the &events", "list", "Alt+2", "What happened"},
    {"&View", "view.requests", "Go to the re&quests", "request", "Alt+3", "Where a request spent its time"},
    {"&View", "view.bill", "Go to the &bill", "bill", "Alt+4", "What the design costs"},
    {"&View", "view.problems", "Go to the p&roblems", "warning", "Alt+5", "What is wrong with the design"},
    {"&View", "view.long", "Go to the l&ong run", "calendar", "Alt+6", "The bill and the worst hour of a month"},
    {"&View", "view.real", "Go to \"for r&eal\"", "container", "Alt+7", "What runs on this machine, and how it compares"},

    {"&Arrange", "arrange.left", "Align &left", "align-left", "Ctrl+Shift+Left", "Left edges in one line"},
    {"&Arrange", "arrange.centre", "Align &centres", "", "", "Centres in one column"},
    {"&Arrange", "arrange.right", "Align &right", "", "Ctrl+Shift+Right", "Right edges in one line"},
    {"&Arrange", "arrange.top", "Align &top", "align-top", "Ctrl+Shift+Up", "Upper edges in one line"},
    {"&Arrange", "arrange.middle", "Align &middles", "", "", "Middles in one row"},
    {"&Arrange", "arrange.bottom", "Align &bottom", "", "Ctrl+Shift+Down", "Lower edges in one line"},
    {"&Arrange", "", "", "", "", ""},
    {"&Arrange", "arrange.horizontal", "Distribute &horizontally", "distribute", "", "Equal gaps from left to right"},
    {"&Arrange", "arrange.vertical", "Distribute &vertically", "", "", "Equal gaps from top to bottom"},

    {"&Run", "run.play", "&Play", "play", "F5, Ctrl+Space", "Run the design, or go on"},
    {"&Run", "run.stop", "&Stop", "stop", "Shift+F5", "End the run; its results stay"},
    {"&Run", "run.stepEvent", "Step one &event", "step", "F10", "Handle one event of the simulation"},
    {"&Run", "run.stepChange", "Step to the next &change", "next-change", "F11", "Run on to the next entry of the event list"},
    {"&Run", "", "", "", "", ""},
    {"&Run", "run.faster", "&Faster", "", "Ctrl+.", "Next higher speed"},
    {"&Run", "run.slower", "S&lower", "", "Ctrl+,", "Next lower speed"},
    {"&Run", "run.live", "Follow the pre&sent", "", "Ctrl+End", "Show what happens now", true},
    {"&Run", "", "", "", "", ""},
    {"&Run", "run.long", "&Long run…", "calendar", "Ctrl+F5", "A day, a week or a month in seconds: the bill and the worst hour"},
    {"&Run", "run.longStop", "Stop the long r&un", "", "Ctrl+Shift+F5", "What is known so far, with its larger error"},
    {"&Run", "", "", "", "", ""},
    {"&Run", "run.real", "&Run for real…", "container", "Ctrl+R", "The same design on containers of this machine; shows a plan and asks first"},
    {"&Run", "run.realStop", "Stop a&nd clean up", "", "Ctrl+Shift+R", "End what runs for real and remove all of it"},
    {"&Run", "", "", "", "", ""},
    {"&Run", "run.fault", "&Inject a fault", "fault", "", "Something goes wrong with the selected component, now"},

    {"&Help", "help.commands", "&Command palette…", "search", "Ctrl+Shift+P", "Find any action by its name"},
    {"&Help", "help.whatsThis", "&What's this?", "info", "Shift+F1", "Then click on what you want explained"},
    {"&Help", "help.about", "&About Nephoscope", "", "", "Version and licence"},
};
// clang-format on

QList<QKeySequence> shortcutsOf(const Row& row)
{
    QList<QKeySequence> keys;
    for (const QString& text : QString::fromUtf8(row.shortcut).split(", ", Qt::SkipEmptyParts)) {
        keys.append(QKeySequence(text));
    }
    return keys;
}

}  // namespace

Actions::Actions(QWidget* window) : QObject(window)
{
    for (const Row& row : kRows) {
        if (*row.id == '\0') {
            continue;
        }
        auto* action = new QAction(tr(row.text), window);
        action->setObjectName(QString::fromUtf8(row.id));
        action->setIcon(*row.icon == '\0' ? QIcon() : theme::uiIcon(QString::fromUtf8(row.icon)));
        action->setShortcuts(shortcutsOf(row));
        const QString tip = tr(row.tip);
        const QString keys = action->shortcut().toString(QKeySequence::NativeText);
        action->setToolTip(keys.isEmpty() ? tip : QStringLiteral("%1 (%2)").arg(tip, keys));
        action->setStatusTip(tip);
        action->setWhatsThis(tip);
        action->setCheckable(row.checkable);
        window->addAction(action);
        m_byId.insert(action->objectName(), action);
        m_order.append(action);
    }
}

QAction* Actions::at(const char* id) const
{
    QAction* action = m_byId.value(QString::fromUtf8(id));
    if (action == nullptr) {
        qFatal("No action is called %s", id);
    }
    return action;
}

void Actions::on(const char* id, const QObject* context, std::function<void()> act)
{
    connect(at(id), &QAction::triggered, context, [act = std::move(act)] { act(); });
}

void Actions::fill(QMenuBar& bar)
{
    for (const Row& row : kRows) {
        const QString title = tr(row.menu);
        const QString plain = QString(title).remove('&');
        QMenu* menu = m_menus.value(plain);
        if (menu == nullptr) {
            menu = bar.addMenu(title);
            m_menus.insert(plain, menu);
        }
        if (*row.id == '\0') {
            menu->addSeparator();
        } else {
            menu->addAction(at(row.id));
        }
    }
}

}  // namespace neph
