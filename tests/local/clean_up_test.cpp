#include "sim/local/clean_up.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/local/state_folder.h"
#include "tests/local/memory_engine.h"
#include "tests/local/scratch_folder.h"

namespace neph {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Lab : public testing::Test {
protected:
    Lab() : records(folder.path()), session(*newSession(folder.path(), 3600)) {}

    /// A session of this installation whose process is gone.
    LabSession dead() const
    {
        LabSession other = session;
        other.id = newUuid();
        other.process.started -= 1;
        return other;
    }
    void fill(const LabSession& whose, const std::string& prefix)
    {
        engine.put(Thing::Container, prefix + "web", whose.labels());
        engine.put(Thing::Container, prefix + "db", whose.labels());
        engine.put(Thing::Network, prefix + "net", whose.labels());
        engine.put(Thing::Volume, prefix + "cache", whose.labels());
        engine.put(Thing::Image, "nephoscope.local/" + prefix + "web:1", whose.labels());
    }
    /// What is not ours to remove, in every sort.
    void putForeign()
    {
        LabSession foreign = dead();
        foreign.owner = newUuid();
        for (const Thing sort : {Thing::Container, Thing::Network, Thing::Volume, Thing::Image}) {
            engine.put(sort, "unlabelled", {});
            engine.put(sort, "other-label", {{"com.example.owner", session.owner}});
            engine.put(sort, "other-owner", foreign.labels());
            // Somebody else's thing that claims our session.
            Labels claims = session.labels();
            claims[kOwnerLabel] = foreign.owner;
            engine.put(sort, "other-owner-our-session", claims);
        }
    }
    static constexpr std::size_t kForeign = 16;

