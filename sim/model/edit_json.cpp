#include <array>

#include <fmt/format.h>

#include "sim/model/design_parts.h"
#include "sim/model/edit.h"

namespace neph {

namespace {

/// The word that names each kind of edit in JSON, in the order of Edit::Kind.
constexpr std::array<const char*, std::variant_size_v<Edit::Kind>> kWords{
    "addNode",     "removeNode", "addLink",    "removeLink",    "setProperty",
    "renameNode",  "placeNode",  "addFault",   "removeFault",   "addTrace",
    "removeTrace", "addNote",    "removeNote", "setDesignInfo", "group"};

/// A part of a design as the sorted JSON of edits.
template <typename Part>
Value partJson(const Part& part)
{
    return Value(jsonOf(part));
}

template <typename Add>
void putPlace(Value& json, const Add& edit)
{
    if (edit.index != kLast) {
        json["index"] = edit.index;
    }
    if (edit.asItWas) {
        json["asItWas"] = true;
    }
}

void put(Value& json, const AddNode& edit)
{
    json["node"] = partJson(edit.node);
    putPlace(json, edit);
}

void put(Value& json, const AddLink& edit)
{
    json["link"] = partJson(edit.link);
    putPlace(json, edit);
}

void put(Value& json, const AddFault& edit)
{
    json["fault"] = partJson(edit.fault);
    putPlace(json, edit);
}

void put(Value& json, const AddTrace& edit)
{
    json["trace"] = partJson(edit.trace);
    putPlace(json, edit);
}

void put(Value& json, const AddNote& edit)
{
    json["note"] = partJson(edit.note);
    putPlace(json, edit);
}

void put(Value& json, const RemoveNode& edit)
{
    json["id"] = edit.id;
    if (edit.alone) {
        json["alone"] = true;
    }
}

void put(Value& json, const RemoveTrace& edit)
{
    json["name"] = edit.name;
}

void put(Value& json, const SetProperty& edit)
{
    json["id"] = edit.id;
    json["key"] = edit.key;
    json["value"] = edit.value;
}

void put(Value& json, const RenameNode& edit)
{
    json["id"] = edit.id;
    json["name"] = edit.name;
}

void put(Value& json, const PlaceNode& edit)
{
    json["id"] = edit.id;
    json["parent"] = edit.parent;
    json["position"] = partJson(edit.position);
    json["size"] = partJson(edit.size);
    if (edit.asItWas) {
        json["asItWas"] = true;
    }
}

void put(Value& json, const SetDesignInfo& edit)
{
    json["name"] = edit.name;
    json["description"] = edit.description;
    json["runSeconds"] = edit.runSeconds;
}

void put(Value& json, const EditGroup& edit)
{
    Value& list = json["edits"] = Value::array();
    for (const Edit& one : edit.edits) {
        list.push_back(toJson(one));
    }
}

/// RemoveLink, RemoveFault and RemoveNote.
template <typename Remove>
void put(Value& json, const Remove& edit)
{
    json["id"] = edit.id;
}

/// Reads one edit from its JSON; what does not fit goes to the sink.
class EditReader {
public:
    EditReader(const Value& json, const std::string& pointer, int levels, DiagnosticSink& sink)
        : m_fields(json, pointer, sink), m_levels(levels), m_sink(sink)
    {
    }

    Edit read()
    {
        const std::string word = m_fields.requiredText("do");
        const auto known = std::find(kWords.begin(), kWords.end(), word);
        if (known == kWords.end()) {
            const std::vector<std::string> words(kWords.begin(), kWords.end());
            m_fields.complain(
                "do", fmt::format("There is no edit '{}'.", word), fmt::format("{}", fmt::join(words, ", ")),
                didYouMean(word, words));
            return Edit{EditGroup{}};
        }
        Edit edit = readKind(static_cast<std::size_t>(known - kWords.begin()), kEveryKind);
        m_fields.refuseRest();
        return edit;
    }

private:
    static constexpr auto kEveryKind = std::make_index_sequence<std::variant_size_v<Edit::Kind>>{};

