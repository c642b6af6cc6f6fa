#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/local/container_engine.h"
#include "sim/local/engine_finder.h"
#include "sim/local/hardening.h"

namespace neph::test {

/// A real engine for the tests of one program, found or started once; its label is on everything they make.
class LiveEngine {
public:
    static LiveEngine& get();

    bool isThere() const { return m_engine != nullptr; }
    const std::string& whyNot() const { return m_whyNot; }
    ContainerEngine& engine() { return *m_engine; }
    const EngineInfo& info() const { return m_search.found->info; }
    const std::string& owner() const { return m_owner; }
    std::map<std::string, std::string> labels() const;
    std::string ownerLabel() const { return "io.nephoscope.owner=" + m_owner; }

    /// Removes everything that carries the label, whatever happened before.
    void removeAll();

    LiveEngine();
    ~LiveEngine();

private:
    EngineSearch m_search;
    std::unique_ptr<ContainerEngine> m_engine;
    std::string m_whyNot;
    std::string m_owner;
};

/// What a program printed, and how it ended.
struct Ran {
    int code = -1;
    std::string output;
};
Ran run(const std::string& command);
bool isInstalled(const std::string& program);
/// A folder that goes with the test.
class TestFolder {
public:
    TestFolder();
    ~TestFolder();
    std::string operator/(const std::string& name) const { return m_path + '/' + name; }
    const std::string& path() const { return m_path; }

private:
    std::string m_path;
};
/// Compiles <name>.c of this folder into a static program. Empty where there is no compiler.
std::string compiled(const TestFolder& folder, const std::string& name);

/// Tests that need a real engine, or say loudly why they did not run.
class WithARealEngine : public testing::Test {
protected:
    void SetUp() override;
    void TearDown() override;

    ContainerEngine& engine() { return LiveEngine::get().engine(); }
    const EngineInfo& info() { return LiveEngine::get().info(); }
    /// A name that no other test has.
    std::string named(const std::string& name);
    /// The id of an image that has one static program, probe.c, imported once.
    std::string probeImage();
    ContainerSpec probe(const std::string& name, std::vector<std::string> command);
    /// Creates and starts; fails the test where that does not work.
    std::string started(const ContainerSpec& spec);
    /// Waits up to `seconds` until the log has `words`.
    bool says(const std::string& id, const std::string& words, int seconds = 10);
    std::vector<std::string> m_images;
};

}  // namespace neph::test
