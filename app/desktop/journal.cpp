#include "app/desktop/journal.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>
#include <QThreadPool>
#include <QUuid>
#include <QtEndian>
#include <array>
#include <optional>
#include <unistd.h>
#include <utility>

#include "sim/model/design_json.h"
#include "sim/model/json_text.h"

namespace neph {

namespace {

constexpr char kMagic[] = "nephoscope journal 1\n";
constexpr qsizetype kMagicLength = sizeof(kMagic) - 1;
constexpr qsizetype kRecordHeadLength = 8;
constexpr qint64 kMostBytes = 512ll << 20;
constexpr int kForceWithinMs = 1000;

std::array<quint32, 256> crcTable()
{
    constexpr quint32 kCastagnoli = 0x82F63B78u;
    std::array<quint32, 256> table{};
    for (quint32 byte = 0; byte < 256; ++byte) {
        quint32 crc = byte;
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc & 1u) != 0 ? (crc >> 1) ^ kCastagnoli : crc >> 1;
        }
        table[byte] = crc;
    }
    return table;
}

quint32 crc32c(QByteArrayView bytes)
{
    static const std::array<quint32, 256> table = crcTable();
    quint32 crc = ~0u;
    for (const char byte : bytes) {
        crc = table[(crc ^ static_cast<quint8>(byte)) & 0xFFu] ^ (crc >> 8);
    }
    return ~crc;
}

QByteArray textOf(const Value& json)
{
    return QByteArray::fromStdString(json.dump(-1, ' ', false, Value::error_handler_t::replace));
}

Error cannotWrite(const QFile& file)
{
    return {
        ErrorCode::CannotWrite, file.fileName().toStdString(),
        "The recovery journal cannot be written (" + file.errorString().toStdString() +
            "): save now and then, a crash would lose what was not saved."};
}

/// The records of a journal as far as they are whole.
struct Records {
    std::vector<QByteArray> payloads;
    qsizetype validBytes = kMagicLength;
    bool torn = false;
};

Records recordsOf(const QByteArray& bytes)
{
    Records records;
    while (records.validBytes < bytes.size()) {
        const qsizetype left = bytes.size() - records.validBytes - kRecordHeadLength;
        const char* head = bytes.constData() + records.validBytes;
        const auto length = left < 0 ? 0 : static_cast<qsizetype>(qFromLittleEndian<quint32>(head));
        if (left < 0 || length > left || length == 0) {
            records.torn = true;
            break;
        }
        QByteArray payload(head + kRecordHeadLength, length);
        if (crc32c(payload) != qFromLittleEndian<quint32>(head + 4)) {
            records.torn = true;
            break;
        }
        records.validBytes += kRecordHeadLength + length;
        records.payloads.push_back(std::move(payload));
    }
    return records;
}

Result<Records> readRecords(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return Error{ErrorCode::CannotRead, path.toStdString(), file.errorString().toStdString()};
    }
    if (file.size() > kMostBytes) {
        return Error{ErrorCode::TooLarge, path.toStdString(), "This recovery journal is over 512 MiB."};
    }
    const QByteArray bytes = file.readAll();
    if (!bytes.startsWith(kMagic)) {
        return Error{ErrorCode::UnknownFormat, path.toStdString(), "This file is not a recovery journal."};
    }
    Records records = recordsOf(bytes);
    if (records.payloads.empty()) {
        return Error{ErrorCode::UnknownFormat, path.toStdString(), "This recovery journal has no header."};
    }
    return records;
}

struct Header {
    QString file;
    QString name;
    std::string digest;
    std::string design;
};

QByteArray headerText(const Design& base, const QString& file)
{
    Value json = Value::object();
    json["format"] = "nephoscope-journal";
    json["version"] = 1;
    json["file"] = file.toStdString();
    json["name"] = base.name;
    json["digest"] = designDigest(base);
    json["design"] = writeDesign(base);
    return textOf(json);
}

std::optional<Header> headerFrom(const QByteArray& text)
{
    const ParsedJson parsed = parseJson(
        {text.constData(), static_cast<std::size_t>(text.size())},
        Limits{.fileBytes = kMostBytes, .stringBytes = kMostBytes});
    if (!parsed.ok || !parsed.value.is_object()) {
        return std::nullopt;
    }
    const auto field = [&parsed](const char* key) {
        const auto found = parsed.value.find(key);
        return found != parsed.value.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    if (field("format") != "nephoscope-journal") {
        return std::nullopt;
    }
    return Header{
        QString::fromStdString(field("file")), QString::fromStdString(field("name")), field("digest"),
        field("design")};
}

/// Applies the edit of one record; false if it is not an edit of that design.
bool replay(Design& design, const QByteArray& payload)
{
    const ParsedJson parsed = parseJson({payload.constData(), static_cast<std::size_t>(payload.size())});
    if (!parsed.ok) {
        return false;
    }
    const Result<Edit> edit = editFromJson(parsed.value);
    return edit && applyEdit(design, *edit);
}

std::unique_ptr<QLockFile> lockOf(const QString& path)
{
    auto lock = std::make_unique<QLockFile>(path + QStringLiteral(".lock"));
    lock->setStaleLockTime(0);  // A lock is stale when its process is dead, never because it is old.
    return lock;
}

}  // namespace