    const ScratchFolder folder;
    const SessionRecords records;
    const LabSession session;
    MemoryEngine engine;
};

using CleanUp = Lab;
using Sweep = Lab;
using DataVolumes = Lab;

TEST_F(CleanUp, RemovesEverythingOfTheSession)
{
    fill(session, "");
    const CleanUpReport report = cleanUp(engine, session);
    EXPECT_TRUE(report.isClean());
    EXPECT_EQ(engine.count(), 0u);
    EXPECT_EQ(report.removed.size(), 5u);
    EXPECT_EQ(report.text(), "Removed 2 containers, 1 network, 1 volume, 1 image.");
}

TEST_F(CleanUp, StopsBeforeItRemovesAndTakesContainersFirst)
{
    engine.put(Thing::Network, "net", session.labels());
    engine.put(Thing::Container, "web", session.labels());
    static_cast<void>(cleanUp(engine, session));
    EXPECT_THAT(engine.calls, ElementsAre("stop web 3", "remove web", "remove net"));
}

TEST_F(CleanUp, MayBeCalledAgain)
{
    fill(session, "");
    static_cast<void>(cleanUp(engine, session));
    const CleanUpReport again = cleanUp(engine, session);
    EXPECT_TRUE(again.isClean());
    EXPECT_EQ(again.text(), "Nothing had to be removed.");
}

TEST_F(CleanUp, LeavesWhatIsNotOfThisSession)
{
    putForeign();
    fill(dead(), "other-");
    fill(session, "");
    EXPECT_TRUE(cleanUp(engine, session).isClean());
    EXPECT_EQ(engine.count(), kForeign + 5);
}

TEST_F(CleanUp, LeavesItEvenWhereTheEngineListsEverything)
{
    putForeign();
    fill(session, "");
    engine.knowsNoFilter = true;
    EXPECT_TRUE(cleanUp(engine, session).isClean());
    EXPECT_EQ(engine.count(), kForeign);
    for (const std::string& call : engine.calls) {
        EXPECT_THAT(call, testing::Not(HasSubstr("other"))) << "not even stopped";
        EXPECT_THAT(call, testing::Not(HasSubstr("unlabelled")));
    }
}

TEST_F(CleanUp, KeepsData)
{
    Labels labels = session.labels();
    labels[kDataLabel] = "shop/orders";
    engine.put(Thing::Volume, "orders", labels);
    EXPECT_TRUE(cleanUp(engine, session).isClean());
    EXPECT_THAT(engine.names(Thing::Volume), ElementsAre("orders"));
}

TEST_F(CleanUp, LeavesTheImageThatSomebodyMadeFromOurContainer)
{
    engine.things[Thing::Image] = {{"sha256:12", "localhost/my-experiment:1", session.labels()}};
    EXPECT_TRUE(cleanUp(engine, session).isClean());
    EXPECT_EQ(engine.count(), 1u);
}

TEST_F(CleanUp, TakesAnImageNameByNameWhereItHasSeveral)
{
    engine.things[Thing::Image] = {{"sha256:12", "127.0.0.1:5000/web:1", session.labels()}};
    engine.refusals = {{"sha256:12", 1}};
    EXPECT_TRUE(cleanUp(engine, session).isClean());
    EXPECT_EQ(engine.count(), 0u);
    EXPECT_THAT(
        engine.calls, ElementsAre("remove sha256:12", "remove 127.0.0.1:5000/web:1", "remove sha256:12"));
}

TEST_F(CleanUp, TriesAgain)
{
    fill(session, "");
    engine.refusals = {{"net", 2}, {"web", 1}};
    EXPECT_TRUE(cleanUp(engine, session).isClean());
    EXPECT_EQ(engine.count(), 0u);
}

TEST_F(CleanUp, TriesAgainWhereTheEngineWasAwayForAMoment)
{
    fill(session, "");
    engine.silentFor = 3;
    EXPECT_TRUE(cleanUp(engine, session).isClean());
    EXPECT_EQ(engine.count(), 0u);
}

TEST_F(CleanUp, WakesWhatIsPausedAndKillsIt)
{
    engine.put(Thing::Container, "web", session.labels());
    engine.paused = {"web"};
    EXPECT_TRUE(cleanUp(engine, session).isClean());
    EXPECT_THAT(engine.calls, ElementsAre("stop web 3", "unpause web", "kill web SIGKILL", "remove web"));
}

TEST_F(CleanUp, SaysWhatItCouldNotRemove)
{
    fill(session, "");
    engine.refusals = {{"net", 1'000}};
    const CleanUpReport report = cleanUp(engine, session, {.within = milliseconds(600)});
    EXPECT_FALSE(report.isClean());
    ASSERT_EQ(report.left.size(), 1u);
    EXPECT_EQ(report.left[0].name, "net");
    EXPECT_THAT(report.text(), HasSubstr("The network 'net' is still there: The engine refused."));
    EXPECT_LT(report.seconds, 2);
}

TEST_F(CleanUp, SaysThatTheEngineDoesNotAnswer)
{
    engine.silentFor = 1'000;
    const CleanUpReport report = cleanUp(engine, session, {.within = milliseconds(600)});
    EXPECT_FALSE(report.isClean());
    ASSERT_TRUE(report.unanswered);
    EXPECT_THAT(report.text(), HasSubstr("went away"));
}

TEST_F(CleanUp, WaitsForWhatTheEngineWasStillMaking)
{
    // The request of a process that was killed comes to its end after the first look.
    int looks = 0;
    engine.onList = [&](Thing sort) {
        if (sort == Thing::Container && ++looks == 3) {
            engine.put(Thing::Container, "late", session.labels());
        }
    };
    EXPECT_TRUE(cleanUp(engine, session, {.quiet = milliseconds(1'000)}).isClean());
    EXPECT_GT(looks, 3);
    EXPECT_EQ(engine.count(), 0u);
}

TEST_F(CleanUp, ShortensTheGraceOfManyContainersToTheTimeThereIs)
{
    for (int i = 0; i < 40; ++i) {
        engine.put(Thing::Container, "web" + std::to_string(i), session.labels());
    }
    static_cast<void>(
        cleanUp(engine, session, {.grace = milliseconds(8'000), .within = milliseconds(10'000)}));
    const auto stops = std::count_if(engine.calls.begin(), engine.calls.end(), [](const std::string& call) {
        return call.ends_with(" 1");
    });
    EXPECT_EQ(stops, 40) << "three rounds of 16 at once within half of the time";
}

TEST_F(Sweep, RemovesWhatProcessesThatAreGoneLeftBehind)
{
    const LabSession gone = dead();
    fill(gone, "");
    SessionRecord record;
    record.session = gone;
    record.socket = engine.socket();
    ASSERT_TRUE(records.write(record));
    const Result<SweepReport> report = sweep(engine, records);
    ASSERT_TRUE(report) << report.error().what;
    EXPECT_TRUE(report->isClean());
    EXPECT_EQ(report->swept.size(), 1u);
    EXPECT_EQ(engine.count(), 0u);
    EXPECT_THAT(records.sessions(), IsEmpty());
}

TEST_F(Sweep, NeedsNoRecord)
{
    fill(dead(), "");
    ASSERT_TRUE(sweep(engine, records));
    EXPECT_EQ(engine.count(), 0u);
}

TEST_F(Sweep, NeedsNothingButTheRecordOfASessionThatDiedBeforeItsFirstContainer)
{
    SessionRecord record;
    record.session = dead();
    record.socket = engine.socket();
    ASSERT_TRUE(records.write(record));
    const Result<SweepReport> report = sweep(engine, records);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->swept.size(), 1u);
    EXPECT_THAT(records.sessions(), IsEmpty());
}

TEST_F(Sweep, LeavesTheLiving)
{
    fill(session, "");
    const Result<SweepReport> report = sweep(engine, records);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->living.size(), 1u);
    EXPECT_EQ(engine.count(), 5u);
    EXPECT_THAT(engine.calls, IsEmpty());
}

TEST_F(Sweep, RemovesWhatHasExpiredUnlessItsRecordWasGivenMoreTime)
{
    LabSession late = session;
    late.expires = unixNow() - 1;
    fill(late, "late-");
    LabSession renewed = late;
    renewed.id = newUuid();
    fill(renewed, "renewed-");
    SessionRecord record;
    record.session = renewed;
    record.session.expires = unixNow() + 100;
    record.socket = engine.socket();
    ASSERT_TRUE(records.write(record));
    ASSERT_TRUE(sweep(engine, records));
    EXPECT_THAT(engine.names(Thing::Container), UnorderedElementsAre("renewed-web", "renewed-db"));
    EXPECT_THAT(records.sessions(), ElementsAre(renewed.id));
}

TEST_F(Sweep, RemovesWhatAnEarlierBootLeftBehind)
{
    LabSession earlier = session;
    earlier.id = newUuid();
    earlier.process.boot = "00000000-0000-4000-8000-000000000000";
    fill(earlier, "");
    ASSERT_TRUE(sweep(engine, records));
    EXPECT_EQ(engine.count(), 0u);
}

TEST_F(Sweep, LeavesEverythingThatIsNotOurs)
{
    putForeign();
    fill(dead(), "");
    engine.knowsNoFilter = true;
    ASSERT_TRUE(sweep(engine, records));
    EXPECT_EQ(engine.count(), kForeign);
}

TEST_F(Sweep, LeavesWhatOutlivesSessions)
{
    engine.put(Thing::Image, "kept-for-later", {{kOwnerLabel, session.owner}});
    engine.put(Thing::Volume, "orders", dataVolumeLabels(session.owner, "shop", "orders"));
    ASSERT_TRUE(sweep(engine, records));
    EXPECT_EQ(engine.count(), 2u);
}

TEST_F(Sweep, LeavesAndNamesWhatItCannotTell)
{
    Labels labels = dead().labels();
    labels[kPidLabel] = "many";
    engine.put(Thing::Container, "odd", labels);
    const Result<SweepReport> report = sweep(engine, records);
    ASSERT_TRUE(report);
    EXPECT_EQ(engine.count(), 1u);
    EXPECT_THAT(report->text(), HasSubstr("The container 'odd' is still there"));
}

TEST_F(Sweep, KeepsTheRecordOfWhatItCouldNotRemove)
{
    const LabSession gone = dead();
    fill(gone, "");
    SessionRecord record;
    record.session = gone;
    record.socket = engine.socket();
    ASSERT_TRUE(records.write(record));
    engine.refusals = {{"net", 1'000}};
    const Result<SweepReport> report = sweep(engine, records, {.within = milliseconds(300)});
    ASSERT_TRUE(report);
    EXPECT_FALSE(report->isClean());
    EXPECT_THAT(report->text(), HasSubstr("'net' is still there"));
    EXPECT_THAT(records.sessions(), ElementsAre(gone.id));
}

TEST_F(Sweep, KeepsTheRecordOfASessionOnAnotherEngine)
{
    SessionRecord record;
    record.session = dead();
    record.socket = "/another/engine.sock";
    ASSERT_TRUE(records.write(record));
    ASSERT_TRUE(sweep(engine, records));
    EXPECT_THAT(records.sessions(), ElementsAre(record.session.id));
}

TEST_F(Sweep, AnswersForAnEngineThatEndedWithItsProgram)
{
    SessionRecord record;
    record.session = dead();
    record.socket = "/tmp/nephoscope-abc/podman.sock";
    record.ownEngine = true;
    ASSERT_TRUE(records.write(record));
    ASSERT_TRUE(sweep(engine, records));
    EXPECT_THAT(records.sessions(), IsEmpty());
}

TEST_F(Sweep, FindsTheSessionsOfAnInstallationWhoseNameWasLost)
{
    const LabSession gone = dead();
    fill(gone, "");
    SessionRecord record;
    record.session = gone;
    record.socket = engine.socket();
    ASSERT_TRUE(records.write(record));
    folder.write("installation", "garbage");
    ASSERT_TRUE(sweep(engine, records));
    EXPECT_EQ(engine.count(), 0u);
}

TEST_F(Sweep, GoesByLabelsWhereTheRecordIsDamaged)
{
    const LabSession gone = dead();
    fill(gone, "");
    folder.write("lab/" + gone.id + ".json", "{\"format\": \"neph");
    ASSERT_TRUE(sweep(engine, records));
    EXPECT_EQ(engine.count(), 0u);
    EXPECT_THAT(records.sessions(), IsEmpty());
}

TEST_F(Sweep, SaysThatTheEngineDoesNotAnswerAndKeepsTheRecords)
{
    SessionRecord record;
    record.session = dead();
    record.socket = engine.socket();
    ASSERT_TRUE(records.write(record));
    engine.silentFor = 1'000;
    EXPECT_FALSE(sweep(engine, records));
    EXPECT_THAT(records.sessions(), ElementsAre(record.session.id));
}

TEST_F(DataVolumes, AreListedByDesignAndName)
{
    engine.put(Thing::Volume, "neph-shop-orders", dataVolumeLabels(session.owner, "shop", "orders/eu"));
    engine.put(Thing::Volume, "theirs", dataVolumeLabels(newUuid(), "shop", "orders"));
    engine.put(Thing::Volume, "cache", session.labels());
    const Result<std::vector<DataVolume>> volumes = dataVolumes(engine, session.owner);
    ASSERT_TRUE(volumes);
    ASSERT_EQ(volumes->size(), 1u);
    EXPECT_EQ(volumes->front().name, "neph-shop-orders");
    EXPECT_EQ(volumes->front().design, "shop");
    EXPECT_EQ(volumes->front().what, "orders/eu");
}

TEST_F(DataVolumes, AreRemovedByNameAlone)
{
    engine.put(Thing::Volume, "orders", dataVolumeLabels(session.owner, "shop", "orders"));
    engine.put(Thing::Volume, "users", dataVolumeLabels(session.owner, "shop", "users"));
    engine.put(Thing::Volume, "theirs", dataVolumeLabels(newUuid(), "shop", "orders"));
    engine.put(Thing::Volume, "unlabelled", {});
    EXPECT_TRUE(removeDataVolume(engine, session.owner, "orders"));
    for (const char* name : {"theirs", "unlabelled", "orders", "absent", ""}) {
        const Result<Done> removed = removeDataVolume(engine, session.owner, name);
        ASSERT_FALSE(removed) << name;
        EXPECT_EQ(removed.error().code, ErrorCode::NotFound);
    }
    EXPECT_THAT(engine.names(Thing::Volume), ElementsAre("users", "theirs", "unlabelled"));
}

}  // namespace
}  // namespace neph
