#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "sim/base/assets.h"
#include "sim/cloud/service_type.h"
#include "sim/cost/price_book.h"
#include "sim/model/catalog.h"
#include "tests/architecture/source_tree.h"

namespace neph {
namespace {

namespace fs = std::filesystem;

std::set<std::string> serviceStems()
{
    std::set<std::string> stems;
    for (const SourceFile& file : sourceFiles({"sim/services"})) {
        stems.insert(file.stem());
    }
    return stems;
}

std::set<std::string> stemsOfTests()
{
    std::set<std::string> stems;
    for (const SourceFile& file : sourceFiles({"tests/services"})) {
        stems.insert(file.stem());
    }
    return stems;
}

TEST(EveryService, IsInTheTableAndHasADataFile)
{
    std::map<std::string, std::string> stemOfKind;
    for (const KindSpec& kind : Catalog::builtIn().kinds()) {
        stemOfKind[kind.id] = kind.stem;
    }
    std::set<std::string> stems;
    for (const ServiceType* type : serviceTypes()) {
        const auto found = stemOfKind.find(std::string(type->kind));
        ASSERT_NE(found, stemOfKind.end()) << type->kind << " has no file in assets/services";
        EXPECT_NE(type->create, nullptr) << type->kind;
        stems.insert(found->second);
    }
    EXPECT_EQ(stems, serviceStems());
}

TEST(EveryKindOfTheCatalog, HasAService)
{
    for (const KindSpec& kind : Catalog::builtIn().kinds()) {
        EXPECT_TRUE(serviceStems().contains(kind.stem))
            << "sim/services/<family>/" << kind.stem << ".cpp is missing";
    }
}

TEST(EveryService, HasAnIcon)
{
    for (const KindSpec& kind : Catalog::builtIn().kinds()) {
        EXPECT_NE(assetText("icons/" + kind.stem + ".svg"), "") << kind.stem;
    }
}

TEST(EveryService, HasALesson)
{
    for (const KindSpec& kind : Catalog::builtIn().kinds()) {
        EXPECT_GT(assetText("lessons/" + kind.stem + ".md").size(), 500u) << kind.stem;
    }
}

TEST(EveryService, HasATestOfItsName)
{
    const std::set<std::string> tests = stemsOfTests();
    for (const std::string& stem : serviceStems()) {
        EXPECT_TRUE(tests.contains(stem + "_test"))
            << "tests/services/<family>/" << stem << "_test.cpp is missing";
    }
}

TEST(EveryService, IsPricedOrSaysWhyNot)
{
    std::set<std::string> priced;
    for (const Price* price : PriceBook::builtIn().all()) {
        priced.insert(price->service);
    }
    for (const KindSpec& kind : Catalog::builtIn().kinds()) {
        EXPECT_FALSE(kind.billing.empty() && kind.billingNote.empty()) << kind.id;
        for (const std::string& service : kind.billing) {
            EXPECT_TRUE(priced.contains(service)) << kind.id << ": no price of " << service;
        }
    }
}

/// A published figure names its page and the day it was read; our own are marked as such.
void expectSource(const std::string& place, const std::string& source, const std::string& seen)
{
    EXPECT_TRUE(source == "model" || (source.starts_with("https://") && seen.size() == 10)) << place;
}

TEST(EveryFigure, HasASourceAndADate)
{
    for (const KindSpec& kind : Catalog::builtIn().kinds()) {
        for (const PropertySpec& property : kind.properties) {
            expectSource(kind.id + ' ' + property.key, property.source, property.seen);
        }
        for (const PropertySpec& property : kind.calls) {
            expectSource(kind.id + " calls " + property.key, property.source, property.seen);
        }
        for (const LinkRule& rule : kind.links) {
            for (const PropertySpec& property : rule.properties) {
                expectSource(kind.id + ' ' + rule.verb + ' ' + property.key, property.source, property.seen);
            }
        }
        for (const Fact& fact : kind.facts) {
            expectSource(kind.id + ' ' + fact.key, fact.source, fact.seen);
        }
    }
    for (const Price* price : PriceBook::builtIn().all()) {
        EXPECT_FALSE(price->source.empty() || price->seen.empty())
            << price->service << ' ' << price->usageType;
    }
}

/// Whether the engine asks for the property somewhere: a value that nobody reads would be ignored in silence.
TEST(EveryProperty, IsReadByTheEngine)
{
    std::string engine;
    for (const SourceFile& file : sourceFiles({"sim/cloud", "sim/services"})) {
        for (const SourceLine& line : file.lines) {
            engine += line.text;
        }
    }
    // What the lab alone needs, it reads by the names in the face.
    for (const KindSpec& kind : Catalog::builtIn().kinds()) {
        for (const auto& [what, key] : kind.local.container) {
            engine += '"' + key + '"';
        }
    }
    const auto expectRead = [&engine](const std::string& owner, const std::vector<PropertySpec>& specs) {
        for (const PropertySpec& spec : specs) {
            EXPECT_NE(engine.find('"' + spec.key + '"'), std::string::npos) << owner << ' ' << spec.key;
            for (const PropertySpec& column : spec.columns) {
                EXPECT_NE(engine.find('"' + column.key + '"'), std::string::npos)
                    << owner << ' ' << column.key;
            }
        }
    };
    for (const KindSpec& kind : Catalog::builtIn().kinds()) {
        expectRead(kind.id, kind.properties);
        expectRead(kind.id + " calls", kind.calls);
        for (const LinkRule& rule : kind.links) {
            expectRead(kind.id + ' ' + rule.verb, rule.properties);
        }
    }
}

TEST(EveryService, IsExplainedToABeginner)
{
    for (const KindSpec& kind : Catalog::builtIn().kinds()) {
        EXPECT_FALSE(
            kind.summary.empty() || kind.notFor.empty() || kind.localNote.empty() || kind.patchedBy.empty())
            << kind.id;
        for (const PropertySpec& property : kind.properties) {
            EXPECT_GE(property.help.size(), 15u) << kind.id << ' ' << property.key;
        }
    }
}

}  // namespace
}  // namespace neph