Journal::Journal(const QString& path) : m_file(path), m_lock(lockOf(path))
{
    m_forceSoon.setSingleShot(true);
    m_forceSoon.setInterval(kForceWithinMs);
    QObject::connect(&m_forceSoon, &QTimer::timeout, &m_forceSoon, [this] { force(); });
}

Journal::~Journal()
{
    if (m_forceSoon.isActive()) {
        force();
    }
}

QString Journal::folder()
{
    return QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) + QStringLiteral("/journals");
}

Result<std::unique_ptr<Journal>> Journal::start(const Design& base, const QString& file)
{
    QDir().mkpath(folder());
    const QString name = QUuid::createUuid().toString(QUuid::WithoutBraces);
    std::unique_ptr<Journal> journal(new Journal(folder() + '/' + name + QStringLiteral(".journal")));
    if (!journal->m_lock->tryLock(0) ||
        !journal->m_file.open(QIODevice::WriteOnly | QIODevice::NewOnly | QIODevice::Unbuffered) ||
        journal->m_file.write(kMagic) != kMagicLength) {
        return cannotWrite(journal->m_file);
    }
    journal->m_file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    const Result<Done> written = journal->write(headerText(base, file));
    if (!written) {
        journal->remove();
        return written.error();
    }
    return journal;
}

Result<std::unique_ptr<Journal>> Journal::adopt(const QString& path)
{
    std::unique_ptr<Journal> journal(new Journal(path));
    if (!journal->m_lock->tryLock(0)) {
        return Error{ErrorCode::NotFound, path.toStdString(), "Another window is recovering this design."};
    }
    const Result<Records> records = readRecords(path);
    if (!records) {
        return records.error();
    }
    if (!journal->m_file.open(QIODevice::ReadWrite | QIODevice::Unbuffered) ||
        !journal->m_file.resize(records->validBytes) || !journal->m_file.seek(records->validBytes)) {
        return cannotWrite(journal->m_file);
    }
    return journal;
}

Result<Journal::Recovered> Journal::read(const QString& path)
{
    const Result<Records> records = readRecords(path);
    if (!records) {
        return records.error();
    }
    const std::optional<Header> header = headerFrom(records->payloads.front());
    LoadedDesign base = header ? readDesign(header->design, Limits{.fileBytes = kMostBytes}) : LoadedDesign{};
    if (!base.readable) {
        return Error{ErrorCode::UnknownFormat, path.toStdString(), "This recovery journal is damaged."};
    }
    Recovered recovered{std::move(base.design), header->file, 0, records->torn, false};
    for (std::size_t at = 1; at < records->payloads.size(); ++at) {
        if (!replay(recovered.design, records->payloads[at])) {
            recovered.torn = true;
            break;
        }
        ++recovered.edits;
    }
    if (!recovered.file.isEmpty()) {
        const LoadedDesign onDisk = loadDesign(recovered.file.toStdString());
        recovered.fileChanged = !onDisk.readable || designDigest(onDisk.design) != header->digest;
    }
    return recovered;
}

std::vector<Journal::Orphan> Journal::orphans()
{
    std::vector<Orphan> found;
    const QFileInfoList files =
        QDir(folder()).entryInfoList({QStringLiteral("*.journal")}, QDir::Files, QDir::Time);
    for (const QFileInfo& info : files) {
        const QString path = info.absoluteFilePath();
        const std::unique_ptr<QLockFile> lock = lockOf(path);
        if (!lock->tryLock(0)) {
            continue;  // Its process is alive.
        }
        const Result<Records> records = readRecords(path);
        const std::optional<Header> header =
            records ? headerFrom(records->payloads.front()) : std::optional<Header>();
        if (header && records->payloads.size() > 1) {
            found.push_back(
                {path, header->file, header->name, info.lastModified(),
                 static_cast<int>(records->payloads.size()) - 1});
        } else if (header) {
            QFile::remove(path);  // Nothing was changed; there is nothing to lose.
        }
    }
    return found;
}

void Journal::discard(const QString& path)
{
    const std::unique_ptr<QLockFile> lock = lockOf(path);
    if (lock->tryLock(0)) {
        QFile::remove(path);
    }
}

Result<Done> Journal::append(const Edit& edit)
{
    return write(textOf(toJson(edit)));
}

Result<Done> Journal::write(const QByteArray& payload)
{
    QByteArray record(kRecordHeadLength, Qt::Uninitialized);
    qToLittleEndian(static_cast<quint32>(payload.size()), record.data());
    qToLittleEndian(crc32c(payload), record.data() + 4);
    record += payload;
    const qint64 before = m_file.pos();
    if (m_file.write(record) != record.size()) {
        const Error error = cannotWrite(m_file);
        m_file.resize(before);  // Half a record would hide all that follow it.
        m_file.seek(before);
        return error;
    }
    if (!m_forceSoon.isActive()) {
        m_forceSoon.start();
    }
    return Done{};
}

void Journal::force()
{
    // A busy disk takes its time; the window does not wait for it.
    if (const int copy = m_file.isOpen() ? ::dup(m_file.handle()) : -1; copy >= 0) {
        QThreadPool::globalInstance()->start([copy] {
            ::fsync(copy);
            ::close(copy);
        });
    }
}

void Journal::keep()
{
    m_forceSoon.stop();
    if (m_file.isOpen()) {
        ::fsync(m_file.handle());
    }
}

void Journal::remove()
{
    m_forceSoon.stop();
    m_file.remove();
    m_lock->unlock();
}

}  // namespace neph
