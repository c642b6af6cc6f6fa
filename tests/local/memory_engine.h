#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "sim/local/container_engine.h"

namespace neph {

/// An engine that only remembers what it was asked for.
class MemoryEngine : public ContainerEngine {
public:
    MemoryEngine() : ContainerEngine("/nowhere/engine.sock") {}

    void put(Thing sort, const std::string& name, const std::map<std::string, std::string>& labels)
    {
        things[sort].push_back({name, name, labels});
    }
    std::vector<std::string> names(Thing sort) const
    {
        std::vector<std::string> found;
        if (things.contains(sort)) {
            for (const LabelledThing& thing : things.at(sort)) {
                found.push_back(thing.name);
            }
        }
        return found;
    }
    std::size_t count() const
    {
        std::size_t sum = 0;
        for (const auto& [sort, list] : things) {
            sum += list.size();
        }
        return sum;
    }

    Result<std::string> create(const ContainerSpec& spec) override
    {
        put(Thing::Container, spec.name, spec.labels);
        return spec.name;
    }
    Result<Done> stop(const std::string& id, std::chrono::seconds grace) override
    {
        const std::lock_guard lock(m_mutex);
        calls.push_back("stop " + id + ' ' + std::to_string(grace.count()));
        return paused.contains(id) ? refused(id) : Result<Done>(Done{});
    }
    Result<Done> kill(const std::string& id, const std::string& signal) override
    {
        const std::lock_guard lock(m_mutex);
        calls.push_back("kill " + id + ' ' + signal);
        return Done{};
    }
    Result<Done> unpause(const std::string& id) override
    {
        const std::lock_guard lock(m_mutex);
        calls.push_back("unpause " + id);
        paused.erase(id);
        return Done{};
    }
    Result<Done> remove(const std::string& id) override { return drop(Thing::Container, id); }
    Result<Done> removeNetwork(const std::string& id) override { return drop(Thing::Network, id); }
    Result<Done> removeVolume(const std::string& id) override { return drop(Thing::Volume, id); }
    Result<Done> removeImage(const std::string& id) override { return drop(Thing::Image, id); }

    Result<std::vector<LabelledThing>> labelled(Thing sort, const std::string& label) override
    {
        const std::lock_guard lock(m_mutex);
        if (onList) {
            onList(sort);
        }
        if (silentFor > 0) {
            --silentFor;
            return Error{ErrorCode::CannotRead, socket(), "The engine went away."};
        }
        std::vector<LabelledThing> found;
        for (const LabelledThing& thing : things[sort]) {
            const std::size_t equals = label.find('=');
            const auto own = thing.labels.find(label.substr(0, equals));
            const bool matches = own != thing.labels.end() &&
                                 (equals == std::string::npos || own->second == label.substr(equals + 1));
            if (matches || knowsNoFilter) {
                found.push_back(thing);
            }
        }
        return found;
    }

    std::map<Thing, std::vector<LabelledThing>> things;
    std::vector<std::string> calls;
    std::set<std::string> paused;
    std::map<std::string, int> refusals;  ///< So many removals of a thing of that name fail.
    int silentFor = 0;                    ///< So many lists fail.
    bool knowsNoFilter = false;           ///< Lists everything, whatever was asked.
    std::function<void(Thing)> onList;    ///< Called before each list.

private:
    static Result<Done> refused(const std::string& id)
    {
        return Error{ErrorCode::Invalid, id, "The engine refused."};
    }
    Result<Done> drop(Thing sort, const std::string& id)
    {
        const std::lock_guard lock(m_mutex);
        calls.push_back("remove " + id);
        if (refusals[id] > 0) {
            --refusals[id];
            return refused(id);
        }
        const auto gone =
            std::erase_if(things[sort], [&](const LabelledThing& thing) { return thing.id == id; });
        return gone > 0 ? Result<Done>(Done{}) : Error{ErrorCode::NotFound, id, "There is no such thing."};
    }

    std::mutex m_mutex;
};

}  // namespace neph