    template <std::size_t... kIndex>
    Edit readKind(std::size_t wanted, std::index_sequence<kIndex...>)
    {
        Edit edit{EditGroup{}};
        const auto readIf = [&]<std::size_t kThis>() {
            if (kThis == wanted) {
                std::variant_alternative_t<kThis, Edit::Kind> kind;
                get(kind);
                edit.kind = std::move(kind);
            }
        };
        (readIf.template operator()<kIndex>(), ...);
        return edit;
    }

    template <typename Add>
    void getPlace(Add& edit)
    {
        if (const Value* index = m_fields.raw("index"); index != nullptr) {
            if (index->is_number_unsigned()) {
                edit.index = index->get<std::size_t>();
            } else {
                m_fields.complain(
                    "index", fmt::format("'index' is {}.", briefText(*index)), "a whole number, 0 or more");
            }
        }
        edit.asItWas = m_fields.flag("asItWas", false);
    }
    const Value& part(const char* key)
    {
        static const Value nothing;
        const Value* found = m_fields.raw(key);
        return found == nullptr ? nothing : *found;
    }

    void get(AddNode& edit)
    {
        edit.node = readNode(part("node"), m_fields.pointerOf("node"), m_sink);
        getPlace(edit);
    }
    void get(AddLink& edit)
    {
        edit.link = readLink(part("link"), m_fields.pointerOf("link"), m_sink);
        getPlace(edit);
    }
    void get(AddFault& edit)
    {
        edit.fault = readFault(part("fault"), m_fields.pointerOf("fault"), m_sink);
        getPlace(edit);
    }
    void get(AddTrace& edit)
    {
        edit.trace = readTrace(part("trace"), m_fields.pointerOf("trace"), Limits{}, m_sink);
        getPlace(edit);
    }
    void get(AddNote& edit)
    {
        edit.note = readNote(part("note"), m_fields.pointerOf("note"), m_sink);
        getPlace(edit);
    }
    void get(RemoveNode& edit)
    {
        edit.id = m_fields.requiredText("id");
        edit.alone = m_fields.flag("alone", false);
    }
    void get(RemoveTrace& edit) { edit.name = m_fields.requiredText("name"); }
    void get(SetProperty& edit)
    {
        edit.id = m_fields.requiredText("id");
        edit.key = m_fields.requiredText("key");
        edit.value = part("value");
    }
    void get(RenameNode& edit)
    {
        edit.id = m_fields.requiredText("id");
        edit.name = m_fields.text("name");
    }
    void get(PlaceNode& edit)
    {
        edit.id = m_fields.requiredText("id");
        edit.parent = m_fields.text("parent");
        Value unknown = Value::object();
        edit.position = readPoint(m_fields, "position", unknown, m_sink);
        edit.size = readPoint(m_fields, "size", unknown, m_sink);
        edit.asItWas = m_fields.flag("asItWas", false);
    }
    void get(SetDesignInfo& edit)
    {
        edit.name = m_fields.text("name");
        edit.description = m_fields.text("description");
        edit.runSeconds = m_fields.number("runSeconds", edit.runSeconds);
    }
    void get(EditGroup& edit)
    {
        if (m_levels == 0) {
            m_fields.complain("edits", "Groups of edits are nested too deeply.");
            return;
        }
        for (const auto& [json, pointer] : m_fields.list("edits")) {
            edit.edits.push_back(EditReader(*json, pointer, m_levels - 1, m_sink).read());
        }
    }
    template <typename Remove>
    void get(Remove& edit)
    {
        edit.id = m_fields.requiredText("id");
    }

    JsonFields m_fields;
    int m_levels;
    DiagnosticSink& m_sink;
};

}  // namespace

Value toJson(const Edit& edit)
{
    Value json = Value::object();
    json["do"] = kWords[edit.kind.index()];
    std::visit([&json](const auto& kind) { put(json, kind); }, edit.kind);
    return json;
}

Result<Edit> editFromJson(const Value& json)
{
    constexpr int kDeepestGroup = 32;
    DiagnosticSink sink;
    Edit edit = EditReader(json, "", kDeepestGroup, sink).read();
    for (const Diagnostic& problem : sink.take()) {
        if (problem.severity == Severity::Error) {
            return Error{
                ErrorCode::Invalid, problem.pointer,
                problem.allowed.empty() ? problem.what : problem.what + " Allowed: " + problem.allowed + "."};
        }
    }
    return edit;
}

}  // namespace neph
